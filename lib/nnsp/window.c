/* window.c - samples into the FFT and out of it: the definition. */
#include "nnsp/window.h"

#include "nnsp/core.h"
#include "nnsp/fft.h"
#include "nnsp/fixed.h"
#include "nnsp/tables.h"

#if !NNSP_MVE

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

void nnsp_window_samples(int32_t z[NNSP_FFT / 2][2],
                         const int16_t x[NNSP_WINDOW])
{
    const int middle = NNSP_WINDOW / 2;

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

void nnsp_overlap_add(int16_t out[NNSP_HOP], int32_t overlap[NNSP_DELAY],
                      const int16_t late[NNSP_HOP], int32_t z[NNSP_FFT / 2][2])
{
    int32_t x[EIGHT];

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

#endif
