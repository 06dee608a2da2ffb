/* arch_format.c - a net as the text of an nn_arch file. */
#include "nn/arch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct text {
    char *at;
    int size, length; /* of the whole text, even where it does not fit */
};

__attribute__((format(printf, 2, 3))) static void
append(struct text *text, const char *format, ...)
{
    const int used = text->length < text->size ? text->length : text->size;
    va_list args;

    va_start(args, format);
    text->length +=
        vsnprintf(text->at + used, (size_t)(text->size - used), format, args);
    va_end(args);
}

/* The shortest decimal number that reads back as `value`. */
static void append_real(struct text *text, const char *key, float value)
{
    enum { ENOUGH_DIGITS = 9 };
    char number[32];

    for (int digits = 1; digits <= ENOUGH_DIGITS; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, (double)value);
        if (strtof(number, NULL) == value)
            break;
    }
    append(text, "%s %s\n", key, number);
}

static void format_layer(struct text *text, const struct se_layer_arch *layer)
{
    append(text, "\nlayer_type %s\n", se_layer_type_name(layer->type));
    if (layer->type == SE_LAYER_CONV1D)
        append(text, "num_filters %d\nkernel_size %d\nstrides %d\n",
               layer->n_out, layer->kernel_size, layer->stride);
    else
        append(text, "layer_neurons %d\n", layer->n_out);
    append(text, "activation %s\n", se_activation_name(layer->activation));
    if (layer->dropout_rate > 0)
        append_real(text, "dropprob", layer->dropout_rate);
}

int se_arch_format(char *text, int size, const struct se_arch *arch)
{
    struct text out = {.at = text, .size = size};

    append(&out, "input_neurons %d\n", arch->n_in);
    if (arch->input_dropout_rate > 0)
        append_real(&out, "dropprob", arch->input_dropout_rate);
    for (int i = 0; i < arch->n_layers; i++)
        format_layer(&out, &arch->layer[i]);
    append(&out, "\n");
    append_real(&out, "scalar_output", arch->scalar_output);
    append(&out, "len_filter %d\nlen_lookahead %d\n", arch->len_filter,
           arch->len_lookahead);
    return out.length;
}
