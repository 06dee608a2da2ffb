/* window_mve.c - samples into the FFT and out of it, for Cortex-M55 and later
 * cores with Helium: the same bits as window.c, eight at a time. */
#include "nnsp/window.h"

#include "nnsp/core.h"
#include "nnsp/fft.h"
#include "nnsp/tables.h"

#if NNSP_MVE

#include <arm_mve.h>

/* Four pairs of samples. */
struct pairs {
    int32x4_t even, odd;
};

enum { EIGHT = 8, MIDDLE = NNSP_WINDOW / 2 };

/* Words between the places of pairs that follow one another. */
enum { STRIDE = 2 * 64 };

/* The window at samples n .. n + 7, n a multiple of 8. */
static inline int16x8_t window_at(int n)
{
    const int16_t *mirrored = nnsp_window + NNSP_WINDOW - n - 7;

    return n < MIDDLE
               ? vld1q_s16(nnsp_window + n)
               : vldrhq_gather_shifted_offset_s16(mirrored, vddupq_n_u16(7, 1));
}

static inline void place(int32_t *z, uint32x4_t offset, struct pairs x)
{
    vstrwq_scatter_shifted_offset_s32(z, offset, x.even);
    vstrwq_scatter_shifted_offset_s32(z + 1, offset, x.odd);
}

void nnsp_window_samples(int32_t z[NNSP_FFT / 2][2],
                         const int16_t x[NNSP_WINDOW])
{
    const uint32x4_t offset = vmulq_n_u32(vidupq_n_u32(0, 1), STRIDE);
    const struct pairs none = {vdupq_n_s32(0), vdupq_n_s32(0)};

    for (int n = 0; n < NNSP_WINDOW; n += EIGHT) {
        int16x8_t samples = vld1q_s16(x + n), w = window_at(n);
        struct pairs y = {vrshrq_n_s32(vmullbq_int_s16(samples, w), 7),
                          vrshrq_n_s32(vmulltq_int_s16(samples, w), 7)};

        place(z[nnsp_fft_place(n / 2)], offset, y);
    }
    for (int n = NNSP_WINDOW; n < NNSP_FFT; n += EIGHT)
        place(z[nnsp_fft_place(n / 2)], offset, none);
}

/* Windowed samples n .. n + 7, Q10. */
static inline struct pairs unwindowed(int32_t z[][2], uint32x4_t offset, int n)
{
    const int32_t *from = z[nnsp_fft_place(n / 2)];
    int32x4_t w = vreinterpretq_s32_s16(window_at(n));
    struct pairs y;

    y.even = vrmulhq_s32(vldrwq_gather_shifted_offset_s32(from, offset),
                         vshlq_n_s32(w, 16));
    y.odd = vrmulhq_s32(vldrwq_gather_shifted_offset_s32(from + 1, offset),
                        vandq_s32(w, vdupq_n_s32(-65536)));
    return y;
}

static inline struct pairs load(const int32_t *x)
{
#if defined __GNUC__ /* as in fft_mve.c */
    __asm__("" : "+r"(x));
#endif
    int32x4x2_t parts = vld2q_s32(x);
    struct pairs y = {parts.val[0], parts.val[1]};

    return y;
}

static inline void store(int32_t *x, struct pairs y)
{
    int32x4x2_t parts = {{y.even, y.odd}};

#if defined __GNUC__
    __asm__("" : "+r"(x));
#endif
    vst2q_s32(x, parts);
}

static inline struct pairs sum(struct pairs a, struct pairs b)
{
    struct pairs y = {vaddq_s32(a.even, b.even), vaddq_s32(a.odd, b.odd)};

    return y;
}

/* `late` less `taken` in Q10, rounded and saturated. */
static inline int16x8_t taken_from(int16x8_t late, struct pairs taken)
{
    int32x4_t even = vsubq_s32(vshllbq_n_s16(late, 10), taken.even);
    int32x4_t odd = vsubq_s32(vshlltq_n_s16(late, 10), taken.odd);

    return vqrshrntq_n_s32(vqrshrnbq_n_s32(vdupq_n_s16(0), even, 10), odd, 10);
}

void nnsp_overlap_add(int16_t out[NNSP_HOP], int32_t overlap[NNSP_DELAY],
                      const int16_t late[NNSP_HOP], int32_t z[NNSP_FFT / 2][2])
{
    const uint32x4_t offset = vmulq_n_u32(vidupq_n_u32(0, 1), STRIDE);

    for (int n = 0; n < NNSP_HOP; n += EIGHT) {
        struct pairs x = sum(unwindowed(z, offset, n), load(overlap + n));

        vst1q_s16(out + n, taken_from(vld1q_s16(late + n), x));
    }
    for (int n = NNSP_HOP; n < NNSP_DELAY; n += EIGHT)
        store(overlap + n - NNSP_HOP,
              sum(unwindowed(z, offset, n), load(overlap + n)));
    for (int n = NNSP_DELAY; n < NNSP_WINDOW; n += EIGHT)
        store(overlap + n - NNSP_HOP, unwindowed(z, offset, n));
}

#endif
