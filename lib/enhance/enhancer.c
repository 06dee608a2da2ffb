/* enhancer.c - spectrum times mask, frame by frame. */
#include "enhance/enhancer.h"

#include "enhance/fixed.h"
#include "enhance/pick.h"
#include "nn/step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct channel {
    struct se_stft *stft;
    se_bin spectrum[SE_BINS];
    float late[SE_STFT_DELAY]; /* the last two hops of input */
};

/* A net and what it listens to: the mean of all channels, or one of them. */
struct voice {
    struct se_stepper *stepper;
    struct se_stft *stft; /* of the mean; NULL: the channel's own spectrum */
    float features[SE_MAX_FEATURES];
    float mask[SE_BINS];
};

struct se_enhancer {
    struct se_fixed *fixed; /* runs instead of all that follows; or NULL */
    const struct se_model *model;
    struct se_feature *feature;
    struct se_enhancer_config config;
    int n_channels, n_voices;
    float floor;             /* least mask */
    struct channel *channel; /* [n_channels] */
    struct voice *voice;     /* [n_voices] */
};

static int check(const struct se_model *model,
                 const struct se_enhancer_config *config,
                 struct se_report *report)
{
    const struct se_arch *arch = &model->arch;

    if (config->channels < 1 || config->channels > 64)
        return se_fail(report, SE_ERR_ARG, "%d channels, expected 1 to 64",
                       config->channels);
    if (!(config->attenuation_limit_db >= 0.0f))
        return se_fail(report, SE_ERR_ARG,
                       "an attenuation limit of %g dB, expected 0 or more",
                       (double)config->attenuation_limit_db);
    if (arch->len_filter > 1)
        return se_fail(report, SE_ERR_ARG,
                       "the net has len_filter %d: filters over several "
                       "frames are not supported yet, expected 1",
                       arch->len_filter);
    if (se_arch_outputs(arch) != SE_BINS)
        return se_fail(report, SE_ERR_ARG,
                       "the net gives %d outputs a frame, expected a mask of "
                       "%d bins",
                       se_arch_outputs(arch), SE_BINS);
    return SE_OK;
}

static int create_parts(struct se_enhancer *enhancer,
                        const struct se_enhancer_config *config,
                        struct se_report *report)
{
    const struct se_model *model = enhancer->model;
    int linked = config->mode == SE_CHANNELS_LINKED;
    int status = se_feature_create(&enhancer->feature, model->feat_type,
                                   model->arch.n_in, report);

    enhancer->n_voices = linked ? 1 : config->channels;
    enhancer->channel =
        calloc((size_t)config->channels, sizeof *enhancer->channel);
    enhancer->voice =
        calloc((size_t)enhancer->n_voices, sizeof *enhancer->voice);
    if (!enhancer->channel || !enhancer->voice)
        return se_fail_memory(report, "the enhancer");
    for (int i = 0; i < enhancer->n_channels && status == SE_OK; i++)
        status = se_stft_create(&enhancer->channel[i].stft, report);
    for (int i = 0; i < enhancer->n_voices && status == SE_OK; i++)
        status = se_stepper_create(&enhancer->voice[i].stepper, &model->arch,
                                   model->parameters, report);
    if (status == SE_OK && linked && config->channels > 1)
        status = se_stft_create(&enhancer->voice[0].stft, report);
    return status;
}

int se_enhancer_create(struct se_enhancer **out, const struct se_model *model,
                       const struct se_enhancer_config *config,
                       struct se_report *report)
{
    *out = NULL;

    int status = check(model, config, report);

    if (status != SE_OK)
        return status;

    struct se_enhancer *enhancer = calloc(1, sizeof *enhancer);

    if (!enhancer)
        return se_fail_memory(report, "the enhancer");
    enhancer->model = model;
    enhancer->config = *config;
    enhancer->n_channels = config->channels;
    if (config->fixed)
        status = se_fixed_create(&enhancer->fixed, config, report);
    else
        status = create_parts(enhancer, config, report);
    if (status != SE_OK) {
        se_enhancer_destroy(enhancer);
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
    for (int i = 0; i < enhancer->n_channels && enhancer->channel; i++)
        se_stft_destroy(enhancer->channel[i].stft);
    for (int i = 0; i < enhancer->n_voices && enhancer->voice; i++) {
        se_stepper_destroy(enhancer->voice[i].stepper);
        se_stft_destroy(enhancer->voice[i].stft);
    }
    se_fixed_destroy(enhancer->fixed);
    se_feature_destroy(enhancer->feature);
    free(enhancer->channel);
    free(enhancer->voice);
    free(enhancer);
}

void se_enhancer_limit(struct se_enhancer *enhancer, float attenuation_limit_db)
{
    enhancer->floor = powf(10.0f, attenuation_limit_db / -20.0f);
    if (enhancer->fixed)
        se_fixed_limit(enhancer->fixed, attenuation_limit_db);
}

static void features(const struct se_enhancer *enhancer, float *x,
                     const float power[SE_BINS])
{
    const struct se_model *model = enhancer->model;

    se_feature_log(enhancer->feature, x, power);
    se_feature_standardise(x, x, model->mean, model->inv_std, model->arch.n_in);
}

static void reset_channel(struct channel *channel)
{
    se_stft_reset(channel->stft);
    memset(channel->late, 0, sizeof channel->late);
}

void se_enhancer_reset(struct se_enhancer *enhancer)
{
    const float silence[SE_BINS] = {0};
    float pad[SE_MAX_FEATURES];

    if (enhancer->fixed) {
        se_fixed_reset(enhancer->fixed);
        return;
    }
    features(enhancer, pad, silence);
    for (int i = 0; i < enhancer->n_channels; i++)
        reset_channel(&enhancer->channel[i]);
    for (int i = 0; i < enhancer->n_voices; i++) {
        struct voice *voice = &enhancer->voice[i];

        if (voice->stft)
            se_stft_reset(voice->stft);
        se_stepper_reset(voice->stepper, pad);
        for (int k = 0; k < SE_BINS; k++)
            voice->mask[k] = 1.0f;
    }
}

static void find_mask(const struct se_enhancer *enhancer, struct voice *voice,
                      se_bin spectrum[SE_BINS])
{
    float power[SE_BINS];

    se_power(power, spectrum);
    features(enhancer, voice->features, power);
    se_stepper_step(voice->stepper, voice->mask, voice->features);
    for (int k = 0; k < SE_BINS; k++) {
        float mask = voice->mask[k] < 1.0f ? voice->mask[k] : 1.0f;

        voice->mask[k] = mask > enhancer->floor ? mask : enhancer->floor;
    }
}

static void analyse(struct se_enhancer *enhancer, const float *in)
{
    float hop[SE_HOP];

    for (int i = 0; i < enhancer->n_channels; i++) {
        struct channel *channel = &enhancer->channel[i];

        se_pick(hop, in, i, enhancer->n_channels);
        se_stft_analyse(channel->stft, channel->spectrum, hop);
    }
    for (int i = 0; i < enhancer->n_voices; i++) {
        struct voice *voice = &enhancer->voice[i];

        if (voice->stft) {
            se_bin spectrum[SE_BINS];

            se_pick(hop, in, -1, enhancer->n_channels);
            se_stft_analyse(voice->stft, spectrum, hop);
            find_mask(enhancer, voice, spectrum);
        } else {
            find_mask(enhancer, voice, enhancer->channel[i].spectrum);
        }
    }
}

/* The late input less what the mask takes away: where it takes nothing, the
 * output is the input to the last bit. Puts the result in place of `hop`, the
 * channel's newest input. */
static void apply_mask(struct channel *channel, float hop[SE_HOP],
                       const float mask[SE_BINS])
{
    float taken[SE_HOP];
    float *late = channel->late;

    for (int k = 0; k < SE_BINS; k++) {
        channel->spectrum[k][0] *= 1.0f - mask[k];
        channel->spectrum[k][1] *= 1.0f - mask[k];
    }
    se_stft_synthesise(channel->stft, taken, channel->spectrum);
    for (int i = 0; i < SE_HOP; i++) {
        float newest = hop[i];

        hop[i] = late[i] - taken[i];
        late[i] = late[i + SE_HOP];
        late[i + SE_HOP] = newest;
    }
}

static void step_float(struct se_enhancer *enhancer, float *out,
                       const float *in)
{
    int n = enhancer->n_channels;
    float hop[SE_HOP];

    analyse(enhancer, in);
    for (int i = 0; i < n; i++) {
        se_pick(hop, in, i, n);
        apply_mask(&enhancer->channel[i], hop, se_enhancer_mask(enhancer, i));
        for (int k = 0; k < SE_HOP; k++)
            out[k * n + i] = hop[k];
    }
}

static void show(const struct se_enhancer *enhancer, const float *in,
                 const float *out)
{
    const struct se_enhancer_config *config = &enhancer->config;
    float features[SE_MAX_FEATURES];
    struct se_enhancer_view view = {
        .in = in,
        .out = out,
        .features = features,
        .n_features = enhancer->model->arch.n_in,
        .mask = se_enhancer_mask(enhancer, 0),
    };

    if (enhancer->fixed)
        se_fixed_features(enhancer->fixed, features);
    else
        view.features = enhancer->voice[0].features;
    config->watch(config->watcher, &view);
}

void se_enhancer_step(struct se_enhancer *enhancer, float *out, const float *in)
{
    const struct se_enhancer_config *config = &enhancer->config;
    int n = enhancer->n_channels;
    int heard = config->mode == SE_CHANNELS_LINKED ? -1 : 0;
    float hop_in[SE_HOP], hop_out[SE_HOP];

    if (config->watch)
        se_pick(hop_in, in, heard, n);
    if (enhancer->fixed)
        se_fixed_step(enhancer->fixed, out, in);
    else
        step_float(enhancer, out, in);
    if (config->watch) {
        se_pick(hop_out, out, heard, n);
        show(enhancer, hop_in, hop_out);
    }
}

const float *se_enhancer_mask(const struct se_enhancer *enhancer, int channel)
{
    if (enhancer->fixed)
        return se_fixed_mask(enhancer->fixed, channel);
    return enhancer->voice[enhancer->n_voices > 1 ? channel : 0].mask;
}
