/* activation.c - tanh and sigmoid by table, relu6, linear. */
#include "nnsp/activation.h"

#include "nnsp/fixed.h"
#include "nnsp/nnsp.h"
#include "nnsp/tables.h"

/* tanh(z / 2^bits / 64) Q15, z >= 0, straight lines between table points;
 * from 6 on, it rounds to 1. */
static int32_t tanh_positive(int32_t z, int bits)
{
    if (z >= 384 << bits)
        return 32767;

    const int16_t *step = &nnsp_tanh_table[z >> bits];
    int32_t part = z & ((1 << bits) - 1);

    return step[0] + nnsp_round_shift((step[1] - step[0]) * part, bits);
}

int16_t nnsp_tanh(int32_t z)
{
    return (int16_t)(z < 0 ? -tanh_positive(-z, 6) : tanh_positive(z, 6));
}

/* 1/2 + tanh(z / 2) / 2 */
int16_t nnsp_sigmoid(int32_t z)
{
    int32_t half = (tanh_positive(z < 0 ? -z : z, 7) + 1) >> 1;

    return nnsp_saturate_16(z < 0 ? 16384 - half : 16384 + half);
}

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
