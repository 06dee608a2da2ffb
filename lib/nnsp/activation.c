/* activation.c - what a layer does to its sums: relu6, tanh, sigmoid, linear.
 */
#include "nnsp/activation.h"

#include "nnsp/core.h"
#include "nnsp/nnsp.h"

#if !NNSP_MVE

static int16_t relu6(int32_t z)
{
    return (int16_t)(z < 0 ? 0 : z > 6 * 4096 ? 6 * 4096 : z);
}

void nnsp_activate(int activation, int16_t *y, const int32_t *z, uint32_t n)
{
    switch (activation) {
    case NNSP_RELU6:
        for (uint32_t i = 0; i < n; i++)
            y[i] = relu6(z[i]);
        break;
    case NNSP_TANH:
        for (uint32_t i = 0; i < n; i++)
            y[i] = nnsp_tanh(z[i]);
        break;
    case NNSP_SIGMOID:
        for (uint32_t i = 0; i < n; i++)
            y[i] = nnsp_sigmoid(z[i]);
        break;
    default:
        for (uint32_t i = 0; i < n; i++)
            y[i] = nnsp_saturate_16(z[i]);
    }
}

/* One unit of an lstm: sums of the gates i, f, g, o; cell Q24, result Q15. */
static int16_t step_unit(int32_t *cell, const int32_t kernel[4],
                         const int32_t recurrent[4])
{
    int32_t i = nnsp_sigmoid(kernel[0] + recurrent[0]);
    int32_t f = nnsp_sigmoid(kernel[1] + recurrent[1]);
    int32_t g = nnsp_tanh(kernel[2] + recurrent[2]);
    int32_t o = nnsp_sigmoid(kernel[3] + recurrent[3]);
    int64_t kept = 2 * (int64_t)nnsp_mulh(*cell, f * 65536);

    *cell = nnsp_saturate_32(kept + nnsp_round_shift(i * g, 6));
    /* to Q12 in two steps, since the first alone could overflow */
    return (int16_t)nnsp_round_shift(
        o * nnsp_tanh(nnsp_round_shift(*cell >> 11, 1)), 15);
}

void nnsp_gates(int16_t *y, int32_t *cell, const int32_t *kernel,
                const int32_t *recurrent, uint32_t n)
{
    for (uint32_t u = 0; u < n; u++)
        y[u] = step_unit(&cell[u], kernel + 4 * u, recurrent + 4 * u);
}

#endif
