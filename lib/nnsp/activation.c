/* activation.c - what a layer does to its sums: relu6, tanh, sigmoid, linear.
 */
#include "nnsp/activation.h"

#include "nnsp/nnsp.h"

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
