/* report.c - costs of an integer net, and its distance from the float net. */
#include "quant/report.h"

#include "dsp/convert.h"
#include "enhance/enhancer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Power of a signal and of what differs from it. */
struct ratio {
    double signal, noise;
};

static void add(struct ratio *ratio, double wanted, double found)
{
    ratio->signal += wanted * wanted;
    ratio->noise += (wanted - found) * (wanted - found);
}

static void add_all(struct ratio *ratio, const float *wanted,
                    const int16_t *found, int n, double scale)
{
    for (int i = 0; i < n; i++)
        add(ratio, (double)wanted[i], found[i] * scale);
}

static double decibels(const struct ratio *ratio)
{
    return 10.0 * log10(ratio->signal / ratio->noise);
}

/* An integer net and its memory. */
struct runner {
    struct nnsp nnsp;
    void *memory;
};

/* Both nets side by side, hop by hop. */
struct comparison {
    const struct se_model *model;
    struct se_probe *probe;
    struct se_enhancer *enhancer;
    struct runner whole;
    struct runner part[SE_MAX_LAYERS]; /* the first 1, 2, ... layers alone */
    struct ratio layer[SE_MAX_LAYERS];
    struct ratio features, mask, output;
};

static int create_runner(struct runner *runner, const struct se_quant_net *net,
                         struct se_report *report)
{
    runner->memory = malloc(net->memory_bytes);
    if (!runner->memory)
        return se_fail_memory(report, "the integer net");

    /* No failure is left: se_quantise has tried it. */
    nnsp_init(&runner->nnsp, &net->net, runner->memory, net->memory_bytes);
    return SE_OK;
}

static int create(struct comparison *c, const struct se_model *model,
                  const struct se_quant_net *net, struct se_report *report)
{
    const struct se_enhancer_config config = {.channels = 1,
                                              .attenuation_limit_db = INFINITY};
    int status;

    *c = (struct comparison){.model = model};
    status = se_probe_create(&c->probe, model, report);
    if (status == SE_OK)
        status = se_enhancer_create(&c->enhancer, model, &config, report);
    if (status == SE_OK)
        status = create_runner(&c->whole, net, report);
    for (int i = 0; i < model->arch.n_layers && status == SE_OK; i++)
        status = create_runner(&c->part[i], net, report);
    return status;
}

static void destroy(struct comparison *c)
{
    se_probe_destroy(c->probe);
    se_enhancer_destroy(c->enhancer);
    free(c->whole.memory);
    for (int i = 0; i < SE_MAX_LAYERS; i++)
        free(c->part[i].memory);
}

/* A linear last layer saturates where the mask is 0 or 1 anyway: the float
 * net's outputs count as no larger. */
static void compare_layer(struct comparison *c, int i,
                          const int16_t hop[SE_HOP])
{
    const struct se_arch *arch = &c->model->arch;
    const float *wanted = se_probe_output(c->probe, i);
    double scale = ldexp(1.0, -se_quant_output_q(arch, i));
    double top = i == arch->n_layers - 1 ? 32768.0 * scale : (double)INFINITY;
    struct nnsp *nnsp = &c->part[i].nnsp;
    const int16_t *y;

    nnsp_analyse(nnsp, hop);
    nnsp_extract(nnsp);
    y = nnsp_run_layers(nnsp, (uint32_t)i + 1);
    for (int k = 0; y && k < arch->layer[i].n_out; k++)
        add(&c->layer[i], fmax(-top, fmin((double)wanted[k], top)),
            y[k] * scale);
}

static void compare_sound(struct comparison *c, const float samples[SE_HOP],
                          const int16_t hop[SE_HOP])
{
    struct nnsp *nnsp = &c->whole.nnsp;
    float wanted[SE_HOP];
    int16_t found[SE_HOP];

    se_enhancer_step(c->enhancer, wanted, samples);
    nnsp_step(nnsp, found, hop);
    add_all(&c->features, se_probe_output(c->probe, -1), nnsp->features,
            c->model->arch.n_in, 1.0 / 256.0);
    add_all(&c->mask, se_enhancer_mask(c->enhancer, 0), nnsp->mask, SE_BINS,
            1.0 / 32767.0);
    add_all(&c->output, wanted, found, SE_HOP, 1.0 / 32768.0);
}

static void compare_hop(struct comparison *c, const float samples[SE_HOP])
{
    float rounded[SE_HOP];
    int16_t hop[SE_HOP];

    se_to_int16(hop, samples, SE_HOP);
    se_from_int16(rounded, hop, SE_HOP);
    se_probe_frame(c->probe, rounded);
    for (int i = 0; i < c->model->arch.n_layers; i++)
        compare_layer(c, i, hop);
    compare_sound(c, rounded, hop);
}

static int measure(struct se_quant_report *result, const struct se_model *model,
                   const struct se_quant_net *net,
                   const struct se_quant_sound *sound, struct se_report *report)
{
    struct comparison c;
    int status = create(&c, model, net, report);
    int64_t t = 0;

    for (; t + SE_HOP <= sound->n_samples && status == SE_OK; t += SE_HOP) {
        compare_hop(&c, sound->samples + t);
        if (sound->progress)
            sound->progress(sound->context, (double)t / SE_RATE_HZ);
    }
    result->seconds = (double)t / SE_RATE_HZ;
    result->feature_sqnr_db = decibels(&c.features);
    result->mask_sqnr_db = decibels(&c.mask);
    result->output_sqnr_db = decibels(&c.output);
    for (int i = 0; i < result->n_layers; i++)
        result->layer[i].sqnr_db = decibels(&c.layer[i]);
    destroy(&c);
    return status;
}

/* Frames from one output of layer i to the next. */
static int period(const struct se_arch *arch, int i)
{
    int frames = 1;

    for (int j = 0; j <= i; j++)
        frames *= arch->layer[j].stride;
    return frames;
}

static struct se_layer_report describe(const struct se_model *model,
                                       const struct se_quant_net *net, int i)
{
    const struct se_layer_arch *arch = &model->arch.layer[i];
    const struct nnsp_layer *layer = &net->layer[i];
    int64_t a_row = sizeof *layer->bias + sizeof *layer->shift;

    if (layer->recurrent_shift)
        a_row += sizeof *layer->recurrent_shift;
    return (struct se_layer_report){
        .type = arch->type,
        .n_in = arch->n_in,
        .n_out = arch->n_out,
        .weight_bytes =
            se_quant_kernel_bytes(layer) + se_quant_recurrent_bytes(layer),
        .bias_bytes = a_row * se_quant_rows(layer),
        .macs = (double)net->about[i].n_weights / period(&model->arch, i),
        .rows = (double)se_quant_rows(layer) / period(&model->arch, i),
        .min_scale_log2 = net->about[i].min_scale_log2,
        .max_scale_log2 = net->about[i].max_scale_log2,
        .n_weights = net->about[i].n_weights,
        .n_saturated = net->about[i].n_saturated,
        .sqnr_db = (double)NAN,
    };
}

/* On a 32-bit machine: the structs have pointers of 4 bytes there. */
static int64_t other_flash_bytes(const struct nnsp_net *net)
{
    enum { LAYER = 28, NET = 32 };
    int64_t n = net->n_features;

    return NET + LAYER * (int64_t)net->n_layers + 2 * (n + 2) +
           4 * (int64_t)net->edge[n + 1] + 4 * n + 4 * n;
}

double se_quant_share(const struct se_quant_report *result, double clock_mhz)
{
    double wait = ceil(result->line_ns * clock_mhz / 1000.0);

    return (result->cycles + result->lines * wait) /
           (clock_mhz * 1e6 * SE_HOP / SE_RATE_HZ);
}

/* Those that are read once a frame, with strides less often. */
static double lines_from_mram(const struct se_quant_report *result,
                              const struct se_arch *arch)
{
    double bytes = 0.0;

    if (result->flash_bytes + SE_PROGRAM_BYTES <= SE_CACHE_BYTES)
        return 0.0;
    for (int i = 0; i < result->n_layers; i++)
        bytes += (double)result->layer[i].weight_bytes / period(arch, i);
    return bytes / SE_LINE_BYTES;
}

static void add_up(struct se_quant_report *result, const struct nnsp_net *net)
{
    int n_taps = net->n_taps;

    result->cycles =
        SE_CYCLES_PER_FRAME + SE_CYCLES_PER_FEATURE * net->n_features;
    if (n_taps > 1)
        result->cycles += SE_CYCLES_PER_FILTER + SE_CYCLES_PER_TAP * n_taps;
    if (net->lookahead > 0)
        result->cycles +=
            SE_CYCLES_OF_LOOKAHEAD + SE_CYCLES_PER_LOOKAHEAD * net->lookahead;
    for (int i = 0; i < result->n_layers; i++) {
        const struct se_layer_report *layer = &result->layer[i];

        result->flash_bytes += layer->weight_bytes + layer->bias_bytes;
        result->macs += layer->macs;
        result->cycles +=
            layer->macs * SE_CYCLES_PER_MAC + layer->rows * SE_CYCLES_PER_ROW;
    }
    result->macs_per_s = result->macs * SE_RATE_HZ / SE_HOP;
}

int se_quant_report_make(struct se_quant_report *result,
                         const struct se_model *model,
                         const struct se_quant_net *net,
                         const struct se_quant_sound *sound,
                         struct se_report *report)
{
    *result = (struct se_quant_report){
        .n_layers = model->arch.n_layers,
        .flash_bytes = other_flash_bytes(&net->net),
        .line_ns = SE_LINE_NS,
        .ram_bytes = net->memory_bytes,
        .feature_sqnr_db = (double)NAN,
        .mask_sqnr_db = (double)NAN,
        .output_sqnr_db = (double)NAN,
    };
    for (int i = 0; i < result->n_layers; i++)
        result->layer[i] = describe(model, net, i);
    add_up(result, &net->net);
    result->lines = lines_from_mram(result, &model->arch);
    if (!sound)
        return SE_OK;
    return measure(result, model, net, sound, report);
}
