/* fft_mve.c - the stages of the FFT, and the step between it and the spectrum
 * of real samples, for Cortex-M55 and later cores with Helium: the same bits as
 * fft_stage.c and fft_split.c, four numbers at a time.
 *
 * VRMULH is nnsp_mulh, and with the factor's sign changed what nnsp_mlsh
 * subtracts; VHADD and VHSUB halve. VLD2 brings apart real and imaginary
 * parts. */
#include "nnsp/fft_stage.h"
#include "nnsp/tables.h"

#if NNSP_MVE

#include <arm_mve.h>

enum { N = NNSP_FFT_COMPLEX, LANES = 4 };

/* Four complex numbers. */
struct four {
    int32x4_t re, im;
};

/* GCC 12 would step addresses of VLD2 and VST2 by a register, which these
 * instructions cannot: an address of which it knows nothing. */
#if defined __GNUC__
#define ADDRESS(z) __asm__("" : "+r"(z))
#else
#define ADDRESS(z) (void)(z)
#endif

static inline struct four load(const int32_t (*z)[2])
{
    ADDRESS(z);

    int32x4x2_t parts = vld2q_s32(z[0]);
    struct four x = {parts.val[0], parts.val[1]};

    return x;
}

static inline void store(int32_t (*z)[2], struct four x)
{
    ADDRESS(z);
    int32x4x2_t parts = {{x.re, x.im}};

    vst2q_s32(z[0], parts);
}

/* Those that lie `offset` words from *z each. */
static inline struct four gather(const int32_t *z, uint32x4_t offset)
{
    struct four x = {vldrwq_gather_shifted_offset_s32(z, offset),
                     vldrwq_gather_shifted_offset_s32(z + 1, offset)};

    return x;
}

static inline void scatter(int32_t *z, uint32x4_t offset, struct four x)
{
    vstrwq_scatter_shifted_offset_s32(z, offset, x.re);
    vstrwq_scatter_shifted_offset_s32(z + 1, offset, x.im);
}

static inline struct four sum(struct four a, struct four b)
{
    struct four y = {vaddq_s32(a.re, b.re), vaddq_s32(a.im, b.im)};

    return y;
}

static inline struct four difference(struct four a, struct four b)
{
    struct four y = {vsubq_s32(a.re, b.re), vsubq_s32(a.im, b.im)};

    return y;
}

/* a + j b, a - j b */
static inline struct four sum_turned(struct four a, struct four b)
{
    struct four y = {vsubq_s32(a.re, b.im), vaddq_s32(a.im, b.re)};

    return y;
}

static inline struct four difference_turned(struct four a, struct four b)
{
    struct four y = {vaddq_s32(a.re, b.im), vsubq_s32(a.im, b.re)};

    return y;
}

static inline struct four doubled(struct four x)
{
    struct four y = {vshlq_n_s32(x.re, 1), vshlq_n_s32(x.im, 1)};

    return y;
}

static inline struct four half_sum(struct four a, struct four b)
{
    struct four y = {vhaddq_s32(a.re, b.re), vhaddq_s32(a.im, b.im)};

    return y;
}

static inline struct four half_difference(struct four a, struct four b)
{
    struct four y = {vhsubq_s32(a.re, b.re), vhsubq_s32(a.im, b.im)};

    return y;
}

/* (a + j b) / 2, (a - j b) / 2 */
static inline struct four half_sum_turned(struct four a, struct four b)
{
    struct four y = {vhsubq_s32(a.re, b.im), vhaddq_s32(a.im, b.re)};

    return y;
}

static inline struct four half_difference_turned(struct four a, struct four b)
{
    struct four y = {vhaddq_s32(a.re, b.im), vhsubq_s32(a.im, b.re)};

    return y;
}

static inline struct four halved(struct four x)
{
    struct four y = {vshrq_n_s32(x.re, 1), vshrq_n_s32(x.im, 1)};

    return y;
}

/* x (re + j im) / 2 */
static inline struct four turned(struct four x, int32x4_t re, int32x4_t im)
{
    struct four y;

    y.im = vaddq_s32(vrmulhq_s32(x.im, re), vrmulhq_s32(x.re, im));
    y.re = vaddq_s32(vrmulhq_s32(x.re, re), vrmulhq_s32(x.im, vnegq_s32(im)));
    return y;
}

/* x (re - j im) / 2 */
static inline struct four turned_back(struct four x, int32x4_t re, int32x4_t im)
{
    struct four y;

    y.re = vaddq_s32(vrmulhq_s32(x.re, re), vrmulhq_s32(x.im, im));
    y.im = vaddq_s32(vrmulhq_s32(x.im, re), vrmulhq_s32(x.re, vnegq_s32(im)));
    return y;
}

/* Of the first of four numbers, x; of the others, y. */
static inline struct four first_of(struct four x, struct four y)
{
    mve_pred16_t one = vctp32q(1);
    struct four z = {vpselq_s32(x.re, y.re, one), vpselq_s32(x.im, y.im, one)};

    return z;
}

/* ---- four butterflies ---------------------------------------------------- */

/* Elements b, c and d (k = 0, 1, 2) of the transforms whose first is z, turned;
 * the factors of j = 0 are not turned, where `is_first` says that j begins
 * there. */
static inline struct four element_back(int32_t z[][2], uint32_t m,
                                       const int32_t turns[3][2][LANES], int k,
                                       int is_first)
{
    const int32_t(*w)[LANES] = turns[k];
    struct four x = load(z + (uint32_t)(k + 1) * m);
    struct four y = doubled(turned_back(x, vld1q_s32(w[0]), vld1q_s32(w[1])));

    return is_first ? first_of(x, y) : y;
}

static inline void join_four(int32_t z[][2], uint32_t m,
                             const int32_t turns[3][2][LANES], int is_first)
{
    struct four c = element_back(z, m, turns, 1, is_first), a = load(z);
    struct four s = sum(a, c), t = difference(a, c);
    struct four b = element_back(z, m, turns, 0, is_first);
    struct four d = element_back(z, m, turns, 2, is_first);
    struct four u = sum(b, d), v = difference(b, d);

    store(z, sum(s, u));
    store(z + 2 * m, difference(s, u));
    store(z + m, difference_turned(t, v));
    store(z + 3 * m, sum_turned(t, v));
}

static inline void part_element(int32_t z[][2], struct four x,
                                const int32_t w[2][LANES], int is_first)
{
    struct four y = turned(x, vld1q_s32(w[0]), vld1q_s32(w[1]));

    store(z, is_first ? first_of(halved(x), y) : y);
}

static inline void part_four(int32_t z[][2], uint32_t m,
                             const int32_t turns[3][2][LANES], int is_first)
{
    struct four a = load(z), c = load(z + 2 * m);
    struct four s = sum(a, c), t = difference(a, c);
    struct four b = load(z + m), d = load(z + 3 * m);
    struct four u = sum(b, d), v = difference(b, d);

    store(z, half_sum(s, u));
    part_element(z + 2 * m, difference(s, u), turns[1], is_first);
    part_element(z + m, sum_turned(t, v), turns[0], is_first);
    part_element(z + 3 * m, difference_turned(t, v), turns[2], is_first);
}

/* ---- stages -------------------------------------------------------------- */

/* The factors of j = 0 .. 3 of the stage of m. */
static const int32_t (*turns_of(uint32_t m))[3][2][LANES]
{
    return nnsp_turns_by_four + (m - 4) / 12;
}

/* m = 1: elements lie side by side, transforms 8 words apart. */
static void join_pairs(int32_t z[N][2])
{
    const uint32x4_t offset = vidupq_n_u32(0, 8);

    for (int32_t *x = z[0]; x < z[0] + 2 * N; x += 8 * LANES) {
        struct four a = gather(x, offset), b = gather(x + 2, offset);
        struct four c = gather(x + 4, offset), d = gather(x + 6, offset);
        struct four s = sum(a, c), t = difference(a, c);
        struct four u = sum(b, d), v = difference(b, d);

        scatter(x, offset, sum(s, u));
        scatter(x + 2, offset, difference_turned(t, v));
        scatter(x + 4, offset, difference(s, u));
        scatter(x + 6, offset, sum_turned(t, v));
    }
}

static void part_pairs(int32_t z[N][2])
{
    const uint32x4_t offset = vidupq_n_u32(0, 8);

    for (int32_t *x = z[0]; x < z[0] + 2 * N; x += 8 * LANES) {
        struct four a = gather(x, offset), b = gather(x + 2, offset);
        struct four c = gather(x + 4, offset), d = gather(x + 6, offset);
        struct four s = sum(a, c), t = difference(a, c);
        struct four u = sum(b, d), v = difference(b, d);

        scatter(x, offset, half_sum(s, u));
        scatter(x + 2, offset, half_sum_turned(t, v));
        scatter(x + 4, offset, half_difference(s, u));
        scatter(x + 6, offset, half_difference_turned(t, v));
    }
}

void nnsp_fft_join(int32_t z[N][2], uint32_t m)
{
    const int32_t(*turns)[3][2][LANES];

    if (m == 1) {
        join_pairs(z);
        return;
    }
    turns = turns_of(m);
    for (uint32_t i = 0; i < N; i += 4 * m)
        join_four(z + i, m, *turns, 1);
    for (uint32_t j = LANES; j < m; j += LANES) {
        turns++;
        for (uint32_t i = j; i < N; i += 4 * m)
            join_four(z + i, m, *turns, 0);
    }
}

void nnsp_fft_part(int32_t z[N][2], uint32_t m)
{
    const int32_t(*turns)[3][2][LANES];

    if (m == 1) {
        part_pairs(z);
        return;
    }
    turns = turns_of(m);
    for (uint32_t i = 0; i < N; i += 4 * m)
        part_four(z + i, m, *turns, 1);
    for (uint32_t j = LANES; j < m; j += LANES) {
        turns++;
        for (uint32_t i = j; i < N; i += 4 * m)
            part_four(z + i, m, *turns, 0);
    }
}

/* ---- spectrum of real samples -------------------------------------------- */

/* Bins k .. k + 3 and N - k .. N - k - 3, k = 1, 5 .. 125; so bin N / 2 goes
 * through, too, and has to be set right afterwards. */
struct mirrored {
    struct four a, b;
};

static inline struct mirrored load_both(int32_t z[N][2], int k,
                                        uint32x4_t backwards)
{
    struct mirrored x = {load(z + k), gather(z[N - k - 3], backwards)};

    return x;
}

static inline void store_both(int32_t z[N][2], int k, uint32x4_t backwards,
                              struct mirrored x)
{
    store(z + k, x.a);
    scatter(z[N - k - 3], backwards, x.b);
}

/* cos and sin of k .. k + 3 of 512 parts of a turn */
static inline int32x4_t cosine_of(int k)
{
    return vldrwq_gather_shifted_offset_s32(nnsp_sine + N / 2 - 3 - k,
                                            vddupq_n_u32(3, 1));
}

static inline int32x4_t sine_of(int k)
{
    return vld1q_s32(nnsp_sine + k);
}

void nnsp_fft_split(int32_t z[N][2])
{
    const uint32x4_t backwards = vddupq_n_u32(6, 2);
    const int32_t zero[2] = {z[0][0] + z[0][1], z[0][0] - z[0][1]};
    const int32_t middle[2] = {z[N / 2][0], -z[N / 2][1]};

    for (int k = 1; k < N / 2; k += LANES) {
        struct mirrored x = load_both(z, k, backwards);
        int32x4_t even_re = vhaddq_s32(x.a.re, x.b.re);
        int32x4_t even_im = vhsubq_s32(x.a.im, x.b.im);
        struct four odd = {vaddq_s32(x.a.im, x.b.im),
                           vsubq_s32(x.b.re, x.a.re)};
        struct four p = turned_back(odd, cosine_of(k), sine_of(k));

        x.a.re = vaddq_s32(even_re, p.re);
        x.a.im = vaddq_s32(even_im, p.im);
        x.b.re = vsubq_s32(even_re, p.re);
        x.b.im = vsubq_s32(p.im, even_im);
        store_both(z, k, backwards, x);
    }
    for (int i = 0; i < 2; i++) {
        z[0][i] = zero[i];
        z[N / 2][i] = middle[i];
    }
}

void nnsp_fft_unsplit(int32_t z[N][2])
{
    const uint32x4_t backwards = vddupq_n_u32(6, 2);
    const int32_t zero[2] = {(z[0][0] + z[0][1]) >> 1,
                             (z[0][0] - z[0][1]) >> 1};
    const int32_t middle[2] = {z[N / 2][0], -z[N / 2][1]};

    for (int k = 1; k < N / 2; k += LANES) {
        struct mirrored x = load_both(z, k, backwards);
        int32x4_t even_re = vhaddq_s32(x.a.re, x.b.re);
        int32x4_t even_im = vhsubq_s32(x.a.im, x.b.im);
        struct four odd = {vsubq_s32(x.a.re, x.b.re),
                           vaddq_s32(x.a.im, x.b.im)};
        struct four p = turned(odd, cosine_of(k), sine_of(k));

        x.a.re = vsubq_s32(even_re, p.im);
        x.a.im = vaddq_s32(even_im, p.re);
        x.b.re = vaddq_s32(even_re, p.im);
        x.b.im = vsubq_s32(p.re, even_im);
        store_both(z, k, backwards, x);
    }
    for (int i = 0; i < 2; i++) {
        z[0][i] = zero[i];
        z[N / 2][i] = middle[i];
    }
}

#endif
