/* dot_mve.c - rows of weights times a vector, for Cortex-M55 and later cores
 * with Helium (the M-profile vector extension): the same bits as dot.c.
 *
 * As dot_m4.c, eight columns at a time: with L the lanes of two rows and e
 * their low bytes, VMLALDAVA sums L x in 64 bits and VMLADAVA e x in 32; then
 * the odd row is (the first - the second) / 256, exactly. VLD2 brings apart the
 * two pairs of rows. */
#include "nnsp/dot.h"

#if NNSP_DOT_MVE

#include <arm_mve.h>

static void dot_group(int32_t z[4], const int32_t bias[4], const int8_t *group,
                      const int16_t *x, uint32_t n_columns)
{
    int64_t lanes[2] = {0, 0};
    int32_t even[2] = {0, 0};

    for (uint32_t i = 0; i < n_columns; i += 8) {
        int32x4x2_t rows = vld2q_s32((const int32_t *)(const void *)group);
        int16x8_t inputs = vld1q_s16(x);

        for (int half = 0; half < 2; half++) {
            int8x16_t bytes = vreinterpretq_s8_s32(rows.val[half]);

            lanes[half] = vmlaldavaq_s16(
                lanes[half], vreinterpretq_s16_s32(rows.val[half]), inputs);
            even[half] = vmladavaq_s16(even[half], vmovlbq_s8(bytes), inputs);
        }
        group += 32;
        x += 8;
    }
    for (int half = 0; half < 2; half++) {
        z[2 * half] = bias[2 * half] + even[half];
        z[2 * half + 1] =
            bias[2 * half + 1] + (int32_t)((lanes[half] - even[half]) >> 8);
    }
}

void nnsp_dot(int32_t *z, const struct nnsp_rows *rows, const int16_t *x,
              uint32_t n_columns, uint32_t n_groups)
{
    const int8_t *group = rows->weights;

    for (uint32_t r = 0; r < 4 * n_groups; r += 4, group += 4 * n_columns) {
        dot_group(z + r, rows->bias + r, group, x, n_columns);
        for (int i = 0; i < 4; i++)
            z[r + i] >>= rows->shift[r + i];
    }
}

#endif
