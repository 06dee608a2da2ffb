/* nn_speech.h - for tests, as neural_nets.h here. */
#ifndef SE_TESTS_NN_SPEECH_H
#define SE_TESTS_NN_SPEECH_H

#include <stdint.h>

typedef struct {
    int16_t samplingRate, fftsize, winsize_stft, hopsize_stft, num_mfltrBank,
        num_dnsmpl;
    const int16_t *pt_stft_win_coeff;
    int16_t start_bin, is_dcrm, pre_gain_q1;
} PARAMS_NNSP;

#ifdef __x86_64__
_Static_assert(sizeof(PARAMS_NNSP) == 32, "as described");
#endif

#endif
