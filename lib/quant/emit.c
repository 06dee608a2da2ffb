/* emit.c - tables of a net, and golden vectors, as C source. */
#include "quant/emit.h"

#include "dsp/convert.h"
#include "files/file.h"
#include "quant/tables.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    UPPER = SE_TABLES_MAX_NAME + 1,
    SUFFIX = SE_TABLES_MAX_NAME + 8,
    DECLARATION = SUFFIX + 80,
};

/* "#ifndef DEF_NN3_SE_H" and the like. */
static void begin_guard(FILE *out, const char *prefix, int net_id,
                        const char *upper)
{
    fprintf(out, "#ifndef %s_NN%d_%s_H\n#define %s_NN%d_%s_H\n", prefix, net_id,
            upper, prefix, net_id, upper);
}

static void print_origin(FILE *out, const struct se_model *model)
{
    char text[4096];

    fprintf(out,
            " *\n * Made by se-convert " SE_VERSION " from epoch %d of a net "
            "of %s features.\n * Do not edit. The net:\n *\n",
            model->epoch, se_feat_type_name(model->feat_type));
    se_arch_format(text, sizeof text, &model->arch);
    se_tables_comment(out, text);
    fputs(" */\n", out);
}

/* The sum of nnsp.h's macros for this net. */
static void print_memory_macro(FILE *out, const char *upper,
                               const struct nnsp_net *net)
{
    int widest = 0;

    for (int i = 0; i < net->n_layers; i++) {
        if (net->layers[i].n_out > widest)
            widest = net->layers[i].n_out;
    }
    fprintf(
        out,
        "/* State and scratch, in bytes: static uint64_t memory[... / 8]. */\n"
        "#define NNSP_%s_MEMORY_BYTES \\\n"
        "    (NNSP_BASE_BYTES + NNSP_WIDTH_BYTES(%d) + "
        "NNSP_FEATURE_BYTES(%d)",
        upper, widest, net->n_features);
    for (int i = 0; i < net->n_layers; i++) {
        const struct nnsp_layer *layer = &net->layers[i];

        if (layer->type == NNSP_CONV1D)
            fprintf(out, " \\\n     + NNSP_CONV1D_BYTES(%d, %d)",
                    layer->kernel_size, layer->n_in);
        if (layer->type == NNSP_LSTM)
            fprintf(out, " \\\n     + NNSP_LSTM_BYTES(%d)", layer->n_out);
    }
    if (net->n_taps > 1)
        fprintf(out, " \\\n     + NNSP_TAPS_BYTES(%d, %d)", net->n_taps,
                net->lookahead);
    else if (net->lookahead > 0)
        fprintf(out, " \\\n     + NNSP_LOOKAHEAD_BYTES(%d)", net->lookahead);
    fputs(")\n\n", out);
}

static void print_header(FILE *out, const struct se_tables_place *place,
                         const char *upper, const struct se_model *model,
                         const struct se_quant_net *net)
{
    fprintf(out, "/* def_nn%d_%s.h - net %d, \"%s\", for the runtime nnsp.\n",
            place->net_id, place->net_name, place->net_id, place->net_name);
    print_origin(out, model);
    begin_guard(out, "DEF", place->net_id, upper);
    fputs("\n#include \"nnsp/nnsp.h\"\n\n", out);
    fprintf(out, "#define NNSP_%s_NET_ID %d\n\n", upper, place->net_id);
    print_memory_macro(out, upper, &net->net);
    fprintf(out,
            "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
            "extern const struct nnsp_net nnsp_net_%s;\n"
            "#ifdef __cplusplus\n}\n#endif\n\n#endif\n",
            place->net_name);
}

/* "static const <type> <what><suffix>[n] ALIGNED(<bytes>)", so many bytes as
 * the kernels of boards load at a time. */
static const char *declare(char text[DECLARATION], const char *type,
                           const char *what, const char *suffix, int64_t n)
{
    snprintf(text, DECLARATION, "static const %s %s%s[%lld] ALIGNED(%d)", type,
             what, suffix, (long long)n, strcmp(type, "int8_t") == 0 ? 8 : 4);
    return text;
}

static void print_arrays(FILE *out, const struct nnsp_layer *layer, int i,
                         const char *name)
{
    static const char *const types[] = {"fc", "lstm", "conv1d"};
    int64_t n_kernel = se_quant_kernel_bytes(layer);
    int64_t n_recurrent = se_quant_recurrent_bytes(layer);
    int rows = se_quant_rows(layer);
    char text[DECLARATION], suffix[SUFFIX];

    snprintf(suffix, sizeof suffix, "%d_%s", i, name);
    fprintf(out, "\n/* layer %d: %s, %d inputs", i, types[layer->type],
            layer->n_in);
    if (layer->kernel_size > 1)
        fprintf(out, " of %d frames", layer->kernel_size);
    fprintf(out, ", %d outputs */\n", layer->n_out);
    se_tables_int8(out, declare(text, "int8_t", "kernel", suffix, n_kernel),
                   layer->kernel, n_kernel);
    if (n_recurrent > 0)
        se_tables_int8(
            out, declare(text, "int8_t", "recurrent", suffix, n_recurrent),
            layer->recurrent, n_recurrent);
    se_tables_int32(out, declare(text, "int32_t", "bias", suffix, rows),
                    layer->bias, rows);
    se_tables_uint8(out, declare(text, "uint8_t", "shift", suffix, rows),
                    layer->shift, rows);
    if (n_recurrent > 0)
        se_tables_uint8(
            out, declare(text, "uint8_t", "recurrent_shift", suffix, rows),
            layer->recurrent_shift, rows);
}

static void print_layers(FILE *out, const struct nnsp_net *net,
                         const char *name)
{
    static const char *const types[] = {"NNSP_FC", "NNSP_LSTM", "NNSP_CONV1D"};
    static const char *const activations[] = {"NNSP_RELU6", "NNSP_TANH",
                                              "NNSP_SIGMOID", "NNSP_LINEAR"};

    fprintf(out, "\nstatic const struct nnsp_layer layers_%s[%d] = {\n", name,
            net->n_layers);
    for (int i = 0; i < net->n_layers; i++) {
        const struct nnsp_layer *layer = &net->layers[i];

        fprintf(out,
                "    {\n        .type = %s,\n        .activation = %s,\n"
                "        .n_in = %d,\n        .n_out = %d,\n"
                "        .kernel_size = %d,\n        .stride = %d,\n"
                "        .kernel = kernel%d_%s,\n",
                types[layer->type], activations[layer->activation], layer->n_in,
                layer->n_out, layer->kernel_size, layer->stride, i, name);
        if (layer->recurrent)
            fprintf(out, "        .recurrent = recurrent%d_%s,\n", i, name);
        fprintf(out,
                "        .bias = bias%d_%s,\n        .shift = shift%d_%s,\n", i,
                name, i, name);
        if (layer->recurrent)
            fprintf(out, "        .recurrent_shift = recurrent_shift%d_%s,\n",
                    i, name);
        fputs("    },\n", out);
    }
    fputs("};\n", out);
}

static void print_weights(FILE *out, const uint16_t (*weight)[2], int n,
                          const char *name)
{
    enum { A_LINE = 6 };

    fprintf(out, "static const uint16_t weight_%s[%d][2] ALIGNED(4) = {\n",
            name, n);
    for (int i = 0; i < n; i++)
        fprintf(out, "%s{%5d,%6d},%s", i % A_LINE == 0 ? "    " : " ",
                weight[i][0], weight[i][1],
                i % A_LINE == A_LINE - 1 || i == n - 1 ? "\n" : "");
    fputs("};\n", out);
}

static void print_features(FILE *out, const struct nnsp_net *net,
                           const char *name)
{
    int n = net->n_features;
    char text[DECLARATION], suffix[SUFFIX];

    snprintf(suffix, sizeof suffix, "_%s", name);
    fputs("\n/* features */\n", out);
    se_tables_uint16(out, declare(text, "uint16_t", "edge", suffix, n + 2),
                     net->edge, n + 2);
    print_weights(out, net->weight, net->edge[n + 1], name);
    se_tables_int32(out, declare(text, "int32_t", "mean", suffix, n), net->mean,
                    n);
    se_tables_int32(out, declare(text, "int32_t", "inv_std", suffix, n),
                    net->inv_std, n);
}

static void print_net(FILE *out, const struct nnsp_net *net, const char *name)
{
    fprintf(out,
            "\nconst struct nnsp_net nnsp_net_%s = {\n"
            "    .n_layers = %d,\n    .n_features = %d,\n"
            "    .layers = layers_%s,\n    .edge = edge_%s,\n"
            "    .weight = weight_%s,\n    .mean = mean_%s,\n"
            "    .inv_std = inv_std_%s,\n    .mask_gain = %ld,\n",
            name, net->n_layers, net->n_features, name, name, name, name, name,
            (long)net->mask_gain);
    if (net->n_taps > 1)
        fprintf(out, "    .n_taps = %d,\n", net->n_taps);
    if (net->n_taps > 1 || net->lookahead > 0)
        fprintf(out, "    .lookahead = %d,\n", net->lookahead);
    fputs("};\n", out);
}

static void print_source(FILE *out, const struct se_tables_place *place,
                         const char *upper, const struct se_model *model,
                         const struct se_quant_net *net)
{
    const char *name = place->net_name;

    fprintf(out, "/* def_nn%d_%s.c - tables of net %d, \"%s\".\n",
            place->net_id, name, place->net_id, name);
    print_origin(out, model);
    fprintf(out,
            "#include \"def_nn%d_%s.h\"\n\n"
            "/* Fails to compile if the runtime needs other memory now than "
            "when this was\n * made. */\n"
            "typedef char memory_is_as_expected_%s[NNSP_%s_MEMORY_BYTES == %lu "
            "? 1 : -1];\n\n"
            "#define ALIGNED(bytes) __attribute__((aligned(bytes)))\n",
            place->net_id, name, name, upper, (unsigned long)net->memory_bytes);
    for (int i = 0; i < net->net.n_layers; i++)
        print_arrays(out, &net->layer[i], i, name);
    print_features(out, &net->net, name);
    print_layers(out, &net->net, name);
    print_net(out, &net->net, name);
}

int se_emit_tables(const struct se_tables_place *place,
                   const struct se_model *model, const struct se_quant_net *net,
                   struct se_report *report)
{
    struct se_tables tables;
    char upper[UPPER];
    int status = se_tables_open(&tables, place, report);

    if (status != SE_OK)
        return status;
    se_tables_upper(upper, place->net_name);
    print_header(tables.header, place, upper, model, net);
    print_source(tables.source, place, upper, model, net);
    return se_tables_commit(&tables, report);
}

/* ---- golden vectors ------------------------------------------------------ */

/* What comes in and out of a run, frame after frame. */
struct vectors {
    int n_frames, n_features;
    int16_t *input, *features, *mask, *speech, *output;
};

static int allocate(struct vectors *v, struct se_report *report)
{
    size_t n = (size_t)v->n_frames * sizeof(int16_t);

    v->input = malloc(n * SE_HOP);
    v->features = malloc(n * (size_t)v->n_features);
    v->mask = malloc(n * SE_BINS);
    v->speech = malloc(n);
    v->output = malloc(n * SE_HOP);
    if (!v->input || !v->features || !v->mask || !v->speech || !v->output)
        return se_fail_memory(report, "golden vectors");
    return SE_OK;
}

static void free_vectors(struct vectors *v)
{
    free(v->input);
    free(v->features);
    free(v->mask);
    free(v->speech);
    free(v->output);
}

static int run(struct vectors *v, const struct se_quant_net *net,
               const float *samples, struct se_report *report)
{
    struct nnsp nnsp;
    void *memory = malloc(net->memory_bytes);

    if (!memory)
        return se_fail_memory(report, "the integer net");
    se_to_int16(v->input, samples, (int64_t)v->n_frames * SE_HOP);
    nnsp_init(&nnsp, &net->net, memory, net->memory_bytes);
    for (int t = 0; t < v->n_frames; t++) {
        nnsp_step(&nnsp, v->output + t * SE_HOP, v->input + t * SE_HOP);
        memcpy(v->features + t * v->n_features, nnsp.features,
               (size_t)v->n_features * sizeof *nnsp.features);
        memcpy(v->mask + t * SE_BINS, nnsp.mask, SE_BINS * sizeof *nnsp.mask);
        v->speech[t] = nnsp.speech;
    }
    free(memory);
    return SE_OK;
}

static void print_vectors(FILE *out, const struct vectors *v, int net_id,
                          const char *name)
{
    const struct {
        const char *what;
        const int16_t *x;
        int width;
    } arrays[] = {
        {"input", v->input, SE_HOP},   {"features", v->features, v->n_features},
        {"mask", v->mask, SE_BINS},    {"speech", v->speech, 1},
        {"output", v->output, SE_HOP},
    };
    char upper[UPPER], text[DECLARATION];

    se_tables_upper(upper, name);
    fprintf(out,
            "/* golden_nn%d_%s.h - what net %d, \"%s\", must give, to the last "
            "bit.\n *\n * Frame after frame, from nnsp_init on: samples in, "
            "features (Q8), mask (Q15),\n * speech probability (Q15), samples "
            "out. Made "
            "by se-convert " SE_VERSION ".\n */\n",
            net_id, name, net_id, name);
    begin_guard(out, "GOLDEN", net_id, upper);
    fprintf(out, "\n#include <stdint.h>\n\n#define GOLDEN_%s_FRAMES %d\n",
            upper, v->n_frames);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        int64_t n = (int64_t)v->n_frames * arrays[i].width;

        snprintf(text, sizeof text,
                 "\n/* [%d][%d] */\nstatic const int16_t golden_%s_%s[%lld]",
                 v->n_frames, arrays[i].width, name, arrays[i].what,
                 (long long)n);
        se_tables_int16(out, text, arrays[i].x, n);
    }
    fputs("\n#endif\n", out);
}

static int write_vectors(const struct vectors *v,
                         const struct se_tables_place *place,
                         struct se_report *report)
{
    struct se_atomic_file file;
    char path[PATH_MAX];
    int status =
        se_tables_path(path, sizeof path, place, SE_TABLES_GOLDEN, report);

    if (status == SE_OK)
        status = se_make_folder(place->folder, report);
    if (status == SE_OK)
        status = se_atomic_open(&file, path, report);
    if (status != SE_OK)
        return status;
    print_vectors(file.stream, v, place->net_id, place->net_name);
    return se_atomic_commit(&file, report);
}

int se_emit_golden(const struct se_tables_place *place,
                   const struct se_quant_net *net, const float *samples,
                   int n_frames, struct se_report *report)
{
    struct vectors v = {.n_frames = n_frames,
                        .n_features = net->net.n_features};
    int status = se_tables_check_name(place->net_name, report);

    if (status == SE_OK)
        status = allocate(&v, report);
    if (status == SE_OK)
        status = run(&v, net, samples, report);
    if (status == SE_OK)
        status = write_vectors(&v, place, report);
    free_vectors(&v);
    return status;
}
