/* engine_float.c - spectrum times mask, frame by frame. */
#include "dsp/convert.h"
#include "dsp/speech.h"
#include "enhance/delay_line.h"
#include "enhance/engine_private.h"
#include "nn/infer.h"
#include "nn/taps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct channel {
    struct se_stft *stft;
    se_bin (*spectra)[SE_BINS]; /* [lookahead + 1] oldest first */
    struct se_delay_line late;  /* the input */
};

/* A net with its state, and the mask that it estimates: of the mean of all
 * channels, or of one of them. */
struct estimator {
    struct se_infer *infer;
    struct se_stft *stft; /* of the mean; NULL: the channel's own spectrum */
    float features[SE_MAX_FEATURES];
    float mask[SE_BINS];
    struct se_speech speech;
    float *amplitudes; /* [n_frames][SE_BINS], oldest frame first; NULL: the
                          newest is all that matters */
    float *taps;       /* [len_filter][SE_BINS]; NULL: the net gives the mask
                          itself */
};

struct float_engine {
    struct se_engine engine;
    const struct se_model *model;
    struct se_feature *feature;
    int n_channels, n_estimators;
    struct se_taps shape; /* of the net's filters */
    int n_frames;         /* whose amplitudes are kept, the newest included */
    float mask_min;
    struct se_downmix downmix;   /* for the mean of linked channels */
    struct channel *channel;     /* [n_channels] */
    struct estimator *estimator; /* [n_estimators] */
};

/* ---- life ---------------------------------------------------------------- */

static int create_channel(const struct float_engine *self,
                          struct channel *channel, struct se_report *report)
{
    size_t n = (size_t)self->shape.lookahead + 1;

    channel->spectra = calloc(n, sizeof *channel->spectra);
    if (!channel->spectra)
        return se_fail_memory(report, "the enhancer");

    int status = se_delay_line_create(
        &channel->late, SE_STFT_DELAY + self->shape.lookahead * SE_HOP, report);

    return status == SE_OK ? se_stft_create(&channel->stft, report) : status;
}

static int create_estimator(const struct float_engine *self,
                            struct estimator *estimator,
                            struct se_report *report)
{
    const struct se_model *model = self->model;
    size_t n_taps = (size_t)self->shape.n * SE_BINS;
    size_t n_frames = (size_t)self->n_frames * SE_BINS;

    if (self->n_frames > 1) {
        estimator->amplitudes = calloc(n_frames, sizeof *estimator->amplitudes);
        if (!estimator->amplitudes)
            return se_fail_memory(report, "the enhancer");
    }
    if (self->shape.n > 1) {
        estimator->taps = calloc(n_taps, sizeof *estimator->taps);
        if (!estimator->taps)
            return se_fail_memory(report, "the enhancer");
    }
    return se_infer_create(&estimator->infer, &model->arch, model->parameters,
                           report);
}

static int create_parts(struct float_engine *self, struct se_report *report)
{
    const struct se_model *model = self->model;
    int status = se_feature_create(&self->feature, model->feat_type,
                                   model->arch.n_in, report);

    self->channel = calloc((size_t)self->n_channels, sizeof *self->channel);
    self->estimator =
        calloc((size_t)self->n_estimators, sizeof *self->estimator);
    if (!self->channel || !self->estimator)
        return se_fail_memory(report, "the enhancer");
    for (int i = 0; i < self->n_channels && status == SE_OK; i++)
        status = create_channel(self, &self->channel[i], report);
    for (int i = 0; i < self->n_estimators && status == SE_OK; i++)
        status = create_estimator(self, &self->estimator[i], report);
    if (status == SE_OK && self->n_estimators < self->n_channels)
        status = se_stft_create(&self->estimator[0].stft, report);
    return status;
}

static void destroy(struct se_engine *engine)
{
    struct float_engine *self = (struct float_engine *)engine;

    for (int i = 0; i < self->n_channels && self->channel; i++) {
        struct channel *channel = &self->channel[i];

        se_stft_destroy(channel->stft);
        free(channel->spectra);
        se_delay_line_free(&channel->late);
    }
    for (int i = 0; i < self->n_estimators && self->estimator; i++) {
        struct estimator *estimator = &self->estimator[i];

        se_infer_destroy(estimator->infer);
        se_stft_destroy(estimator->stft);
        free(estimator->taps);
        free(estimator->amplitudes);
    }
    se_feature_destroy(self->feature);
    free(self->channel);
    free(self->estimator);
    free(self);
}

/* ---- the mask ------------------------------------------------------------ */

static void keep_amplitudes(const struct float_engine *self, float *amplitudes,
                            const float power[SE_BINS])
{
    int n_kept = (self->n_frames - 1) * SE_BINS;

    memmove(amplitudes, amplitudes + SE_BINS,
            (size_t)n_kept * sizeof *amplitudes);
    for (int k = 0; k < SE_BINS; k++)
        amplitudes[n_kept + k] = sqrtf(power[k]);
}

/* The net's filters over the newest amplitudes, or its mask. */
static void infer(const struct float_engine *self, struct estimator *estimator)
{
    float *out = estimator->taps ? estimator->taps : estimator->mask;

    se_infer_frame(estimator->infer, out, estimator->features);
    if (estimator->taps)
        se_taps_gain(
            estimator->mask, &self->shape, estimator->taps,
            &(struct se_taps_block){.frames = 1,
                                    .rows = 1,
                                    .bins = SE_BINS,
                                    .amplitudes = estimator->amplitudes});
}

/* Of the frame that the mask belongs to. */
static void pick_power(const struct float_engine *self,
                       const struct estimator *estimator, float power[SE_BINS])
{
    const float *a = estimator->amplitudes +
                     (self->n_frames - 1 - self->shape.lookahead) * SE_BINS;

    for (int k = 0; k < SE_BINS; k++)
        power[k] = a[k] * a[k];
}

static void find_mask(const struct float_engine *self,
                      struct estimator *estimator, se_bin spectrum[SE_BINS])
{
    float power[SE_BINS];

    se_power(power, spectrum);
    se_model_features(self->model, self->feature, estimator->features, power);
    if (estimator->amplitudes)
        keep_amplitudes(self, estimator->amplitudes, power);
    infer(self, estimator);
    if (estimator->amplitudes)
        pick_power(self, estimator, power);
    se_speech_update(&estimator->speech, power, estimator->mask);
    for (int k = 0; k < SE_BINS; k++) {
        float mask = estimator->mask[k] < 1.0f ? estimator->mask[k] : 1.0f;

        estimator->mask[k] = mask > self->mask_min ? mask : self->mask_min;
    }
}

static const float *mask(const struct se_engine *engine, int channel)
{
    const struct float_engine *self = (const struct float_engine *)engine;

    return self->estimator[self->n_estimators > 1 ? channel : 0].mask;
}

static float speech(const struct se_engine *engine)
{
    const struct float_engine *self = (const struct float_engine *)engine;
    float most = 0.0f;

    for (int i = 0; i < self->n_estimators; i++)
        most = fmaxf(most, self->estimator[i].speech.probability);
    return most;
}

static void features(const struct se_engine *engine, float *x)
{
    const struct float_engine *self = (const struct float_engine *)engine;

    memcpy(x, self->estimator[0].features,
           (size_t)engine->n_features * sizeof *x);
}

static void limit(struct se_engine *engine, float mask_min)
{
    ((struct float_engine *)engine)->mask_min = mask_min;
}

/* ---- a hop --------------------------------------------------------------- */

static void reset_channel(const struct float_engine *self,
                          struct channel *channel)
{
    se_stft_reset(channel->stft);
    memset(channel->spectra, 0,
           ((size_t)self->shape.lookahead + 1) * sizeof *channel->spectra);
    se_delay_line_reset(&channel->late);
}

static void reset(struct se_engine *engine)
{
    struct float_engine *self = (struct float_engine *)engine;
    const float silence[SE_BINS] = {0};
    float pad[SE_MAX_FEATURES];

    se_model_features(self->model, self->feature, pad, silence);
    memset(&self->downmix, 0, sizeof self->downmix);
    for (int i = 0; i < self->n_channels; i++)
        reset_channel(self, &self->channel[i]);
    for (int i = 0; i < self->n_estimators; i++) {
        struct estimator *estimator = &self->estimator[i];

        if (estimator->stft)
            se_stft_reset(estimator->stft);
        se_infer_reset(estimator->infer, pad);
        se_speech_reset(&estimator->speech);
        if (estimator->amplitudes)
            memset(estimator->amplitudes, 0,
                   (size_t)self->n_frames * SE_BINS * sizeof(float));
        for (int k = 0; k < SE_BINS; k++)
            estimator->mask[k] = 1.0f;
    }
}

static void analyse(struct float_engine *self, const float *in)
{
    int newest = self->shape.lookahead;
    float hop[SE_HOP];

    for (int i = 0; i < self->n_channels; i++) {
        struct channel *channel = &self->channel[i];

        memmove(channel->spectra, channel->spectra + 1,
                (size_t)newest * sizeof *channel->spectra);
        se_pick_channel(hop, in, SE_HOP, i, self->n_channels);
        se_stft_analyse(channel->stft, channel->spectra[newest], hop);
    }
    for (int i = 0; i < self->n_estimators; i++) {
        struct estimator *estimator = &self->estimator[i];

        if (estimator->stft) {
            se_bin spectrum[SE_BINS];

            se_downmix(&self->downmix, hop, in, SE_HOP, self->n_channels);
            se_stft_analyse(estimator->stft, spectrum, hop);
            find_mask(self, estimator, spectrum);
        } else {
            find_mask(self, estimator, self->channel[i].spectra[newest]);
        }
    }
}

/* The late input less what the mask removes: where it removes nothing, the
 * output is the input to the last bit. Puts the result in place of `hop`, the
 * channel's newest input. */
static void apply_mask(struct channel *channel, float hop[SE_HOP],
                       const float mask[SE_BINS])
{
    se_bin *oldest = channel->spectra[0];
    float taken[SE_HOP];

    for (int k = 0; k < SE_BINS; k++) {
        oldest[k][0] *= 1.0f - mask[k];
        oldest[k][1] *= 1.0f - mask[k];
    }
    se_stft_synthesise(channel->stft, taken, oldest);
    se_delay_line_step(&channel->late, hop);
    for (int i = 0; i < SE_HOP; i++)
        hop[i] -= taken[i];
}

static void step(struct se_engine *engine, float *out, const float *in)
{
    struct float_engine *self = (struct float_engine *)engine;
    int n = self->n_channels;
    float hop[SE_HOP];

    analyse(self, in);
    for (int i = 0; i < n; i++) {
        se_pick_channel(hop, in, SE_HOP, i, n);
        apply_mask(&self->channel[i], hop, mask(engine, i));
        for (int k = 0; k < SE_HOP; k++)
            out[k * n + i] = hop[k];
    }
}

int se_engine_float_create(struct se_engine **out, const struct se_model *model,
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
    const struct se_arch *arch = &model->arch;
    struct float_engine *self = calloc(1, sizeof *self);
    int status;

    *out = NULL;
    if (!self)
        return se_fail_memory(report, "the enhancer");
    self->engine = (struct se_engine){
        .calls = &calls,
        .n_features = arch->n_in,
        .lookahead = arch->len_lookahead,
    };
    self->model = model;
    self->shape = (struct se_taps){arch->len_filter, arch->len_lookahead};
    self->n_frames = arch->len_filter > arch->len_lookahead
                         ? arch->len_filter
                         : arch->len_lookahead + 1;
    self->n_channels = channels;
    self->n_estimators = mode == SE_CHANNELS_LINKED ? 1 : channels;
    status = create_parts(self, report);
    if (status == SE_OK)
        *out = &self->engine;
    else
        destroy(&self->engine);
    return status;
}
