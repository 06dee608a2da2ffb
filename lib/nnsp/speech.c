/* speech.c - speech probability: a logistic function of the level of what the
 * mask lets through, in relation to the level that this speaker's speech has.
 */
#include "nnsp/speech.h"

#include "nnsp/activation.h"
#include "nnsp/fixed.h"
#include "nnsp/mask.h"

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
    int exponent = 63 - 44;
    uint32_t mantissa = nnsp_normalise(power, &exponent);

    return exponent * 4096 + (int32_t)(mantissa >> 19 & 4095);
}

/* The spectrum of the frame that the newest mask belongs to. */
static int32_t (*spectrum_of_mask(const struct nnsp *nnsp))[2]
{
    return (int32_t(*)[2])(nnsp->net->lookahead > 0
                               ? nnsp->waiting + nnsp->due * NNSP_FFT
                               : nnsp->spectrum);
}

void nnsp_speech_update(struct nnsp *nnsp)
{
    const struct nnsp_passed passed =
        nnsp_mask_pass(spectrum_of_mask(nnsp), nnsp->mask, FIRST, END);
    uint64_t energy = (UINT32_C(1) << 20) + passed.energy;
    int32_t above = level_q12(energy) * 16 - nnsp->speech_level;

    nnsp->speech = nnsp_sigmoid(8806 + ((above >> 4) * 1384 >> 12));
    nnsp->speech_level += above > 0 ? above >> 6 : -(passed.mask_sum >> 10);
    if (nnsp->speech_level < LEVEL_LEAST)
        nnsp->speech_level = LEVEL_LEAST;
}
