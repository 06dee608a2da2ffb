/* resample.c - sample-rate conversion by soxr. */
#include "audio/resample.h"

#include <soxr.h>
#include <stdlib.h>

struct se_resampler {
    soxr_t soxr;
};

int se_resampler_create(struct se_resampler **out, int from_hz, int to_hz,
                        int channels, struct se_report *report)
{
    struct se_resampler *resampler = calloc(1, sizeof *resampler);
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    soxr_error_t error = NULL;

    *out = NULL;
    if (!resampler)
        return se_fail_memory(report, "the resampler");
    resampler->soxr = soxr_create(from_hz, to_hz, (unsigned)channels, &error,
                                  &io, &quality, &runtime);
    if (error) {
        se_resampler_destroy(resampler);
        return se_fail(report, SE_ERR_ARG,
                       "cannot resample %d channels from %d to %d Hz: %s",
                       channels, from_hz, to_hz, error);
    }
    *out = resampler;
    return SE_OK;
}

void se_resampler_destroy(struct se_resampler *resampler)
{
    if (!resampler)
        return;
    soxr_delete(resampler->soxr);
    free(resampler);
}

int se_resampler_process(struct se_resampler *resampler, float *out,
                         size_t max_out, size_t *n_out, const float *in,
                         size_t n_in, size_t *n_used, struct se_report *report)
{
    *n_out = *n_used = 0;

    soxr_error_t error =
        soxr_process(resampler->soxr, in, n_in, n_used, out, max_out, n_out);

    if (error)
        return se_fail(report, SE_ERR_MEMORY, "cannot resample: %s", error);
    return SE_OK;
}
