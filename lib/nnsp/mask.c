/* mask.c - what a mask makes of a spectrum: the definition. */
#include "nnsp/mask.h"

#include "nnsp/core.h"
#include "nnsp/fixed.h"

#if !NNSP_MVE

void nnsp_mask_set(int16_t mask[NNSP_BINS], const int16_t y[NNSP_BINS],
                   int32_t gain)
{
    for (int k = 0; k < NNSP_BINS; k++)
        mask[k] = (int16_t)nnsp_unsigned_15(y[k] * gain + 2048, 12);
}

/* What the mask removes from a bin, Q31. */
static int32_t taken(int16_t mask, int16_t mask_min)
{
    return (32767 - (mask > mask_min ? mask : mask_min)) * 65536;
}

void nnsp_mask_take(int32_t z[NNSP_FFT / 2][2], const int16_t mask[NNSP_BINS],
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

struct nnsp_passed nnsp_mask_pass(int32_t z[NNSP_FFT / 2][2],
                                  const int16_t mask[NNSP_BINS], int first,
                                  int end)
{
    struct nnsp_passed passed = {0, 0};

    for (int k = first; k < end; k++) {
        int32_t re = nnsp_mulh(z[k][0], mask[k] * 65536);
        int32_t im = nnsp_mulh(z[k][1], mask[k] * 65536);

        passed.energy += (uint64_t)((int64_t)re * re);
        passed.energy += (uint64_t)((int64_t)im * im);
        passed.mask_sum += mask[k];
    }
    return passed;
}

#endif
