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

/* ---- four butterflies ----------------------------------------------------
 * of the transforms whose first numbers are at z: elements a, b, c and d, m
 * apart, and the factors of the last three. The first factor of each is that of
 * j = 0, which turns nothing, where is_first says so. */

/* Compilers put values through memory for VST2, and run out of registers. */
#if defined __GNUC__ && !defined NNSP_INTRINSICS

/* clang-format off */
#define LOAD(pair, at)                                                         \
    "vld20.32 {" pair "}, [%[" at "]]\n"                                       \
    "vld21.32 {" pair "}, [%[" at "]]\n"
#define STORE(pair, at)                                                        \
    "vst20.32 {" pair "}, [%[" at "]]\n"                                       \
    "vst21.32 {" pair "}, [%[" at "]]\n"
#define THREE(name, x, y, z) name " " x ", " y ", " z "\n"
#define ADD(x, y, z)         THREE("vadd.i32", x, y, z)
#define SUB(x, y, z)         THREE("vsub.i32", x, y, z)
#define HALF_ADD(x, y, z)    THREE("vhadd.s32", x, y, z)
#define MULTIPLY(x, y, z)    THREE("vrmulh.s32", x, y, z)
#define SELECT(x, y, z)      THREE("vpsel", x, y, z)
#define SHIFT(name, x)       THREE(name, x, x, "#1")

#define FACTOR(at)           "vldrw.32 q2, [%[w], #" at "]\n"
#define NEGATE(x)            "vneg.s32 " x ", " x "\n"

/* y = x conj(w) / 2 and y = x w / 2, by way of q2 and q3; w's real parts are at
 * `re`, its imaginary ones at `im`. */
#define TURN_BACK(y_re, y_im, x_re, x_im, re, im)                              \
    FACTOR(re)                                                                 \
    MULTIPLY(y_re, x_re, "q2")                                                 \
    MULTIPLY(y_im, x_im, "q2")                                                 \
    FACTOR(im)                                                                 \
    MULTIPLY("q3", x_im, "q2")                                                 \
    NEGATE("q2")                                                               \
    ADD(y_re, y_re, "q3")                                                      \
    MULTIPLY("q3", x_re, "q2")                                                 \
    ADD(y_im, y_im, "q3")
#define TURN(y_re, y_im, x_re, x_im, re, im)                                   \
    FACTOR(re)                                                                 \
    MULTIPLY(y_re, x_re, "q2")                                                 \
    MULTIPLY(y_im, x_im, "q2")                                                 \
    FACTOR(im)                                                                 \
    MULTIPLY("q3", x_re, "q2")                                                 \
    NEGATE("q2")                                                               \
    ADD(y_im, y_im, "q3")                                                      \
    MULTIPLY("q3", x_im, "q2")                                                 \
    ADD(y_re, y_re, "q3")

/* As they are; or the first number of y replaced by x, and by x / 2. */
#define ALL(y_re, y_im, x_re, x_im)
#define BUT_FIRST(y_re, y_im, x_re, x_im)                                      \
    SELECT(y_re, x_re, y_re) SELECT(y_im, x_im, y_im)
#define BUT_HALF(y_re, y_im, x_re, x_im)                                       \
    SHIFT("vshr.s32", x_re)                                                    \
    SHIFT("vshr.s32", x_im) BUT_FIRST(y_re, y_im, x_re, x_im)

/* Element in q0 and q1, turned and doubled. */
#define ELEMENT(y_re, y_im, re, im, but)                                    \
    TURN_BACK(y_re, y_im, "q0", "q1", re, im)                               \
    SHIFT("vshl.s32", y_re)                                                    \
    SHIFT("vshl.s32", y_im) but(y_re, y_im, "q0", "q1")

/* s and t wait where a and c were. */
#define JOIN(but)                                                              \
    LOAD("q0, q1", "c")                                                        \
    ELEMENT("q4", "q5", "32", "48", but)                                       \
    LOAD("q0, q1", "a")                                                        \
    ADD("q2", "q0", "q4")                                                      \
    ADD("q3", "q1", "q5")                                                      \
    STORE("q2, q3", "a")                                                       \
    SUB("q0", "q0", "q4")                                                      \
    SUB("q1", "q1", "q5")                                                      \
    STORE("q0, q1", "c")                                                       \
    LOAD("q0, q1", "b")                                                        \
    ELEMENT("q4", "q5", "0", "16", but)                                        \
    LOAD("q0, q1", "d")                                                        \
    ELEMENT("q6", "q7", "64", "80", but)                                       \
    LOAD("q2, q3", "c")                                                        \
    ADD("q0", "q4", "q6")                                                      \
    ADD("q1", "q5", "q7")                                                      \
    SUB("q4", "q4", "q6")                                                      \
    SUB("q5", "q5", "q7")                                                      \
    ADD("q6", "q2", "q5")                                                      \
    SUB("q7", "q3", "q4")                                                      \
    STORE("q6, q7", "b")                                                       \
    SUB("q2", "q2", "q5")                                                      \
    ADD("q3", "q3", "q4")                                                      \
    STORE("q2, q3", "d")                                                       \
    LOAD("q2, q3", "a")                                                        \
    ADD("q6", "q2", "q0")                                                      \
    ADD("q7", "q3", "q1")                                                      \
    STORE("q6, q7", "a")                                                       \
    SUB("q2", "q2", "q0")                                                      \
    SUB("q3", "q3", "q1")                                                      \
    STORE("q2, q3", "c")

/* v waits where b was. */
#define PART(but)                                                              \
    LOAD("q0, q1", "b")                                                        \
    LOAD("q2, q3", "d")                                                        \
    SUB("q6", "q0", "q2")                                                      \
    SUB("q7", "q1", "q3")                                                      \
    STORE("q6, q7", "b")                                                       \
    ADD("q4", "q0", "q2")                                                      \
    ADD("q5", "q1", "q3")                                                      \
    LOAD("q2, q3", "a")                                                        \
    LOAD("q6, q7", "c")                                                        \
    SUB("q0", "q2", "q6")                                                      \
    SUB("q1", "q3", "q7")                                                      \
    ADD("q6", "q2", "q6")                                                      \
    ADD("q7", "q3", "q7")                                                      \
    HALF_ADD("q2", "q6", "q4")                                                 \
    HALF_ADD("q3", "q7", "q5")                                                 \
    STORE("q2, q3", "a")                                                       \
    SUB("q6", "q6", "q4")                                                      \
    SUB("q7", "q7", "q5")                                                      \
    TURN("q4", "q5", "q6", "q7", "32", "48")                                   \
    but("q4", "q5", "q6", "q7")                                                \
    STORE("q4, q5", "c")                                                       \
    LOAD("q2, q3", "b")                                                        \
    SUB("q4", "q0", "q3")                                                      \
    ADD("q5", "q1", "q2")                                                      \
    ADD("q0", "q0", "q3")                                                      \
    SUB("q1", "q1", "q2")                                                      \
    TURN("q6", "q7", "q4", "q5", "0", "16")                                    \
    but("q6", "q7", "q4", "q5")                                                \
    STORE("q6, q7", "b")                                                       \
    TURN("q4", "q5", "q0", "q1", "64", "80")                                   \
    but("q4", "q5", "q0", "q1")                                                \
    STORE("q4, q5", "d")

/* clang-format on */

/* Compilers know no name for the predicate; nothing here keeps one. */
#define FIRST_LANE "vctp.32 %[one]\n"
#define BUTTERFLIES(code)                                                      \
    __asm__ volatile(code                                                      \
                     :                                                         \
                     : [a] "r"(z), [b] "r"(z + m), [c] "r"(z + 2 * m),         \
                       [d] "r"(z + 3 * m), [w] "r"(turns), [one] "r"(1)        \
                     : "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7",         \
                       "memory")

static inline void join_four(int32_t (*z)[2], uint32_t m,
                             const int32_t turns[3][2][LANES], int is_first)
{
    if (is_first)
        BUTTERFLIES(FIRST_LANE JOIN(BUT_FIRST));
    else
        BUTTERFLIES(JOIN(ALL));
}

static inline void part_four(int32_t (*z)[2], uint32_t m,
                             const int32_t turns[3][2][LANES], int is_first)
{
    if (is_first)
        BUTTERFLIES(FIRST_LANE PART(BUT_HALF));
    else
        BUTTERFLIES(PART(ALL));
}

#else

/* GCC 12 would step addresses of VLD2 and VST2 by a register, which these
 * instructions cannot: z, of which it knows nothing. */
static inline int32_t (*address(int32_t (*z)[2]))[2]
{
#if defined __GNUC__
    __asm__("" : "+r"(z));
#endif
    return z;
}

static inline struct four load(int32_t (*z)[2])
{
    int32x4x2_t parts = vld2q_s32(address(z)[0]);
    struct four x = {parts.val[0], parts.val[1]};

    return x;
}

static inline void store(int32_t (*z)[2], struct four x)
{
    int32x4x2_t parts = {{x.re, x.im}};

    vst2q_s32(address(z)[0], parts);
}

static inline struct four doubled(struct four x)
{
    struct four y = {vshlq_n_s32(x.re, 1), vshlq_n_s32(x.im, 1)};

    return y;
}

static inline struct four halved(struct four x)
{
    struct four y = {vshrq_n_s32(x.re, 1), vshrq_n_s32(x.im, 1)};

    return y;
}

/* Of the first of four numbers, x; of the others, y. */
static inline struct four first_of(struct four x, struct four y)
{
    mve_pred16_t one = vctp32q(1);
    struct four z = {vpselq_s32(x.re, y.re, one), vpselq_s32(x.im, y.im, one)};

    return z;
}

/* Numbers at z, turned back; not the first, where it is that of j = 0. */
static inline struct four element_back(int32_t (*z)[2],
                                       const int32_t w[2][LANES], int is_first)
{
    struct four x = load(z);
    struct four y = doubled(turned_back(x, vld1q_s32(w[0]), vld1q_s32(w[1])));

    return is_first ? first_of(x, y) : y;
}

static inline void join_four(int32_t (*z)[2], uint32_t m,
                             const int32_t turns[3][2][LANES], int is_first)
{
    struct four a = load(z), b = element_back(z + m, turns[0], is_first);
    struct four c = element_back(z + 2 * m, turns[1], is_first);
    struct four d = element_back(z + 3 * m, turns[2], is_first);
    struct four s = sum(a, c), t = difference(a, c);
    struct four u = sum(b, d), v = difference(b, d);

    store(z, sum(s, u));
    store(z + m, difference_turned(t, v));
    store(z + 2 * m, difference(s, u));
    store(z + 3 * m, sum_turned(t, v));
}

static inline void part_element(int32_t (*z)[2], struct four x,
                                const int32_t w[2][LANES], int is_first)
{
    struct four y = turned(x, vld1q_s32(w[0]), vld1q_s32(w[1]));

    store(z, is_first ? first_of(halved(x), y) : y);
}

static inline void part_four(int32_t (*z)[2], uint32_t m,
                             const int32_t turns[3][2][LANES], int is_first)
{
    struct four a = load(z), b = load(z + m);
    struct four c = load(z + 2 * m), d = load(z + 3 * m);
    struct four s = sum(a, c), t = difference(a, c);
    struct four u = sum(b, d), v = difference(b, d);

    store(z, half_sum(s, u));
    part_element(z + m, sum_turned(t, v), turns[0], is_first);
    part_element(z + 2 * m, difference(s, u), turns[1], is_first);
    part_element(z + 3 * m, difference_turned(t, v), turns[2], is_first);
}

#endif

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
    int32x4x2_t a; /* written in place: else GCC 12 takes it through memory */
    struct four b;
};

static inline struct mirrored load_both(int32_t z[N][2], int k,
                                        uint32x4_t backwards)
{
    struct mirrored x = {vld2q_s32(z[k]), gather(z[N - k - 3], backwards)};

    return x;
}

static inline void store_both(int32_t z[N][2], int k, uint32x4_t backwards,
                              struct mirrored x)
{
    vst2q_s32(z[k], x.a);
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
        int32x4_t even_re = vhaddq_s32(x.a.val[0], x.b.re);
        int32x4_t even_im = vhsubq_s32(x.a.val[1], x.b.im);
        struct four odd = {vaddq_s32(x.a.val[1], x.b.im),
                           vsubq_s32(x.b.re, x.a.val[0])};
        struct four p = turned_back(odd, cosine_of(k), sine_of(k));

        x.a.val[0] = vaddq_s32(even_re, p.re);
        x.a.val[1] = vaddq_s32(even_im, p.im);
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
        int32x4_t even_re = vhaddq_s32(x.a.val[0], x.b.re);
        int32x4_t even_im = vhsubq_s32(x.a.val[1], x.b.im);
        struct four odd = {vsubq_s32(x.a.val[0], x.b.re),
                           vaddq_s32(x.a.val[1], x.b.im)};
        struct four p = turned(odd, cosine_of(k), sine_of(k));

        x.a.val[0] = vsubq_s32(even_re, p.im);
        x.a.val[1] = vaddq_s32(even_im, p.re);
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
