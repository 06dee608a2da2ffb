/* quantise_sound.c - the integer net for a sound like that of a file. */
#include "audio/sound.h"
#include "dsp/stft.h"
#include "quant/quantise.h"

#include <stdlib.h>

int se_quantise_for(struct se_quant_net **net, const struct se_model *model,
                    const char *path, struct se_report *report)
{
    struct se_moments moments = {0};
    float *samples = NULL;
    int64_t n_samples;
    int status = SE_OK;

    *net = NULL;
    if (path) {
        status =
            se_sound_load_as_is(&samples, &n_samples, path, SE_RATE_HZ, report);
        if (status == SE_OK && n_samples < SE_HOP)
            status = se_fail(
                report, SE_ERR_ARG,
                "%s: %lld samples to calibrate with, expected %d or more", path,
                (long long)n_samples, SE_HOP);
        if (status == SE_OK)
            status =
                se_moments_measure(&moments, model, samples, n_samples, report);
    }
    if (status == SE_OK)
        status = se_quantise(net, model, path ? &moments : NULL, report);
    se_moments_free(&moments);
    free(samples);
    return status;
}
