/* resample_soxr.c - sample-rate conversion by soxr, at very high quality. */
#include "dsp/resample_private.h"

#include <soxr.h>

static void *create(const struct se_conversion *conversion, const char **reason)
{
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    soxr_error_t error = NULL;
    soxr_t soxr = soxr_create(conversion->from_hz, conversion->to_hz,
                              (unsigned)conversion->channels, &error, &io,
                              &quality, &runtime);

    if (!error)
        return soxr;
    *reason = error;
    return NULL;
}

static void destroy(void *state)
{
    soxr_delete(state);
}

static void reset(void *state)
{
    soxr_clear(state);
}

/* Not known: its filters are made in stages, by length of the block. */
static int ahead(const void *state)
{
    (void)state;
    return 0;
}

static const char *process(void *state, struct se_resampled *done,
                           const struct se_resample_io *io)
{
    return soxr_process(state, io->in, io->n_in, &done->n_used, io->out,
                        io->max_out, &done->n_out);
}

const struct se_converter se_resample_best = {create, destroy, reset, ahead,
                                              process};
