/* enhancer.c - spectrum times mask, frame by frame. */
#include "enhance/enhancer.h"

#include "enhance/fixed.h"
#include "enhance/pick.h"
#include "nn/step.h"
#include "nn/taps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct channel {
    struct se_stft *stft;
    se_bin (*spectra)[SE_BINS]; /* [lookahead + 1] oldest first */
    float *late;                /* [delay] the last hops of input */
};

/* A net and what it listens to: the mean of all channels, or one of them. */
struct voice {
    struct se_stepper *stepper;
    struct se_stft *stft; /* of the mean; NULL: the channel's own spectrum */
    float features[SE_MAX_FEATURES];
    float mask[SE_BINS];
    float *taps, *heard; /* [len_filter][SE_BINS], oldest frame first; NULL: the
                            net gives the mask itself */
};

struct se_enhancer {
    struct se_fixed *fixed; /* runs instead of all that follows; or NULL */
    const struct se_model *model;
    struct se_feature *feature;
    struct se_enhancer_config config;
    int n_channels, n_voices;
    struct se_taps shape;    /* of the net's filters */
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
    if (se_arch_outputs(arch) != SE_BINS * arch->len_filter)
        return se_fail(report, SE_ERR_ARG,
                       "the net gives %d outputs a frame, expected a mask of "
                       "%d bins times len_filter %d",
                       se_arch_outputs(arch), SE_BINS, arch->len_filter);
    return SE_OK;
}

int se_enhancer_delay(const struct se_enhancer *enhancer)
{
    return SE_STFT_DELAY + enhancer->shape.lookahead * SE_HOP;
}

static int create_channel(const struct se_enhancer *enhancer,
                          struct channel *channel, struct se_report *report)
{
    size_t n = (size_t)enhancer->shape.lookahead + 1;

    channel->spectra = calloc(n, sizeof *channel->spectra);
    channel->late =
        calloc((size_t)se_enhancer_delay(enhancer), sizeof *channel->late);
    if (!channel->spectra || !channel->late)
        return se_fail_memory(report, "the enhancer");
    return se_stft_create(&channel->stft, report);
}

static int create_voice(const struct se_enhancer *enhancer, struct voice *voice,
                        struct se_report *report)
{
    const struct se_model *model = enhancer->model;
    size_t n = (size_t)enhancer->shape.n * SE_BINS;

    if (enhancer->shape.n > 1) {
        voice->taps = calloc(n, sizeof *voice->taps);
        voice->heard = calloc(n, sizeof *voice->heard);
        if (!voice->taps || !voice->heard)
            return se_fail_memory(report, "the enhancer");
    }
    return se_stepper_create(&voice->stepper, &model->arch, model->parameters,
                             report);
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
        status = create_channel(enhancer, &enhancer->channel[i], report);
    for (int i = 0; i < enhancer->n_voices && status == SE_OK; i++)
        status = create_voice(enhancer, &enhancer->voice[i], report);
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
    enhancer->shape =
        (struct se_taps){model->arch.len_filter, model->arch.len_lookahead};
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
    for (int i = 0; i < enhancer->n_channels && enhancer->channel; i++) {
        struct channel *channel = &enhancer->channel[i];

        se_stft_destroy(channel->stft);
        free(channel->spectra);
        free(channel->late);
    }
    for (int i = 0; i < enhancer->n_voices && enhancer->voice; i++) {
        struct voice *voice = &enhancer->voice[i];

        se_stepper_destroy(voice->stepper);
        se_stft_destroy(voice->stft);
        free(voice->taps);
        free(voice->heard);
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

static void reset_channel(const struct se_enhancer *enhancer,
                          struct channel *channel)
{
    size_t n_late = (size_t)se_enhancer_delay(enhancer);

    se_stft_reset(channel->stft);
    memset(channel->spectra, 0,
           ((size_t)enhancer->shape.lookahead + 1) * sizeof *channel->spectra);
    memset(channel->late, 0, n_late * sizeof *channel->late);
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
        reset_channel(enhancer, &enhancer->channel[i]);
    for (int i = 0; i < enhancer->n_voices; i++) {
        struct voice *voice = &enhancer->voice[i];

        if (voice->stft)
            se_stft_reset(voice->stft);
        se_stepper_reset(voice->stepper, pad);
        if (voice->heard)
            memset(voice->heard, 0,
                   (size_t)enhancer->shape.n * SE_BINS * sizeof(float));
        for (int k = 0; k < SE_BINS; k++)
            voice->mask[k] = 1.0f;
    }
}

/* The net's filters over the newest amplitudes. */
static void filter(const struct se_enhancer *enhancer, struct voice *voice,
                   const float power[SE_BINS])
{
    int n_kept = (enhancer->shape.n - 1) * SE_BINS;

    memmove(voice->heard, voice->heard + SE_BINS,
            (size_t)n_kept * sizeof *voice->heard);
    for (int k = 0; k < SE_BINS; k++)
        voice->heard[n_kept + k] = sqrtf(power[k]);
    se_stepper_step(voice->stepper, voice->taps, voice->features);
    se_taps_gain(voice->mask, &enhancer->shape, voice->taps, voice->heard, 1, 1,
                 SE_BINS);
}

static void find_mask(const struct se_enhancer *enhancer, struct voice *voice,
                      se_bin spectrum[SE_BINS])
{
    float power[SE_BINS];

    se_power(power, spectrum);
    features(enhancer, voice->features, power);
    if (voice->taps)
        filter(enhancer, voice, power);
    else
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
        int newest = enhancer->shape.lookahead;

        memmove(channel->spectra, channel->spectra + 1,
                (size_t)newest * sizeof *channel->spectra);
        se_pick(hop, in, i, enhancer->n_channels);
        se_stft_analyse(channel->stft, channel->spectra[newest], hop);
    }
    for (int i = 0; i < enhancer->n_voices; i++) {
        struct voice *voice = &enhancer->voice[i];

        if (voice->stft) {
            se_bin spectrum[SE_BINS];

            se_pick(hop, in, -1, enhancer->n_channels);
            se_stft_analyse(voice->stft, spectrum, hop);
            find_mask(enhancer, voice, spectrum);
        } else {
            struct channel *channel = &enhancer->channel[i];

            find_mask(enhancer, voice,
                      channel->spectra[enhancer->shape.lookahead]);
        }
    }
}

/* The late input less what the mask takes away: where it takes nothing, the
 * output is the input to the last bit. Puts the result in place of `hop`, the
 * channel's newest input. */
static void apply_mask(const struct se_enhancer *enhancer,
                       struct channel *channel, float hop[SE_HOP],
                       const float mask[SE_BINS])
{
    const size_t hop_bytes = SE_HOP * sizeof *hop;
    int n_kept = se_enhancer_delay(enhancer) - SE_HOP;
    se_bin *oldest = channel->spectra[0];
    float taken[SE_HOP], newest[SE_HOP];
    float *late = channel->late;

    for (int k = 0; k < SE_BINS; k++) {
        oldest[k][0] *= 1.0f - mask[k];
        oldest[k][1] *= 1.0f - mask[k];
    }
    se_stft_synthesise(channel->stft, taken, oldest);
    memcpy(newest, hop, hop_bytes);
    for (int i = 0; i < SE_HOP; i++)
        hop[i] = late[i] - taken[i];
    memmove(late, late + SE_HOP, (size_t)n_kept * sizeof *late);
    memcpy(late + n_kept, newest, hop_bytes);
}

static void step_float(struct se_enhancer *enhancer, float *out,
                       const float *in)
{
    int n = enhancer->n_channels;
    float hop[SE_HOP];

    analyse(enhancer, in);
    for (int i = 0; i < n; i++) {
        se_pick(hop, in, i, n);
        apply_mask(enhancer, &enhancer->channel[i], hop,
                   se_enhancer_mask(enhancer, i));
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
        .lookahead = enhancer->shape.lookahead,
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
