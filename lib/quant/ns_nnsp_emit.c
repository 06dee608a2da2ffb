/* ns_nnsp_emit.c - the C text of tables for ns-nnsp.a: the structures of its
 * neural_nets.h and nn_speech.h, whose members come in a fixed order. */
#include "quant/ns_nnsp.h"

#include "quant/tables.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    DECLARATION_BYTES = 128,
    FEATURE_Q = 8, /* fractional bits of the standardised features */
    UNIT_GAIN_Q1 = 2,
};

/* Beyond it a feature did not vary in training, 1 / (2^-15 + 0) at most. */
static const float MAX_INV_STD = 0x1p14f;

struct emission {
    const struct se_model *model;
    const struct se_ns_nnsp_bits *bits;
    const char *name; /* of the net */
    int net_id, pre_gain_q1;
    struct se_tables tables;
};

/* ---- the header ---------------------------------------------------------- */

static void emit_header(const struct emission *e)
{
    FILE *out = e->tables.header;
    char upper[SE_TABLES_MAX_NAME + 1];

    se_tables_upper(upper, e->name);
    fprintf(
        out,
        "/* def_nn%d_%s.h - the net '%s' for ns-nnsp.a, made by se-convert. "
        "*/\n"
        "#ifndef __DEF_NN%d_%s__\n"
        "#define __DEF_NN%d_%s__\n"
        "#include <stdint.h>\n"
        "#include \"neural_nets.h\"\n"
        "#include \"nn_speech.h\"\n"
        "\n"
        "extern const int32_t feature_mean_%s[];\n"
        "extern const int32_t feature_stdR_%s[];\n"
        "extern NeuralNetClass net_%s;\n"
        "extern PARAMS_NNSP params_nn%d_%s;\n"
        "\n"
        "#endif\n",
        e->net_id, e->name, e->name, e->net_id, upper, e->net_id, upper,
        e->name, e->name, e->name, e->net_id, e->name);
}

/* ---- tables -------------------------------------------------------------- */

static void emit_top(const struct emission *e)
{
    FILE *out = e->tables.source;
    char arch[4096];

    se_arch_format(arch, sizeof arch, &e->model->arch);
    fprintf(out,
            "/* def_nn%d_%s.c - tables for ns-nnsp.a, made by se-convert from "
            "epoch %d of\n *\n",
            e->net_id, e->name, e->model->epoch);
    se_tables_comment(out, arch);
    fputs(" */\n"
          "#include <stdint.h>\n"
          "#include \"neural_nets.h\"\n"
          "#include \"activation.h\"\n"
          "#include \"affine.h\"\n"
          "#include \"lstm.h\"\n"
          "#include \"nn_speech.h\"\n",
          out);
    fprintf(out, "#include \"def_nn%d_%s.h\"\n\n", e->net_id, e->name);
}

static void emit_params(const struct emission *e)
{
    fprintf(e->tables.source,
            "extern const int16_t stft_win_coeff_w480_h160[];\n"
            "\n"
            "PARAMS_NNSP params_nn%d_%s = {\n"
            "    .samplingRate = %d,\n"
            "    .fftsize = %d,\n"
            "    .winsize_stft = %d,\n"
            "    .hopsize_stft = %d,\n"
            "    .num_mfltrBank = %d,\n"
            "    .num_dnsmpl = %d,\n"
            "    .pt_stft_win_coeff = stft_win_coeff_w480_h160,\n"
            "    .start_bin = 0,\n"
            "    .is_dcrm = 1,\n"
            "    .pre_gain_q1 = %d,\n"
            "};\n\n",
            e->net_id, e->name, SE_RATE_HZ, SE_FFT, SE_WINDOW, SE_HOP,
            e->model->arch.n_in, e->model->arch.layer[0].stride,
            e->pre_gain_q1);
}

/* Towards 0, as the original does. */
static int32_t q15(float x)
{
    const double steps = trunc(ldexp((double)x, 15));

    return (int32_t)fmin(fmax(steps, (double)INT32_MIN), (double)INT32_MAX);
}

static void emit_statistics(const struct emission *e)
{
    const int n = e->model->arch.n_in;
    int32_t mean[SE_MAX_FEATURES], inv_std[SE_MAX_FEATURES];
    char declaration[DECLARATION_BYTES];

    for (int i = 0; i < n; i++) {
        const float x = e->model->inv_std[i];

        mean[i] = q15(e->model->mean[i]);
        inv_std[i] = x > MAX_INV_STD ? 0 : q15(x);
    }
    snprintf(declaration, sizeof declaration,
             "const int32_t feature_mean_%s[%d]", e->name, n);
    se_tables_int32(e->tables.source, declaration, mean, n);
    snprintf(declaration, sizeof declaration,
             "const int32_t feature_stdR_%s[%d]", e->name, n);
    se_tables_int32(e->tables.source, declaration, inv_std, n);
}

static void emit_kernel(const struct emission *e, const char *part, int layer,
                        const int8_t *kernel, int n)
{
    char declaration[DECLARATION_BYTES];

    snprintf(declaration, sizeof declaration,
             "static const uint8_t %s_%s%d[%d]", e->name, part, layer, n);
    se_tables_uint8(e->tables.source, declaration, (const uint8_t *)kernel, n);
}

static void emit_bias(const struct emission *e, int layer, const int16_t *bias,
                      int n)
{
    char declaration[DECLARATION_BYTES];

    snprintf(declaration, sizeof declaration,
             "static const uint16_t %s_bias%d[%d]", e->name, layer, n);
    se_tables_uint16(e->tables.source, declaration, (const uint16_t *)bias, n);
}

static int emit_layer(const struct emission *e, int layer,
                      struct se_report *report)
{
    struct se_ns_nnsp_layer packed;
    int status = se_ns_nnsp_pack(&packed, e->model, layer, e->bits, report);

    if (status != SE_OK)
        return status;
    emit_kernel(e, "kernel", layer, packed.kernel, packed.n_kernel);
    if (packed.recurrent)
        emit_kernel(e, "kernel_rec", layer, packed.recurrent, packed.n_kernel);
    emit_bias(e, layer, packed.bias, packed.n_bias);
    se_ns_nnsp_layer_free(&packed);
    return SE_OK;
}

static void emit_states(const struct emission *e)
{
    const struct se_arch *arch = &e->model->arch;

    for (int i = 0; i < arch->n_layers; i++)
        if (arch->layer[i].type == SE_LAYER_LSTM)
            fprintf(e->tables.source,
                    "static int32_t cstate_layer%d_%s[%d];\n"
                    "static int16_t hstate_layer%d_%s[%d];\n",
                    i, e->name, arch->layer[i].n_out, i, e->name,
                    arch->layer[i].n_out);
}

/* ---- the net itself ------------------------------------------------------ */

/* One member of NeuralNetClass, an array with one item a layer. `item` writes
 * the text of a layer. */
typedef void item_text(char text[DECLARATION_BYTES], const struct emission *e,
                       int layer);

static void emit_member(const struct emission *e, const char *what,
                        item_text *item)
{
    char text[DECLARATION_BYTES];

    fprintf(e->tables.source, "    { /* %s */\n", what);
    for (int i = 0; i < e->model->arch.n_layers; i++) {
        item(text, e, i);
        fprintf(e->tables.source, "        %s,\n", text);
    }
    fputs("    },\n", e->tables.source);
}

static void set(char text[DECLARATION_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void set(char text[DECLARATION_BYTES], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, DECLARATION_BYTES, format, arguments);
    va_end(arguments);
}

static const struct se_layer_arch *layer_of(const struct emission *e, int layer)
{
    return &e->model->arch.layer[layer];
}

static int is_lstm(const struct emission *e, int layer)
{
    return layer_of(e, layer)->type == SE_LAYER_LSTM;
}

/* A conv1d is an fc over its 6 frames there. */
static void type_item(char text[DECLARATION_BYTES], const struct emission *e,
                      int layer)
{
    set(text, "%s", is_lstm(e, layer) ? "lstm" : "fc");
}

static void kernel_bits_item(char text[DECLARATION_BYTES],
                             const struct emission *e, int layer)
{
    set(text, "%d", e->bits->kernel[layer]);
}

static void bias_bits_item(char text[DECLARATION_BYTES],
                           const struct emission *e, int layer)
{
    set(text, "%d", e->bits->bias[layer]);
}

static void input_bits_item(char text[DECLARATION_BYTES],
                            const struct emission *e, int layer)
{
    if (layer == 0)
        set(text, "%d", FEATURE_Q);
    else
        set(text, "%d",
            layer_of(e, layer - 1)->activation == SE_ACTIVATION_RELU6 ? 12
                                                                      : 15);
}

/* Its own names: "tanh" is one of C's. */
static void activation_item(char text[DECLARATION_BYTES],
                            const struct emission *e, int layer)
{
    const enum se_activation activation = layer_of(e, layer)->activation;

    set(text, "%s%s", activation == SE_ACTIVATION_TANH ? "f" : "",
        se_activation_name(activation));
}

static void state_item(char text[DECLARATION_BYTES], const struct emission *e,
                       int layer, char which)
{
    if (is_lstm(e, layer))
        set(text, "%cstate_layer%d_%s", which, layer, e->name);
    else
        set(text, "0");
}

static void cell_item(char text[DECLARATION_BYTES], const struct emission *e,
                      int layer)
{
    state_item(text, e, layer, 'c');
}

static void output_item(char text[DECLARATION_BYTES], const struct emission *e,
                        int layer)
{
    state_item(text, e, layer, 'h');
}

static void activation_function_item(char text[DECLARATION_BYTES],
                                     const struct emission *e, int layer)
{
    set(text, "(void *(*)(void *, int32_t *, int))%s_fix",
        se_activation_name(layer_of(e, layer)->activation));
}

static void layer_function_item(char text[DECLARATION_BYTES],
                                const struct emission *e, int layer)
{
    set(text, "(int *(*)())%s_8x16", is_lstm(e, layer) ? "lstm" : "fc");
}

static void kernel_item(char text[DECLARATION_BYTES], const struct emission *e,
                        int layer)
{
    set(text, "(int8_t *)%s_kernel%d", e->name, layer);
}

static void bias_item(char text[DECLARATION_BYTES], const struct emission *e,
                      int layer)
{
    set(text, "(int16_t *)%s_bias%d", e->name, layer);
}

static void recurrent_item(char text[DECLARATION_BYTES],
                           const struct emission *e, int layer)
{
    if (is_lstm(e, layer))
        set(text, "(int8_t *)%s_kernel_rec%d", e->name, layer);
    else
        set(text, "0");
}

static void emit_net(const struct emission *e)
{
    FILE *out = e->tables.source;
    const struct se_arch *arch = &e->model->arch;

    fprintf(out, "\nNeuralNetClass net_%s = {\n    %d, /* layers */\n    {%d",
            e->name, arch->n_layers, arch->n_in * arch->layer[0].kernel_size);
    for (int i = 0; i < arch->n_layers; i++)
        fprintf(out, ", %d", arch->layer[i].n_out);
    fputs("}, /* sizes, the input's first */\n", out);
    emit_member(e, "types", type_item);
    emit_member(e, "fractional bits of kernels", kernel_bits_item);
    emit_member(e, "fractional bits of inputs", input_bits_item);
    emit_member(e, "fractional bits of biases", bias_bits_item);
    emit_member(e, "activations", activation_item);
    emit_member(e, "cell states", cell_item);
    emit_member(e, "output states", output_item);
    emit_member(e, "activation functions", activation_function_item);
    emit_member(e, "layer functions", layer_function_item);
    emit_member(e, "kernels", kernel_item);
    emit_member(e, "biases", bias_item);
    emit_member(e, "recurrent kernels", recurrent_item);
    fputs("};\n", out);
}

/* ---- from outside -------------------------------------------------------- */

static int emit_source(const struct emission *e, struct se_report *report)
{
    int status = SE_OK;

    emit_top(e);
    emit_params(e);
    emit_statistics(e);
    for (int i = 0; i < e->model->arch.n_layers && status == SE_OK; i++)
        status = emit_layer(e, i, report);
    emit_states(e);
    emit_net(e);
    return status;
}

static int check_bits(const struct emission *e, struct se_report *report)
{
    for (int i = 0; i < e->model->arch.n_layers; i++) {
        const int kernel = e->bits->kernel[i], bias = e->bits->bias[i];

        if (kernel < 0 || kernel > 7 || bias < 0 || bias > 15)
            return se_fail(report, SE_ERR_ARG,
                           "ns-nnsp: layer %d has %d and %d fractional bits, "
                           "expected 0 to 7 and 0 to 15",
                           i + 1, kernel, bias);
    }
    return SE_OK;
}

int se_ns_nnsp_emit(const struct se_tables_place *place,
                    const struct se_model *model,
                    const struct se_ns_nnsp_options *options,
                    struct se_report *report)
{
    struct se_ns_nnsp_bits bits;
    struct emission e = {
        .model = model,
        .bits = options && options->bits ? options->bits : &bits,
        .name = place->net_name,
        .net_id = place->net_id,
        .pre_gain_q1 = options ? options->pre_gain_q1 : UNIT_GAIN_Q1,
    };
    int status = se_ns_nnsp_check(model, report);

    if (status != SE_OK)
        return status;
    se_ns_nnsp_choose_bits(&bits, model);
    status = check_bits(&e, report);
    if (status == SE_OK)
        status = se_tables_open(&e.tables, place, report);
    if (status != SE_OK)
        return status;
    emit_header(&e);
    status = emit_source(&e, report);
    if (status == SE_OK)
        status = se_tables_commit(&e.tables, report);
    se_tables_discard(&e.tables);
    return status;
}
