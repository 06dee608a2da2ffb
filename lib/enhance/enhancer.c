/* enhancer.c - an engine with its settings, and what a watcher is shown. */
#include "enhance/enhancer.h"

#include "dsp/convert.h"
#include "enhance/engine_private.h"

#include <math.h>
#include <stdlib.h>

struct se_enhancer {
    struct se_engine *engine;
    struct se_enhancer_config config;
};

static int check(const struct se_enhancer_config *config,
                 struct se_report *report)
{
    if (config->channels < 1 || config->channels > 64)
        return se_fail(report, SE_ERR_ARG, "%d channels, expected 1 to 64",
                       config->channels);
    if (!(config->attenuation_limit_db >= 0.0f))
        return se_fail(report, SE_ERR_ARG,
                       "an attenuation limit of %g dB, expected 0 or more",
                       (double)config->attenuation_limit_db);
    return SE_OK;
}

int se_enhancer_create(struct se_enhancer **out, const struct se_model *model,
                       const struct se_enhancer_config *config,
                       struct se_report *report)
{
    *out = NULL;

    int status = check(config, report);

    if (status != SE_OK)
        return status;

    struct se_enhancer *enhancer = calloc(1, sizeof *enhancer);

    if (!enhancer)
        return se_fail_memory(report, "the enhancer");
    enhancer->config = *config;
    if (config->fixed)
        status = se_engine_fixed_create(&enhancer->engine, config->fixed,
                                        config->channels, config->mode, report);
    else
        status = se_engine_float_create(&enhancer->engine, model,
                                        config->channels, config->mode, report);
    if (status != SE_OK) {
        free(enhancer);
        return status;
    }
    se_enhancer_limit(enhancer, config->attenuation_limit_db);
    se_enhancer_reset(enhancer);
    *out = enhancer;
    return SE_OK;
}

void se_enhancer_destroy(struct se_enhancer *enhancer)
{
    if (!enhancer)
        return;
    enhancer->engine->calls->destroy(enhancer->engine);
    free(enhancer);
}

void se_enhancer_reset(struct se_enhancer *enhancer)
{
    enhancer->engine->calls->reset(enhancer->engine);
}

int se_enhancer_delay(const struct se_enhancer *enhancer)
{
    return SE_STFT_DELAY + enhancer->engine->lookahead * SE_HOP;
}

void se_enhancer_limit(struct se_enhancer *enhancer, float attenuation_limit_db)
{
    enhancer->engine->calls->limit(enhancer->engine,
                                   powf(10.0f, attenuation_limit_db / -20.0f));
}

static void show(const struct se_enhancer *enhancer, const float *in,
                 const float *out)
{
    const struct se_engine *engine = enhancer->engine;
    float features[SE_MAX_FEATURES];
    const struct se_enhancer_view view = {
        .in = in,
        .out = out,
        .features = features,
        .n_features = engine->n_features,
        .mask = se_enhancer_mask(enhancer, 0),
        .speech = engine->calls->speech(engine),
        .lookahead = engine->lookahead,
    };

    engine->calls->features(engine, features);
    enhancer->config.watch(enhancer->config.watcher, &view);
}

void se_enhancer_step(struct se_enhancer *enhancer, float *out, const float *in)
{
    const struct se_enhancer_config *config = &enhancer->config;
    int watched = config->mode == SE_CHANNELS_LINKED ? -1 : 0;
    float hop_in[SE_HOP], hop_out[SE_HOP];

    if (config->watch)
        se_pick_channel(hop_in, in, SE_HOP, watched, config->channels);
    enhancer->engine->calls->step(enhancer->engine, out, in);
    if (config->watch) {
        se_pick_channel(hop_out, out, SE_HOP, watched, config->channels);
        show(enhancer, hop_in, hop_out);
    }
}

const float *se_enhancer_mask(const struct se_enhancer *enhancer, int channel)
{
    return enhancer->engine->calls->mask(enhancer->engine, channel);
}

float se_enhancer_speech(const struct se_enhancer *enhancer)
{
    return enhancer->engine->calls->speech(enhancer->engine);
}
