/* probe.c - one infer a layer, so that what lies between can be seen. */
#include "quant/probe.h"

#include "nn/infer.h"

#include <stdlib.h>
#include <string.h>

struct stage {
    struct se_arch arch; /* of this layer alone */
    struct se_infer *infer;
    float *output;
    int period; /* frames from one output to the next */
};

struct se_probe {
    const struct se_model *model;
    struct se_stft *stft;
    struct se_feature *feature;
    float x[SE_MAX_FEATURES];
    int64_t n_steps;
    struct stage stage[SE_MAX_LAYERS];
};

static int create_stage(struct stage *stage, const struct se_model *model,
                        int layer, int period, struct se_report *report)
{
    const struct se_layer_arch *whole = &model->arch.layer[layer];
    struct se_tensor tensors[SE_MAX_TENSORS];
    int first = 0;

    stage->arch = (struct se_arch){
        .n_in = whole->n_in,
        .n_layers = 1,
        .layer = {*whole},
        .scalar_output = 1.0f,
        .len_filter = 1,
    };
    stage->period = period;
    stage->output = calloc((size_t)whole->n_out, sizeof *stage->output);
    if (!stage->output)
        return se_fail_memory(report, "the layers of the net");
    se_arch_tensors(&model->arch, tensors);
    while (tensors[first].layer != layer)
        first++;
    return se_infer_create(&stage->infer, &stage->arch,
                           model->parameters + tensors[first].offset, report);
}

int se_probe_create(struct se_probe **out, const struct se_model *model,
                    struct se_report *report)
{
    const float silence[SE_BINS] = {0};
    struct se_probe *probe = calloc(1, sizeof *probe);
    int period = 1;

    *out = NULL;
    if (!probe)
        return se_fail_memory(report, "the layers of the net");
    probe->model = model;

    int status = se_stft_create(&probe->stft, report);

    if (status == SE_OK)
        status = se_feature_create(&probe->feature, model->feat_type,
                                   model->arch.n_in, report);
    for (int i = 0; i < model->arch.n_layers && status == SE_OK; i++) {
        period *= model->arch.layer[i].stride;
        status = create_stage(&probe->stage[i], model, i, period, report);
    }
    if (status != SE_OK) {
        se_probe_destroy(probe);
        return status;
    }
    se_model_features(model, probe->feature, probe->x, silence);
    for (int i = 0; i < model->arch.n_layers; i++)
        se_infer_reset(probe->stage[i].infer, i == 0 ? probe->x : NULL);
    *out = probe;
    return SE_OK;
}

void se_probe_destroy(struct se_probe *probe)
{
    if (!probe)
        return;
    for (int i = 0; i < probe->model->arch.n_layers; i++) {
        se_infer_destroy(probe->stage[i].infer);
        free(probe->stage[i].output);
    }
    se_feature_destroy(probe->feature);
    se_stft_destroy(probe->stft);
    free(probe);
}

/* Whether the last frame computed the output of a layer, or the features (layer
 * -1): with strides not always. */
static int is_new(const struct se_probe *probe, int layer)
{
    return layer < 0 || (probe->n_steps - 1) % probe->stage[layer].period == 0;
}

/* A layer moves on when it gets a new input: a strided convolution takes each
 * of them in and gives an output at the first and then at every stride-th. */
void se_probe_frame(struct se_probe *probe, const float hop[SE_HOP])
{
    se_bin spectrum[SE_BINS];
    float power[SE_BINS];

    se_stft_analyse(probe->stft, spectrum, hop);
    se_power(power, spectrum);
    se_model_features(probe->model, probe->feature, probe->x, power);
    probe->n_steps++;
    for (int i = 0; i < probe->model->arch.n_layers; i++) {
        if (!is_new(probe, i - 1))
            break;
        se_infer_frame(probe->stage[i].infer, probe->stage[i].output,
                       se_probe_output(probe, i - 1));
    }
}

const float *se_probe_output(const struct se_probe *probe, int layer)
{
    return layer < 0 ? probe->x : probe->stage[layer].output;
}

/* Numbers in that output. */
static int width_of(const struct se_probe *probe, int layer)
{
    const struct se_arch *arch = &probe->model->arch;

    return layer < 0 ? arch->n_in : arch->layer[layer].n_out;
}

static int create_moments(struct se_moments *moments,
                          const struct se_probe *probe,
                          struct se_report *report)
{
    moments->n_nodes = 1 + probe->model->arch.n_layers;
    for (int i = 0; i < moments->n_nodes; i++) {
        size_t n = (size_t)width_of(probe, i - 1);

        moments->mean[i] = calloc(n, sizeof(float));
        moments->square[i] = calloc(n, sizeof(float));
        if (!moments->mean[i] || !moments->square[i])
            return se_fail_memory(report, "the moments of the layers");
    }
    return SE_OK;
}

/* Running means over the outputs so far, of which this is number n. */
static void add_output(float *mean, float *square, const float *x, int width,
                       int64_t n)
{
    float weight = 1.0f / (float)n;

    for (int i = 0; i < width; i++) {
        mean[i] += (x[i] - mean[i]) * weight;
        square[i] += (x[i] * x[i] - square[i]) * weight;
    }
}

int se_moments_measure(struct se_moments *moments, const struct se_model *model,
                       const float *samples, int64_t n_samples,
                       struct se_report *report)
{
    int64_t n_seen[1 + SE_MAX_LAYERS] = {0};
    struct se_probe *probe;

    *moments = (struct se_moments){0};

    int status = se_probe_create(&probe, model, report);

    if (status == SE_OK)
        status = create_moments(moments, probe, report);
    for (int64_t t = 0; status == SE_OK && t + SE_HOP <= n_samples;
         t += SE_HOP) {
        se_probe_frame(probe, samples + t);
        for (int i = 0; i < moments->n_nodes; i++) {
            if (is_new(probe, i - 1))
                add_output(moments->mean[i], moments->square[i],
                           se_probe_output(probe, i - 1),
                           width_of(probe, i - 1), ++n_seen[i]);
        }
    }
    se_probe_destroy(probe);
    if (status != SE_OK)
        se_moments_free(moments);
    return status;
}

void se_moments_free(struct se_moments *moments)
{
    for (int i = 0; i < moments->n_nodes; i++) {
        free(moments->mean[i]);
        free(moments->square[i]);
    }
    *moments = (struct se_moments){0};
}
