/* speech.c - speech probability: a logistic function of the level of what the
 * mask lets through, in relation to the level that this speaker's speech has.
 */
#include "nnsp/speech.h"

#include "nnsp/activation.h"
#include "nnsp/fixed.h"

/* Bins 62 Hz .. 6.2 kHz. */
enum { FIRST = 2, END = 200 };

/* Levels are log2 of a power whose full scale is 1. */
enum { LEVEL_USUAL = 5 * 65536, LEVEL_LEAST = -4 * 65536 }; /* Q16 */

void nnsp_speech_reset(struct nnsp *nnsp)
{
    nnsp->speech_level = LEVEL_USUAL;
    nnsp->speech = 0;
}

/* log2 of power / 2^44, straight lines between whole numbers, Q12. */
static int32_t level_q12(uint64_t power)
{
    uint32_t upper = (uint32_t)(power >> 32), lower = (uint32_t)power;
    int exponent = 63;

    if (upper == 0) {
        upper = lower;
        lower = 0;
        exponent -= 32;
    }

    int zeros = nnsp_leading_zeros(upper);
    uint32_t mantissa = upper << zeros | lower >> 1 >> (31 - zeros);

    return (exponent - zeros - 44) * 4096 + (int32_t)(mantissa >> 19 & 4095);
}

/* The spectrum of the frame that the newest mask belongs to. */
static const int32_t *spectrum_of_mask(const struct nnsp *nnsp)
{
    return nnsp->net->lookahead > 0 ? nnsp->waiting + nnsp->due * NNSP_FFT
                                    : nnsp->spectrum;
}

void nnsp_speech_update(struct nnsp *nnsp)
{
    const int32_t *spectrum = spectrum_of_mask(nnsp);
    uint64_t power = UINT32_C(1) << 20;
    int32_t mask_sum = 0;

    for (int k = FIRST; k < END; k++) {
        int32_t mask = nnsp->mask[k];
        int32_t re = nnsp_mulh(spectrum[2 * k], mask * 65536);
        int32_t im = nnsp_mulh(spectrum[2 * k + 1], mask * 65536);

        power += (uint64_t)((int64_t)re * re);
        power += (uint64_t)((int64_t)im * im);
        mask_sum += mask;
    }

    int32_t above = level_q12(power) * 16 - nnsp->speech_level;

    nnsp->speech = nnsp_sigmoid(8806 + ((above >> 4) * 1384 >> 12));
    nnsp->speech_level += above > 0 ? above >> 6 : -(mask_sum >> 10);
    if (nnsp->speech_level < LEVEL_LEAST)
        nnsp->speech_level = LEVEL_LEAST;
}
