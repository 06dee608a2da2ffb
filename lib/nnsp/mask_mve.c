/* mask_mve.c - what a mask makes of a spectrum, for Cortex-M55 and later cores
 * with Helium: the same bits as mask.c, four bins at a time. */
#include "nnsp/mask.h"

#include "nnsp/core.h"
#include "nnsp/fixed.h"

#if NNSP_MVE

#include <arm_mve.h>

enum { LANES = 4 };

void nnsp_mask_set(int16_t mask[NNSP_BINS], const int16_t y[NNSP_BINS],
                   int32_t gain)
{
    const int32x4_t least = vdupq_n_s32(0), most = vdupq_n_s32(32767);

    for (int k = 0; k < NNSP_BINS - 1; k += LANES) {
        int32x4_t scaled =
            vrshrq_n_s32(vmulq_n_s32(vldrhq_s32(y + k), gain), 12);

        vstrhq_s32(mask + k, vmaxq_s32(vminq_s32(scaled, most), least));
    }
    mask[NNSP_BINS - 1] =
        (int16_t)nnsp_unsigned_15(y[NNSP_BINS - 1] * gain + 2048, 12);
}

/* What the mask removes from a bin, Q31. */
static int32_t taken(int16_t mask, int16_t mask_min)
{
    return (32767 - (mask > mask_min ? mask : mask_min)) * 65536;
}

void nnsp_mask_take(int32_t z[NNSP_FFT / 2][2], const int16_t mask[NNSP_BINS],
                    int16_t mask_min)
{
    const int32x4_t all = vdupq_n_s32(32767), least = vdupq_n_s32(mask_min);
    const int32_t last =
        nnsp_mulh(z[0][1], taken(mask[NNSP_BINS - 1], mask_min));

    for (int k = 0; k < NNSP_BINS - 1; k += LANES) {
        int32x4x2_t x = vld2q_s32(z[k]);
        int32x4_t let = vmaxq_s32(vldrhq_s32(mask + k), least);
        int32x4_t part = vshlq_n_s32(vsubq_s32(all, let), 16);

        x.val[0] = vrmulhq_s32(x.val[0], part);
        x.val[1] = vrmulhq_s32(x.val[1], part);
        vst2q_s32(z[k], x);
    }
    z[0][1] = last;
}

struct nnsp_passed nnsp_mask_pass(int32_t z[NNSP_FFT / 2][2],
                                  const int16_t mask[NNSP_BINS], int first,
                                  int end)
{
    struct nnsp_passed passed = {0, 0};
    int64_t energy = 0;

    for (int k = first; k < end; k += LANES) {
        mve_pred16_t here = vctp32q((uint32_t)(end - k));
        int32x4x2_t x = vld2q_s32(z[k]);
        int32x4_t let = vldrhq_z_s32(mask + k, here);
        int32x4_t part = vshlq_n_s32(let, 16);
        int32x4_t re = vrmulhq_s32(x.val[0], part);
        int32x4_t im = vrmulhq_s32(x.val[1], part);

        energy = vmlaldavaq_s32(energy, re, re);
        energy = vmlaldavaq_s32(energy, im, im);
        passed.mask_sum = vaddvaq_s32(passed.mask_sum, let);
    }
    passed.energy = (uint64_t)energy;
    return passed;
}

#endif
