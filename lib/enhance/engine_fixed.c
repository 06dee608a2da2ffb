/* engine_fixed.c - channels and masks around the integer runtime. */
#include "enhance/engine_private.h"

#include "dsp/convert.h"
#include "enhance/delay_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One instance of the runtime: for a channel, or for the mean of all. */
struct runner {
    struct nnsp nnsp;
    void *memory;
    struct se_delay_line late; /* the input, as it came */
    float mask[SE_BINS];
};

struct fixed_engine {
    struct se_engine engine;
    int n_channels;
    struct se_downmix downmix; /* for the mean */
    int n_runners;             /* n_channels, and one more for the mean */
    struct runner *channel;    /* [n_runners] */
    struct runner *mean; /* the last of these, which finds the mask of linked
                            channels; NULL: each channel finds its own */
};

static int create_runner(struct runner *runner, const struct nnsp_net *net,
                         struct se_report *report)
{
    uint32_t n_bytes = nnsp_memory_bytes(net);

    runner->memory = malloc(n_bytes + 1);
    if (!runner->memory)
        return se_fail_memory(report, "the integer net");
    if (nnsp_init(&runner->nnsp, net, runner->memory, n_bytes) != NNSP_OK)
        return se_fail(report, SE_ERR_ARG,
                       "the integer runtime cannot hold the net");
    return se_delay_line_create(
        &runner->late, SE_STFT_DELAY + net->lookahead * SE_HOP, report);
}

static void destroy(struct se_engine *engine)
{
    struct fixed_engine *self = (struct fixed_engine *)engine;

    for (int i = 0; i < self->n_runners; i++) {
        free(self->channel[i].memory);
        se_delay_line_free(&self->channel[i].late);
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
        se_delay_line_reset(&runner->late);
        read_mask(runner);
    }
}

static void analyse(struct runner *runner, const float hop[SE_HOP])
{
    int16_t newest[SE_HOP];

    se_to_int16(newest, hop, SE_HOP);
    nnsp_analyse(&runner->nnsp, newest);
}

static void find_mask(struct runner *runner)
{
    nnsp_extract(&runner->nnsp);
    nnsp_infer(&runner->nnsp);
    read_mask(runner);
}

/* Of a runner whose sound nobody wants: spectra that wait for their mask, and
 * its speech probability, go on with the synthesis. */
static void pass_frame(struct runner *runner)
{
    int16_t unused[SE_HOP];

    if (runner->nnsp.net->lookahead > 0)
        nnsp_synthesise(&runner->nnsp, unused);
}

/* Puts the enhanced hop, which is late, in place of the newest input. */
static void synthesise(struct runner *runner, float hop[SE_HOP])
{
    int16_t late[SE_HOP], enhanced[SE_HOP];

    nnsp_synthesise(&runner->nnsp, enhanced);
    se_delay_line_step(&runner->late, hop);
    se_to_int16(late, hop, SE_HOP);
    for (int i = 0; i < SE_HOP; i++)
        hop[i] -= (float)(late[i] - enhanced[i]) / 32768.0f;
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
        pass_frame(self->mean);
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
        synthesise(runner, hop);
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
    if (has_mean)
        self->mean = &self->channel[channels];
    for (int i = 0; i < n_runners && status == SE_OK; i++)
        status = create_runner(&self->channel[i], net, report);
    if (status == SE_OK)
        *out = &self->engine;
    else
        destroy(&self->engine);
    return status;
}
