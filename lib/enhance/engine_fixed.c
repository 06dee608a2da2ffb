/* engine_fixed.c - channels and masks around the integer runtime. */
#include "enhance/engine_private.h"

#include "dsp/convert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One instance of the runtime: for a channel, or for the mean of all. */
struct runner {
    struct nnsp nnsp;
    void *memory;
    int16_t newest[SE_HOP];
    int16_t *late; /* [delay] the last hops of input, 16 bits ... */
    float *exact;  /* ... and as they came */
    float mask[SE_BINS];
};

struct fixed_engine {
    struct se_engine engine;
    int n_channels;
    struct se_downmix downmix; /* for the mean */
    int delay;                 /* samples */
    int n_runners;             /* n_channels, and one more for the mean */
    struct runner *channel;    /* [n_runners] */
    struct runner *mean; /* the last of these, which finds the mask of linked
                            channels; NULL: each channel finds its own */
};

static int create_runner(struct runner *runner, const struct nnsp_net *net,
                         int delay, struct se_report *report)
{
    uint32_t n_bytes = nnsp_memory_bytes(net);

    runner->memory = malloc(n_bytes + 1);
    runner->late = calloc((size_t)delay, sizeof *runner->late);
    runner->exact = calloc((size_t)delay, sizeof *runner->exact);
    if (!runner->memory || !runner->late || !runner->exact)
        return se_fail_memory(report, "the integer net");
    if (nnsp_init(&runner->nnsp, net, runner->memory, n_bytes) != NNSP_OK)
        return se_fail(report, SE_ERR_ARG,
                       "the integer runtime cannot hold the net");
    return SE_OK;
}

static void destroy(struct se_engine *engine)
{
    struct fixed_engine *self = (struct fixed_engine *)engine;

    for (int i = 0; i < self->n_runners; i++) {
        free(self->channel[i].memory);
        free(self->channel[i].late);
        free(self->channel[i].exact);
    }
    free(self->channel);
    free(self);
}

static void limit(struct se_engine *engine, float mask_min)
{
    struct fixed_engine *self = (struct fixed_engine *)engine;

    for (int i = 0; i < self->n_runners; i++)
        self->channel[i].nnsp.mask_min =
            (int16_t)lrint(32767.0 * (double)mask_min);
}

static void read_mask(struct runner *runner)
{
    const struct nnsp *nnsp = &runner->nnsp;

    for (int k = 0; k < SE_BINS; k++) {
        int16_t mask = nnsp->mask[k];

        mask = mask > nnsp->mask_min ? mask : nnsp->mask_min;
        runner->mask[k] = (float)mask / 32767.0f;
    }
}

static void reset(struct se_engine *engine)
{
    struct fixed_engine *self = (struct fixed_engine *)engine;

    memset(&self->downmix, 0, sizeof self->downmix);
    for (int i = 0; i < self->n_runners; i++) {
        struct runner *runner = &self->channel[i];

        nnsp_reset(&runner->nnsp);
        memset(runner->late, 0, (size_t)self->delay * sizeof *runner->late);
        memset(runner->exact, 0, (size_t)self->delay * sizeof *runner->exact);
        read_mask(runner);
    }
}

static void analyse(struct runner *runner, const float hop[SE_HOP])
{
    se_to_int16(runner->newest, hop, SE_HOP);
    nnsp_analyse(&runner->nnsp, runner->newest);
}

static void find_mask(struct runner *runner)
{
    nnsp_extract(&runner->nnsp);
    nnsp_infer(&runner->nnsp);
    read_mask(runner);
}

/* Puts the enhanced hop, `delay` samples late, in place of the newest input. */
static void synthesise(struct runner *runner, float hop[SE_HOP], int delay)
{
    int n_kept = delay - SE_HOP;
    int16_t enhanced[SE_HOP];
    float newest[SE_HOP];

    nnsp_synthesise(&runner->nnsp, enhanced);
    memcpy(newest, hop, sizeof newest);
    for (int i = 0; i < SE_HOP; i++) {
        int taken = runner->late[i] - enhanced[i];

        hop[i] = runner->exact[i] - (float)taken / 32768.0f;
    }
    memmove(runner->exact, runner->exact + SE_HOP,
            (size_t)n_kept * sizeof *runner->exact);
    memcpy(runner->exact + n_kept, newest, sizeof newest);
    memmove(runner->late, runner->late + SE_HOP,
            (size_t)n_kept * sizeof *runner->late);
    memcpy(runner->late + n_kept, runner->newest, sizeof runner->newest);
}

static void step(struct se_engine *engine, float *out, const float *in)
{
    struct fixed_engine *self = (struct fixed_engine *)engine;
    int n = self->n_channels;
    float hop[SE_HOP];

    if (self->mean) {
        se_downmix(&self->downmix, hop, in, SE_HOP, n);
        analyse(self->mean, hop);
        find_mask(self->mean);
    }
    for (int c = 0; c < n; c++) {
        struct runner *runner = &self->channel[c];

        se_pick_channel(hop, in, SE_HOP, c, n);
        analyse(runner, hop);
        if (self->mean)
            memcpy(runner->nnsp.mask, self->mean->nnsp.mask,
                   SE_BINS * sizeof *runner->nnsp.mask);
        else
            find_mask(runner);
        synthesise(runner, hop, self->delay);
        for (int i = 0; i < SE_HOP; i++)
            out[i * n + c] = hop[i];
    }
}

static void features(const struct se_engine *engine, float *x)
{
    const struct fixed_engine *self = (const struct fixed_engine *)engine;
    const struct nnsp *nnsp = &(self->mean ? self->mean : self->channel)->nnsp;

    for (int i = 0; i < engine->n_features; i++)
        x[i] = (float)nnsp->features[i] / 256.0f;
}

static const float *mask(const struct se_engine *engine, int channel)
{
    const struct fixed_engine *self = (const struct fixed_engine *)engine;

    return (self->mean ? self->mean : &self->channel[channel])->mask;
}

static float speech(const struct se_engine *engine)
{
    const struct fixed_engine *self = (const struct fixed_engine *)engine;
    int16_t most = 0;

    if (self->mean)
        return (float)self->mean->nnsp.speech / 32768.0f;
    for (int c = 0; c < self->n_channels; c++)
        if (self->channel[c].nnsp.speech > most)
            most = self->channel[c].nnsp.speech;
    return (float)most / 32768.0f;
}

int se_engine_fixed_create(struct se_engine **out, const struct nnsp_net *net,
                           int channels, enum se_channel_mode mode,
                           struct se_report *report)
{
    static const struct se_engine_calls calls = {
        .step = step,
        .mask = mask,
        .speech = speech,
        .features = features,
        .limit = limit,
        .reset = reset,
        .destroy = destroy,
    };
    int has_mean = mode == SE_CHANNELS_LINKED && channels > 1;
    int n_runners = channels + has_mean, status = SE_OK;
    struct fixed_engine *self = calloc(1, sizeof *self);

    *out = NULL;
    if (self)
        self->channel = calloc((size_t)n_runners, sizeof *self->channel);
    if (!self || !self->channel) {
        free(self);
        return se_fail_memory(report, "the enhancer");
    }
    self->engine = (struct se_engine){
        .calls = &calls,
        .n_features = net->n_features,
        .lookahead = net->lookahead,
    };
    self->n_channels = channels;
    self->n_runners = n_runners;
    self->delay = SE_STFT_DELAY + net->lookahead * SE_HOP;
    if (has_mean)
        self->mean = &self->channel[channels];
    for (int i = 0; i < n_runners && status == SE_OK; i++)
        status = create_runner(&self->channel[i], net, self->delay, report);
    if (status == SE_OK)
        *out = &self->engine;
    else
        destroy(&self->engine);
    return status;
}
