/* frame.c - samples to spectrum, and masked spectrum to samples. */
#include "nnsp/copy.h"
#include "nnsp/fft.h"
#include "nnsp/fixed.h"
#include "nnsp/nnsp.h"
#include "nnsp/tables.h"

/* Samples go in eights, whose window is all in one half of it and whose pairs
 * lie at z[first], z[first + 64], z[first + 128], z[first + 192] (fft.h). */
enum { EIGHT = 8, PAIR_STRIDE = 64 };

/* Of the samples from n on, a multiple of 8. */
static int first_place(int n)
{
    return nnsp_fft_place(n / 2);
}

/* z from x, windowed, Q8. `up`: 1 where the window rises with n, else -1. */
static inline void window_eight(int32_t z[][2], const int16_t *x,
                                const int16_t *window, int up)
{
    for (int i = 0; i < EIGHT; i += 2) {
        int32_t *pair = z[i / 2 * PAIR_STRIDE];

        pair[0] = nnsp_round_shift(x[i] * window[up * i], 7);
        pair[1] = nnsp_round_shift(x[i + 1] * window[up * (i + 1)], 7);
    }
}

void nnsp_analyse(struct nnsp *nnsp, const int16_t in[NNSP_HOP])
{
    const uint32_t n_older = nnsp->net->lookahead * NNSP_HOP;
    const uint32_t n_kept = NNSP_DELAY + n_older;
    const int16_t *x = nnsp->history + n_older;
    const int middle = NNSP_WINDOW / 2;
    int32_t(*z)[2] = (int32_t(*)[2])nnsp->spectrum;

    nnsp_copy(nnsp->history, nnsp->history + NNSP_HOP, n_kept);
    nnsp_copy(nnsp->history + n_kept, in, NNSP_HOP);
    for (int n = 0; n < middle; n += EIGHT)
        window_eight(z + first_place(n), x + n, nnsp_window + n, 1);
    for (int n = middle; n < NNSP_WINDOW; n += EIGHT)
        window_eight(z + first_place(n), x + n, &nnsp_window[NNSP_WINDOW - n],
                     -1);
    for (int n = NNSP_WINDOW / 2; n < NNSP_FFT / 2; n++) {
        int32_t *pair = z[nnsp_fft_place(n)];

        pair[0] = 0;
        pair[1] = 0;
    }
    nnsp_fft_forward(z);
}

/* What the mask takes away of a bin, Q31. */
static int32_t taken(int16_t mask, int16_t mask_min)
{
    return (32767 - (mask > mask_min ? mask : mask_min)) * 65536;
}

/* The spectrum of what the mask takes away, at half its value: a mask of 32767
 * takes nothing, and the output is the late input to the last bit. */
static void take_away(int32_t z[NNSP_FFT / 2][2], const int16_t *mask,
                      int16_t mask_min)
{
    const int last = NNSP_BINS - 1;
    int32_t first_and_last[2] = {
        nnsp_mulh(z[0][0], taken(mask[0], mask_min)),
        nnsp_mulh(z[0][1], taken(mask[last], mask_min)),
    };

    for (int k = 1; k < last; k++) {
        int32_t part = taken(mask[k], mask_min);

        z[k][0] = nnsp_mulh(z[k][0], part);
        z[k][1] = nnsp_mulh(z[k][1], part);
    }
    z[0][0] = first_and_last[0];
    z[0][1] = first_and_last[1];
}

/* x, windowed, Q10, from z in Q11. */
static inline void unwindow_eight(int32_t x[EIGHT], int32_t z[][2],
                                  const int16_t *window, int up)
{
    for (int i = 0; i < EIGHT; i += 2) {
        const int32_t *pair = z[i / 2 * PAIR_STRIDE];

        x[i] = nnsp_mulh(pair[0], window[up * i] * 65536);
        x[i + 1] = nnsp_mulh(pair[1], window[up * (i + 1)] * 65536);
    }
}

/* The samples from n on, a multiple of 8. */
static void unwindow(int32_t x[EIGHT], int32_t z[][2], int n)
{
    z += first_place(n);
    if (n < NNSP_WINDOW / 2)
        unwindow_eight(x, z, nnsp_window + n, 1);
    else
        unwindow_eight(x, z, &nnsp_window[NNSP_WINDOW - n], -1);
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
    const int16_t *late = nnsp->history;
    int32_t *overlap = nnsp->overlap;
    int32_t x[EIGHT];

    if (nnsp->net->lookahead > 0)
        change_spectra(nnsp);
    take_away(z, nnsp->mask, nnsp->mask_min);
    nnsp_fft_inverse(z);
    for (int n = 0; n < NNSP_HOP; n += EIGHT) {
        unwindow(x, z, n);
        for (int i = 0; i < EIGHT; i++)
            out[n + i] = nnsp_saturate_16(nnsp_round_shift(
                late[n + i] * 1024 - (x[i] + overlap[n + i]), 10));
    }
    for (int n = NNSP_HOP; n < NNSP_DELAY; n += EIGHT) {
        unwindow(x, z, n);
        for (int i = 0; i < EIGHT; i++)
            overlap[n - NNSP_HOP + i] = overlap[n + i] + x[i];
    }
    for (int n = NNSP_DELAY; n < NNSP_WINDOW; n += EIGHT)
        unwindow(overlap + n - NNSP_HOP, z, n);
}
