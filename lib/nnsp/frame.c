/* frame.c - samples to spectrum, and masked spectrum to samples. */
#include "nnsp/copy.h"
#include "nnsp/fft.h"
#include "nnsp/mask.h"
#include "nnsp/nnsp.h"
#include "nnsp/window.h"

void nnsp_analyse(struct nnsp *nnsp, const int16_t in[NNSP_HOP])
{
    const uint32_t n_older = nnsp->net->lookahead * NNSP_HOP;
    const uint32_t n_kept = NNSP_DELAY + n_older;
    int32_t(*z)[2] = (int32_t(*)[2])nnsp->spectrum;

    nnsp_copy(nnsp->history, nnsp->history + NNSP_HOP, n_kept);
    nnsp_copy(nnsp->history + n_kept, in, NNSP_HOP);
    nnsp_window_samples(z, nnsp->history + n_older);
    nnsp_fft_forward(z);
}

/* Puts the newest spectrum in line, and the one that is due in its place. */
static void change_spectra(struct nnsp *nnsp)
{
    int32_t *due = nnsp->waiting + nnsp->due * NNSP_FFT;

    for (int i = 0; i < NNSP_FFT; i++) {
        int32_t newest = nnsp->spectrum[i];

        nnsp->spectrum[i] = due[i];
        due[i] = newest;
    }
    nnsp->due = nnsp->due + 1 < nnsp->net->lookahead ? (uint8_t)(nnsp->due + 1)
                                                     : (uint8_t)0;
}

void nnsp_synthesise(struct nnsp *nnsp, int16_t out[NNSP_HOP])
{
    int32_t(*z)[2] = (int32_t(*)[2])nnsp->spectrum;

    if (nnsp->net->lookahead > 0)
        change_spectra(nnsp);
    nnsp_mask_take(z, nnsp->mask, nnsp->mask_min);
    nnsp_fft_inverse(z);
    nnsp_overlap_add(out, nnsp->overlap, nnsp->history, z);
}
