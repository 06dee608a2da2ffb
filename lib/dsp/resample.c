/* resample.c - sample-rate conversion, by soxr or speexdsp. */
#include "dsp/resample.h"

#include "dsp/resample_private.h"

#include <errno.h>
#include <stdlib.h>

struct se_resampler {
    const struct se_converter *by;
    void *state;
};

int se_resampler_create(struct se_resampler **out,
                        const struct se_conversion *conversion,
                        struct se_report *report)
{
    struct se_resampler *resampler = calloc(1, sizeof *resampler);
    const char *reason = "";

    *out = NULL;
    if (!resampler)
        return se_fail_memory(report, "the resampler");
    resampler->by = conversion->by;
    errno = 0;
    resampler->state = resampler->by->create(conversion, &reason);
    if (!resampler->state) {
        int is_memory = errno == ENOMEM;

        free(resampler);
        if (is_memory)
            return se_fail_memory(report, "the resampler");
        return se_fail(report, SE_ERR_ARG,
                       "cannot resample %d channels from %d to %d Hz: %s",
                       conversion->channels, conversion->from_hz,
                       conversion->to_hz, reason);
    }
    *out = resampler;
    return SE_OK;
}

void se_resampler_destroy(struct se_resampler *resampler)
{
    if (!resampler)
        return;
    resampler->by->destroy(resampler->state);
    free(resampler);
}

void se_resampler_reset(struct se_resampler *resampler)
{
    resampler->by->reset(resampler->state);
}

int se_resampler_ahead(const struct se_resampler *resampler)
{
    return resampler->by->ahead(resampler->state);
}

int se_resampler_process(struct se_resampler *resampler,
                         struct se_resampled *done,
                         const struct se_resample_io *io,
                         struct se_report *report)
{
    *done = (struct se_resampled){0};

    const char *reason = resampler->by->process(resampler->state, done, io);

    if (reason)
        return se_fail(report, SE_ERR_MEMORY, "cannot resample: %s", reason);
    return SE_OK;
}
