/* graph_private.h - an ONNX graph that grows node by node, and its file.
 *
 * https://github.com/onnx/onnx/blob/main/docs/IR.md; operators are those of
 * opset 13. What there was no memory for is left out, and is an error when
 * the graph is written. */
#ifndef SE_EXPORT_GRAPH_PRIVATE_H
#define SE_EXPORT_GRAPH_PRIVATE_H

#include "base/status.h"
#include "export/message_private.h"

enum { SE_GRAPH_FRAMES = 0 }; /* a dimension: as many frames as are given */

/* Zeroed: empty. */
struct se_graph {
    struct se_bytes nodes, constants, inputs, outputs, metadata;
};

/* An operator between values, which are known by their names; lists end with
 * NULL, and "" is an input that is left out. */
struct se_node {
    const char *op;
    const char *in[8];
    const char *out[4];
    struct se_node_attribute {
        const char *name; /* NULL: no more */
        int n;            /* 0: one integer, values[0]; else a list of n */
        int64_t values[4];
    } attributes[2];
};

void se_graph_node(struct se_graph *graph, const struct se_node *node);

/* Of one input, or two, to one output. */
void se_graph_apply(struct se_graph *graph, const char *out, const char *op,
                    const char *a, const char *b);

struct se_shape {
    int n;
    int64_t sizes[4];
};

/* Constants: an array of floats, one float, a list of integers. */
void se_graph_array(struct se_graph *graph, const char *name,
                    struct se_shape shape, const float *values);
void se_graph_number(struct se_graph *graph, const char *name, float value);
void se_graph_integers(struct se_graph *graph, const char *name, int n,
                       const int64_t *values);

/* What is given to the graph and taken from it. */
void se_graph_input(struct se_graph *graph, const char *name,
                    struct se_shape shape);
void se_graph_output(struct se_graph *graph, const char *name,
                     struct se_shape shape);

/* Rows of a matrix from the `first` one on, from the end if negative; before
 * the `last` one (SE_GRAPH_END: all). */
#define SE_GRAPH_END INT64_MAX
void se_graph_rows(struct se_graph *graph, const char *out, const char *in,
                   int64_t first, int64_t last);

/* Matrices one below the other (axis 0) or side by side (1). */
void se_graph_join(struct se_graph *graph, const char *out, int axis,
                   const char *const in[3]);

void se_graph_metadata(struct se_graph *graph, const char *key,
                       const char *value);

void se_graph_free(struct se_graph *graph);

/* Writes the file and frees the graph. */
int se_graph_write(struct se_graph *graph, const char *path, const char *name,
                   struct se_report *report);

#endif
