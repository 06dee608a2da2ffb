/* frame.c - samples to spectrum, and masked spectrum to samples. */
#include "nnsp/copy.h"
#include "nnsp/fft.h"
#include "nnsp/fixed.h"
#include "nnsp/nnsp.h"
#include "nnsp/tables.h"

static int32_t window(int n)
{
    return nnsp_window[n <= NNSP_WINDOW / 2 ? n : NNSP_WINDOW - n];
}

void nnsp_analyse(struct nnsp *nnsp, const int16_t in[NNSP_HOP])
{
    const int16_t *x = nnsp->history;
    int32_t(*z)[2] = (int32_t(*)[2])nnsp->spectrum;

    nnsp_copy(nnsp->history, nnsp->history + NNSP_HOP, NNSP_DELAY);
    nnsp_copy(nnsp->history + NNSP_DELAY, in, NNSP_HOP);
    for (int n = 0; n < NNSP_WINDOW / 2; n++) {
        int32_t *pair = z[nnsp_fft_place(n)];

        pair[0] = nnsp_round_shift(x[2 * n] * window(2 * n), 7);
        pair[1] = nnsp_round_shift(x[2 * n + 1] * window(2 * n + 1), 7);
    }
    for (int n = NNSP_WINDOW / 2; n < NNSP_FFT / 2; n++) {
        int32_t *pair = z[nnsp_fft_place(n)];

        pair[0] = 0;
        pair[1] = 0;
    }
    nnsp_fft_forward(z);
}

/* The spectrum of what the mask takes away, at half its value: a mask of 32767
 * takes nothing, and the output is the late input to the last bit. */
static void take_away(int32_t z[NNSP_FFT / 2][2], const int16_t *mask,
                      int16_t mask_min)
{
    for (int k = 0; k <= NNSP_FFT / 2; k++) {
        int32_t kept = mask[k] > mask_min ? mask[k] : mask_min;
        int32_t taken = (32767 - kept) * 65536;

        if (k == 0) {
            z[0][0] = nnsp_mulh(z[0][0], taken);
        } else if (k == NNSP_FFT / 2) {
            z[0][1] = nnsp_mulh(z[0][1], taken);
        } else {
            z[k][0] = nnsp_mulh(z[k][0], taken);
            z[k][1] = nnsp_mulh(z[k][1], taken);
        }
    }
}

void nnsp_synthesise(struct nnsp *nnsp, int16_t out[NNSP_HOP])
{
    int32_t(*z)[2] = (int32_t(*)[2])nnsp->spectrum;
    const int16_t *late = nnsp->history;
    int32_t *overlap = nnsp->overlap;

    take_away(z, nnsp->mask, nnsp->mask_min);
    nnsp_fft_inverse(z);
    for (int n = 0; n < NNSP_WINDOW; n++) {
        int32_t x = nnsp_mulh(z[nnsp_fft_place(n / 2)][n % 2],
                              window(n) * 65536); /* Q11 to Q10 */

        if (n < NNSP_DELAY)
            x += overlap[n];
        if (n < NNSP_HOP)
            out[n] = nnsp_saturate_16(nnsp_round_shift(late[n] * 1024 - x, 10));
        else
            overlap[n - NNSP_HOP] = x;
    }
}
