/* activation_mve.c - what a layer does to its sums, for Cortex-M55 and later
 * cores with Helium: the same bits as activation.c, four sums at a time. */
#include "nnsp/activation.h"

#include "nnsp/core.h"
#include "nnsp/nnsp.h"

#if NNSP_MVE

#include <arm_mve.h>

enum { LANES = 4 };

/* tanh(z / 2^13) Q15, 0 <= z < 383 * 128. */
static inline int32x4_t tanh_positive(int32x4_t z)
{
    uint32x4_t step = vreinterpretq_u32_s32(vshrq_n_s32(z, 7));
    int32x4_t part = vandq_s32(z, vdupq_n_s32(127));
    int32x4_t from = vldrhq_gather_shifted_offset_s32(nnsp_tanh_table, step);
    int32x4_t to = vldrhq_gather_shifted_offset_s32(nnsp_tanh_table + 1, step);

    return vaddq_s32(from,
                     vrshrq_n_s32(vmulq_s32(vsubq_s32(to, from), part), 7));
}

/* x, or -x where z is negative. */
static inline int32x4_t signed_as(int32x4_t x, int32x4_t z)
{
    int32x4_t sign = vshrq_n_s32(z, 31);

    return vsubq_s32(veorq_s32(x, sign), sign);
}

/* nnsp_tanh: twice z, whose table is that of nnsp_sigmoid, too. */
static inline int32x4_t tanh_of(int32x4_t z)
{
    int32x4_t most = vdupq_n_s32(383 << 6);
    int32x4_t positive = vminq_s32(vabsq_s32(z), most);

    return signed_as(tanh_positive(vshlq_n_s32(positive, 1)), z);
}

/* nnsp_sigmoid */
static inline int32x4_t sigmoid_of(int32x4_t z)
{
    int32x4_t most = vdupq_n_s32(383 << 7);
    int32x4_t half =
        vrshrq_n_s32(tanh_positive(vminq_s32(vabsq_s32(z), most)), 1);
    int32x4_t y = vaddq_n_s32(signed_as(half, z), 16384);

    return vminq_s32(y, vdupq_n_s32(32767));
}

static inline int32x4_t clamped(int32x4_t z, int32_t least, int32_t most)
{
    return vmaxq_s32(vminq_s32(z, vdupq_n_s32(most)), vdupq_n_s32(least));
}

static inline int32x4_t activated(int activation, int32x4_t z)
{
    switch (activation) {
    case NNSP_RELU6:
        return clamped(z, 0, 6 * 4096);
    case NNSP_TANH:
        return tanh_of(z);
    case NNSP_SIGMOID:
        return sigmoid_of(z);
    default:
        return clamped(z, INT16_MIN, INT16_MAX);
    }
}

static inline void activate(int activation, int16_t *y, const int32_t *z,
                            uint32_t n)
{
    for (int32_t left = (int32_t)n; left > 0; left -= LANES) {
        vstrhq_p_s32(y, activated(activation, vld1q_s32(z)),
                     vctp32q((uint32_t)left));
        y += LANES;
        z += LANES;
    }
}

void nnsp_activate(int activation, int16_t *y, const int32_t *z, uint32_t n)
{
    switch (activation) {
    case NNSP_RELU6:
        activate(NNSP_RELU6, y, z, n);
        break;
    case NNSP_TANH:
        activate(NNSP_TANH, y, z, n);
        break;
    case NNSP_SIGMOID:
        activate(NNSP_SIGMOID, y, z, n);
        break;
    default:
        activate(NNSP_LINEAR, y, z, n);
    }
}

/* Gates i, f, g, o of four units. */
static inline int32x4x4_t load_gates(const int32_t *z)
{
#if defined __GNUC__ /* as in fft_mve.c */
    __asm__("" : "+r"(z));
#endif
    return vld4q_s32(z);
}

void nnsp_gates(int16_t *y, int32_t *cell, const int32_t *kernel,
                const int32_t *recurrent, uint32_t n)
{
    for (int32_t left = (int32_t)n; left > 0; left -= LANES) {
        int32x4x4_t k = load_gates(kernel), r = load_gates(recurrent);
        int32x4_t i = sigmoid_of(vaddq_s32(k.val[0], r.val[0]));
        int32x4_t f = sigmoid_of(vaddq_s32(k.val[1], r.val[1]));
        int32x4_t g = tanh_of(vaddq_s32(k.val[2], r.val[2]));
        int32x4_t o = sigmoid_of(vaddq_s32(k.val[3], r.val[3]));
        int32x4_t kept =
            vshlq_n_s32(vrmulhq_s32(vld1q_s32(cell), vshlq_n_s32(f, 16)), 1);
        int32x4_t c = vqaddq_s32(kept, vrshrq_n_s32(vmulq_s32(i, g), 6));
        int32x4_t out = tanh_of(vrshrq_n_s32(vshrq_n_s32(c, 11), 1));
        mve_pred16_t here = vctp32q((uint32_t)left);

        vst1q_p_s32(cell, c, here);
        vstrhq_p_s32(y, vrshrq_n_s32(vmulq_s32(o, out), 15), here);
        y += LANES;
        cell += LANES;
        kernel += 4 * LANES;
        recurrent += 4 * LANES;
    }
}

#endif
