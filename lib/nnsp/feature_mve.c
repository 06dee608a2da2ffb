/* feature_mve.c - spectrum to standardised features, for Cortex-M55 and later
 * cores with Helium: the same bits as feature.c, four bins and four bands at a
 * time. */
#include "nnsp/core.h"
#include "nnsp/nnsp.h"
#include "nnsp/tables.h"

#if NNSP_MVE

#include <arm_mve.h>

enum { LANES = 4, LAST = NNSP_BINS - 1 };

/* Bands go so many at a time. */
enum { CHUNK = 16 };

/* Sum of weights times powers, as 2^16 upper + lower. The whole is below 2^63.
 */
struct sum {
    uint64_t upper, lower;
};

/* What a run of sections of the spectrum begins with. */
struct sections {
    const int32_t *spectrum;
    const uint16_t (*weight)[2];
    struct sum rising; /* of the section before */
};

/* For each of n sections, n >= 1, edge[0] .. edge[n] between 0 and LAST: the
 * power of the band that falls there, and rose in the section before, Q45. The
 * imaginary part of bin 0 is 0. re^2 + im^2 is 2^32 times the sum of two upper
 * words, and of two lower ones whose sum has 17 bits above the 16 that go. */
#if defined __GNUC__ && !defined NNSP_INTRINSICS

void nnsp_sum_sections(uint64_t *power, struct sections *sections,
                       const uint16_t *edge, uint32_t n);

/* r0 power    r1 pairs    r2 weights    r3 edge    r12 bins to go
 * falling: r4 r5 upper, r6 r7 lower    rising: r8 r9 upper, r10 r11 lower
 * On the stack: 0 sections    4 its spectrum    8 its weights    12 last edge
 */
__asm__(".syntax unified\n"
        ".section .text.nnsp_sum_sections, \"ax\", %progbits\n"
        ".balign 4\n"
        ".thumb\n"
        ".thumb_func\n"
        ".global nnsp_sum_sections\n"
        ".type nnsp_sum_sections, %function\n"
        "nnsp_sum_sections:\n"
        "push {r4-r12, lr}\n"
        "sub sp, #16\n"
        "add r12, r2, r3, lsl #1\n"
        "mov r3, r2\n"
        "str r1, [sp]\n"
        "ldrd r4, r5, [r1]\n"
        "strd r4, r5, [sp, #4]\n"
        "str r12, [sp, #12]\n"
        "ldrd r8, r9, [r1, #8]\n"
        "ldrd r10, r11, [r1, #16]\n"

        "1:\n"
        "ldrh r12, [r3]\n"
        "ldrh lr, [r3, #2]!\n"
        "ldrd r1, r2, [sp, #4]\n"
        "mov r4, r8\n"
        "mov r5, r9\n"
        "mov r6, r10\n"
        "mov r7, r11\n"
        "movs r8, #0\n"
        "mov r9, r8\n"
        "mov r10, r8\n"
        "mov r11, r8\n"
        "add r1, r1, r12, lsl #3\n"
        "add r2, r2, r12, lsl #2\n"
        "sub r12, lr, r12\n"
        "add lr, r12, #3\n"
        "lsr lr, lr, #2\n"
        "wls lr, lr, 3f\n"
        "2:\n"
        "vld20.32 {q0, q1}, [r1]\n"
        "vctp.32 r12\n"
        "vld21.32 {q0, q1}, [r1]!\n"
        "vmul.i32 q2, q0, q0\n"
        "sub r12, r12, #4\n"
        "vmul.i32 q3, q1, q1\n"
        "vmulh.s32 q0, q0, q0\n"
        "vhadd.u32 q2, q2, q3\n"
        "vpst\n"
        "vldrwt.32 q3, [r2], #16\n"
        "vmulh.s32 q1, q1, q1\n"
        "vshr.u32 q2, q2, #15\n"
        "vadd.i32 q0, q0, q1\n"
        "vshr.u32 q1, q3, #16\n"
        "vmovlb.u16 q3, q3\n"
        "vmlaldava.u32 r4, r5, q1, q0\n"
        "vmlaldava.u32 r6, r7, q1, q2\n"
        "vmlaldava.u32 r8, r9, q3, q0\n"
        "vmlaldava.u32 r10, r11, q3, q2\n"
        "le lr, 2b\n"
        "3:\n"
        "lsll r4, r5, #16\n"
        "adds r4, r4, r6\n"
        "adc r5, r5, r7\n"
        "strd r4, r5, [r0], #8\n"
        "ldr r12, [sp, #12]\n"
        "cmp r3, r12\n"
        "bne 1b\n"
        "ldr r1, [sp]\n"
        "strd r8, r9, [r1, #8]\n"
        "strd r10, r11, [r1, #16]\n"
        "add sp, #16\n"
        "pop {r4-r12, pc}\n"
        ".size nnsp_sum_sections, . - nnsp_sum_sections\n"
        ".text\n");

#else

static void nnsp_sum_sections(uint64_t *power, struct sections *sections,
                              const uint16_t *edge, uint32_t n)
{
    for (; n > 0; n--, edge++) {
        const int32_t *x = sections->spectrum + 2 * edge[0];
        const uint16_t(*weight)[2] = sections->weight + edge[0];
        const struct sum none = {0, 0};
        struct sum falling = sections->rising, rising = none;

        for (int left = edge[1] - edge[0]; left > 0; left -= LANES) {
            int32x4x2_t z = vld2q_s32(x);
            uint32x4_t upper = vreinterpretq_u32_s32(
                vaddq_s32(vmulhq_s32(z.val[0], z.val[0]),
                          vmulhq_s32(z.val[1], z.val[1])));
            uint32x4_t re =
                vreinterpretq_u32_s32(vmulq_s32(z.val[0], z.val[0]));
            uint32x4_t im =
                vreinterpretq_u32_s32(vmulq_s32(z.val[1], z.val[1]));
            uint32x4_t lower = vshrq_n_u32(vhaddq_u32(re, im), 15);
            uint32x4_t both =
                vld1q_z_u32((const uint32_t *)(const void *)weight,
                            vctp32q((uint32_t)left));
            uint32x4_t up = vmovlbq_u16(vreinterpretq_u16_u32(both));
            uint32x4_t down = vshrq_n_u32(both, 16);

            falling.upper = vmlaldavaq_u32(falling.upper, down, upper);
            falling.lower = vmlaldavaq_u32(falling.lower, down, lower);
            rising.upper = vmlaldavaq_u32(rising.upper, up, upper);
            rising.lower = vmlaldavaq_u32(rising.lower, up, lower);
            x += 2 * LANES;
            weight += LANES;
        }
        *power++ = (falling.upper << 16) + falling.lower;
        sections->rising = rising;
    }
}

#endif

/* nnsp_log10_q17 of the powers 2^32 upper + lower. */
static inline int32x4_t log10_q17(uint32x4_t upper, uint32x4_t lower)
{
    const mve_pred16_t is_short = vcmpeqq_u32(upper, vdupq_n_u32(0));
    const uint32x4_t least = vmaxq_u32(lower, vdupq_n_u32(UINT32_C(1) << 30));
    const uint32x4_t first = vpselq_u32(least, upper, is_short);
    const uint32x4_t second = vpselq_u32(upper, lower, is_short);
    const int32x4_t zeros = vreinterpretq_s32_u32(vclzq_u32(first));
    /* less the exponent */
    const int32x4_t below = vsubq_n_s32(zeros, 63 - 45);
    const int32x4_t whole = vrshrq_n_s32(
        vmulq_n_s32(vaddq_m_n_s32(below, below, 32, is_short), -5050445), 7);
    const uint32x4_t mantissa = vorrq_u32(
        vshlq_u32(first, zeros), vshlq_u32(second, vsubq_n_s32(zeros, 32)));
    const uint32x4_t step = vshrq_n_u32(vshlq_n_u32(mantissa, 1), 26);
    const int32x4_t part =
        vreinterpretq_s32_u32(vshrq_n_u32(vshlq_n_u32(mantissa, 7), 16));
    const int32x4_t from = vreinterpretq_s32_u32(
        vldrhq_gather_shifted_offset_u32(nnsp_log10, step));
    const int32x4_t to = vreinterpretq_s32_u32(
        vldrhq_gather_shifted_offset_u32(nnsp_log10 + 1, step));

    return vaddq_s32(vaddq_s32(whole, from),
                     vrshrq_n_s32(vmulq_s32(vsubq_s32(to, from), part), 16));
}

/* Features y[n] from their powers and what they are standardised by. */
static void standardise(int16_t *y, const uint64_t *power, const int32_t *mean,
                        const int32_t *inv_std, int n)
{
    for (int i = 0; i < n; i += LANES) {
        mve_pred16_t here = vctp32q((uint32_t)(n - i));
        int32x4_t average = vld1q_z_s32(mean + i, here);
        int32x4_t factor = vld1q_z_s32(inv_std + i, here);
        uint32x4x2_t words =
            vld2q_u32((const uint32_t *)(const void *)(power + i));
        int32x4_t log = log10_q17(words.val[1], words.val[0]);
        int32x4_t x = vmulhq_s32(vsubq_s32(log, average), factor);
        int16x8_t narrow = vqmovnbq_s32(vreinterpretq_s16_s32(x), x);

        vstrhq_p_s32(y + i, vreinterpretq_s32_s16(narrow),
                     vctp32q((uint32_t)(n - i)));
    }
}

/* Edges from `edge` on, none beyond LAST. */
static void limit(uint16_t *limited, const uint16_t *edge, int n)
{
    for (int i = 0; i < n; i++)
        limited[i] = edge[i] < LAST ? edge[i] : LAST;
}

/* What bin LAST, real, adds to the bands from `first` on, which fall in the
 * sections from first + 1 on. */
static void add_last(uint64_t *power, const struct nnsp_net *net, int first,
                     int n, int32_t x)
{
    uint64_t p = (uint64_t)((int64_t)x * x) >> 16;

    for (int i = 0; i < n; i++) {
        const uint16_t *edge = net->edge + first + i;

        if (edge[0] <= LAST && edge[1] > LAST)
            power[i] += net->weight[LAST][0] * p;
        if (edge[1] <= LAST && edge[2] > LAST)
            power[i] += net->weight[LAST][1] * p;
    }
}

/* The spectrum's first pair is bin 0 and LAST, both real (fft.h): for the time
 * being, bin 0 and nothing. */
void nnsp_extract(struct nnsp *nnsp)
{
    const struct nnsp_net *net = nnsp->net;
    const int32_t last = nnsp->spectrum[1];
    struct sections sections = {nnsp->spectrum, net->weight, {0, 0}};
    uint64_t power[CHUNK];
    uint16_t edge[CHUNK + 1];

    nnsp->spectrum[1] = 0;
    limit(edge, net->edge, 2);
    nnsp_sum_sections(power, &sections, edge, 1); /* nothing falls here */
    for (int first = 0; first < net->n_features; first += CHUNK) {
        int n_left = net->n_features - first;
        int n = n_left < CHUNK ? n_left : CHUNK;

        limit(edge, net->edge + first + 1, n + 1);
        nnsp_sum_sections(power, &sections, edge, (uint32_t)n);
        if (net->edge[first + n + 1] > LAST)
            add_last(power, net, first, n, last);
        standardise(nnsp->features + first, power, net->mean + first,
                    net->inv_std + first, n);
    }
    nnsp->spectrum[1] = last;
}

#endif
