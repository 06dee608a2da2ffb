/* stft.h - short-time Fourier transform and its inverse, one hop at a time.
 *
 * 16 kHz; window 480 samples, hop 160 (10 ms), FFT 512, 257 bins. Frame t is
 * the window over samples [(t-2)*160, (t+1)*160): 320 zeros stand in front of
 * the signal. Window w[n] = sqrt(2/3) sin(pi n / 480), the square root of a
 * Hann window scaled so that the sum of w^2 over the three frames that cover a
 * sample is 1: analysis followed by synthesis is the identity, 320 samples
 * late. */
#ifndef SE_DSP_STFT_H
#define SE_DSP_STFT_H

#include "base/status.h"

enum {
    SE_RATE_HZ = 16000,
    SE_WINDOW = 480,
    SE_HOP = 160,
    SE_FFT = 512,
    SE_BINS = SE_FFT / 2 + 1,
    SE_STFT_DELAY = SE_WINDOW - SE_HOP, /* samples, analysis to synthesis */
};

/* One complex bin: [0] real, [1] imaginary part. */
typedef float se_bin[2];

/* State of one signal: the last two hops in, the overlap out. */
struct se_stft;

int se_stft_create(struct se_stft **stft, struct se_report *report);
void se_stft_destroy(struct se_stft *stft);

/* Back to the state before the first sample. */
void se_stft_reset(struct se_stft *stft);

/* The analysis window, w[0..479]. */
const float *se_stft_window(const struct se_stft *stft);

/* Takes the next 160 samples, gives the spectrum of the frame that ends with
 * them. */
void se_stft_analyse(struct se_stft *stft, se_bin spectrum[SE_BINS],
                     const float hop[SE_HOP]);

/* Takes the next spectrum, gives 160 finished samples (of the hop two before
 * the last one analysed). The imaginary parts of bins 0 and 256 are ignored. */
void se_stft_synthesise(struct se_stft *stft, float hop[SE_HOP],
                        se_bin spectrum[SE_BINS]);

/* power[k] = re^2 + im^2 */
void se_power(float power[SE_BINS], se_bin spectrum[SE_BINS]);

#endif
