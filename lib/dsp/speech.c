/* speech.c - speech probability from mask and spectrum. */
#include "dsp/speech.h"

#include <math.h>

enum { FIRST = 2, END = 200 };

static const float level_usual = 5.0f, level_least = -4.0f;

void se_speech_reset(struct se_speech *speech)
{
    *speech = (struct se_speech){.level = level_usual};
}

/* log2, straight lines between whole numbers. */
static float level(float power)
{
    int exponent;
    float mantissa = frexpf(power, &exponent);

    return (float)(exponent - 2) + 2.0f * mantissa;
}

void se_speech_update(struct se_speech *speech, const float power[SE_BINS],
                      const float mask[SE_BINS])
{
    float sum = 0x1p-24f, mask_sum = 0.0f;

    for (int k = FIRST; k < END; k++) {
        float m = fminf(fmaxf(mask[k], 0.0f), 1.0f);

        sum += m * m * power[k];
        mask_sum += m;
    }

    float above = level(sum) - speech->level;

    speech->probability =
        1.0f / (1.0f + expf(-(8806.0f + above * 1384.0f) / 4096.0f));
    speech->level += above > 0.0f ? above / 64.0f : mask_sum * -0x1p-11f;
    speech->level = fmaxf(speech->level, level_least);
}
