/* taps.c - the gain that a filter over amplitudes makes of a frame's own. */
#include "nnsp/taps.h"

#include "nnsp/fixed.h"

/* floor(sqrt(x)), for x >= 2^30: 16 bits. */
static uint32_t root(uint32_t x)
{
    uint32_t found = 0;

    for (uint32_t bit = UINT32_C(1) << 30; bit; bit >>= 2) {
        uint32_t tried = found + bit;

        found >>= 1;
        if (x >= tried) {
            x -= tried;
            found += bit;
        }
    }
    return found;
}

int32_t nnsp_amplitude(int32_t re, int32_t im)
{
    uint64_t power = (uint64_t)((int64_t)re * re + (int64_t)im * im);
    uint32_t upper = (uint32_t)(power >> 32), lower = (uint32_t)power;
    int zeros = 0; /* in front of the power's highest bit, made even */

    if (power < UINT32_C(1) << 16)
        return 1 << 8;
    if (upper == 0) {
        upper = lower;
        lower = 0;
        zeros = 32;
    }

    int here = nnsp_leading_zeros(upper) & ~1;
    uint32_t r = root(upper << here | lower >> 1 >> (31 - here));

    zeros += here;
    return (int32_t)(zeros <= 32 ? r << (16 - zeros / 2)
                                 : r >> (zeros / 2 - 16));
}

void nnsp_taps_add(struct nnsp *nnsp)
{
    const int last = NNSP_BINS - 1;
    const int32_t *z = nnsp->spectrum;
    int32_t *newest = nnsp->amplitude + (nnsp->net->n_taps - 1) * NNSP_BINS;

    for (int32_t *a = nnsp->amplitude; a < newest; a++)
        *a = a[NNSP_BINS];
    newest[0] = nnsp_amplitude(z[0], 0);
    newest[last] = nnsp_amplitude(z[1], 0);
    for (int k = 1; k < last; k++)
        newest[k] = nnsp_amplitude(z[2 * k], z[2 * k + 1]);
}

/* e / a, e in Q38 and a in Q23, as a mask. A divisor of more than 16 bits is
 * cut to its 16 highest. */
static int16_t gain(int64_t e, uint32_t a)
{
    int shift = 16 - nnsp_leading_zeros(a);

    if (e <= 0)
        return 0;
    if (e >= (int64_t)a * 32767)
        return 32767;
    if (shift < 0)
        shift = 0;
    a >>= shift;

    uint32_t q = ((uint32_t)(e >> shift) + a / 2) / a;

    return (int16_t)(q > 32767 ? 32767 : q);
}

void nnsp_taps_mask(struct nnsp *nnsp)
{
    const struct nnsp_net *net = nnsp->net;
    const int32_t *own =
        nnsp->amplitude + (net->n_taps - 1 - net->lookahead) * NNSP_BINS;

    for (int k = 0; k < NNSP_BINS; k++) {
        int64_t e = 0;

        for (int i = 0; i < net->n_taps; i++) {
            int at = i * NNSP_BINS + k;
            int32_t tap = nnsp_round_shift(nnsp->taps[at] * net->mask_gain, 12);

            e += (int64_t)tap * nnsp->amplitude[at];
        }
        nnsp->mask[k] = gain(e, (uint32_t)own[k]);
    }
}
