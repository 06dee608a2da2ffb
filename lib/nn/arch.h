/* arch.h - a network description: the text files in nn_arch/, read strictly.
 *
 * The grammar is in nn_arch/README.md. A net is a sequence of layers; frame
 * after frame of `n_in` features goes in, a mask comes out. */
#ifndef SE_NN_ARCH_H
#define SE_NN_ARCH_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SE_MAX_LAYERS = 16,
    SE_MAX_TENSORS = 3 * SE_MAX_LAYERS,
    SE_MAX_WIDTH = 4096,         /* inputs, neurons, filters */
    SE_MAX_PARAMETERS = 1 << 28, /* 1 GiB of weights */
};

enum se_layer_type { SE_LAYER_FC, SE_LAYER_LSTM, SE_LAYER_CONV1D };

enum se_activation {
    SE_ACTIVATION_RELU6,
    SE_ACTIVATION_TANH,
    SE_ACTIVATION_SIGMOID,
    SE_ACTIVATION_LINEAR
};

struct se_layer_arch {
    enum se_layer_type type;
    enum se_activation activation; /* of fc and conv1d; lstm: tanh, always */
    int n_in;                      /* features a frame, from the layer before */
    int n_out;                     /* layer_neurons or num_filters */
    int kernel_size;               /* conv1d: frames of context; else 1 */
    int stride;                    /* conv1d: its frames in, one out; else 1 */
    float dropout_rate;            /* on the output, 0..<1; last layer: 0 */
};

struct se_arch {
    int n_in; /* input_neurons */
    float input_dropout_rate;
    int n_layers;
    struct se_layer_arch layer[SE_MAX_LAYERS];
    float scalar_output; /* the last activation is multiplied by it */
    int len_filter;      /* mask taps over time; 1: a plain mask */
    int len_lookahead;   /* frames that the net sees before it gives the mask;
                            of filters, that many taps are of frames to come */
    /* Lines of the text that define the inputs and each layer, for messages;
     * 0: not from a text. */
    int input_line;
    int layer_line[SE_MAX_LAYERS];
};

/* "fc", "tanh": the words of the grammar. */
const char *se_layer_type_name(enum se_layer_type type);
const char *se_activation_name(enum se_activation activation);

/* Reads a description from text; `name` is for messages, as in
 * "nn_arch/tiny.txt:12: lstm needs ..., found ...". */
int se_arch_parse(struct se_arch *arch, const char *text, const char *name,
                  struct se_report *report);

/* Finds (se_find) the file of a description, whose name may go without its
 * .txt. */
int se_arch_find(char *path, size_t size, const char *name,
                 struct se_report *report);

/* Reads the description in the file `path`. */
int se_arch_read(struct se_arch *arch, const char *path,
                 struct se_report *report);

/* The net as text that se_arch_parse reads back to the same net and rates.
 * Returns the length of the whole text, as snprintf does: at `size` or above,
 * it did not fit. 4096 bytes are always enough. */
int se_arch_format(char *text, int size, const struct se_arch *arch);

/* Features or taps a frame that the last layer gives. */
int se_arch_outputs(const struct se_arch *arch);

/* Frames that share one output: the product of all strides. */
int se_arch_stride(const struct se_arch *arch);

/* SE_OK if both would have the same weights and compute the same masks (dropout
 * rates may differ); else SE_ERR_FORMAT and "<name>: layer 2 is lstm 72,
 * expected lstm 80". */
int se_arch_expect(const struct se_arch *arch, const struct se_arch *expected,
                   const char *name, struct se_report *report);

/* Whether the inputs are as many as there are features of a kind. */
struct se_arch_inputs {
    int least, most;
    const char *what; /* "mel" */
};

int se_arch_check_inputs(const struct se_arch *arch, const char *name,
                         const struct se_arch_inputs *expected,
                         struct se_report *report);

/* Whether the outputs make a mask of len_filter taps for each of `n_bins`. */
int se_arch_check_mask(const struct se_arch *arch, const char *name, int n_bins,
                       struct se_report *report);

/* One array of weights inside the flat parameter block. Shapes are Keras's:
 * fc kernel [n_in][n_out]; conv1d kernel [kernel_size * n_in][n_out], oldest
 * frame first; lstm kernel [n_in][4 n_out], recurrent [n_out][4 n_out], gates
 * in the order i, f, g, o (lstm.h); bias [n_out] or [4 n_out]. */
struct se_tensor {
    char name[48]; /* "layers.1.lstm.recurrent" */
    int layer;
    int is_bias;
    int rows, columns; /* a bias has rows == 1 */
    int64_t offset;    /* into the block, in floats */
};

/* Lists the arrays in block order; returns how many (<= SE_MAX_TENSORS). */
int se_arch_tensors(const struct se_arch *arch,
                    struct se_tensor tensors[SE_MAX_TENSORS]);

/* Floats in the parameter block, and those of one layer, from 0. */
int64_t se_arch_parameters(const struct se_arch *arch);
int64_t se_arch_layer_parameters(const struct se_arch *arch, int layer);

/* Multiply-adds a frame, strides taken into account. */
double se_arch_macs(const struct se_arch *arch);

#endif
