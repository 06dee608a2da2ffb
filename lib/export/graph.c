/* graph.c - ONNX graphs as protocol buffers. */
#include "export/graph_private.h"

#include <stdio.h>

/* Numbers of fields and of types in onnx.proto. */
enum {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER = 2,
    MODEL_PRODUCER_VERSION = 3,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_METADATA = 14,
    OPSET_VERSION = 2,
    ENTRY_KEY = 1,
    ENTRY_VALUE = 2,
    GRAPH_NODE = 1,
    GRAPH_NAME = 2,
    GRAPH_CONSTANT = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OP = 4,
    NODE_ATTRIBUTE = 5,
    ATTRIBUTE_NAME = 1,
    ATTRIBUTE_INT = 3,
    ATTRIBUTE_INTS = 8,
    ATTRIBUTE_TYPE = 20,
    TYPE_INT = 2,
    TYPE_INTS = 7,
    TENSOR_SIZE = 1,
    TENSOR_TYPE = 2,
    TENSOR_NAME = 8,
    TENSOR_BYTES = 9,
    ELEMENT_FLOAT = 1,
    ELEMENT_INT64 = 7,
    VALUE_NAME = 1,
    VALUE_TYPE = 2,
    TYPE_TENSOR = 1,
    TENSOR_ELEMENT = 1,
    TENSOR_SHAPE = 2,
    SHAPE_DIMENSION = 1,
    DIMENSION_SIZE = 1,
    DIMENSION_NAME = 2
};

/* Those that runtimes since 2020 know. */
enum { IR_VERSION = 7, OPSET = 13 };

static void add_attribute(struct se_bytes *node,
                          const struct se_node_attribute *attribute)
{
    struct se_bytes message = {0};

    se_message_text(&message, ATTRIBUTE_NAME, attribute->name);
    if (attribute->n == 0)
        se_message_integer(&message, ATTRIBUTE_INT, attribute->values[0]);
    for (int i = 0; i < attribute->n; i++)
        se_message_integer(&message, ATTRIBUTE_INTS, attribute->values[i]);
    se_message_integer(&message, ATTRIBUTE_TYPE,
                       attribute->n == 0 ? TYPE_INT : TYPE_INTS);
    se_message_add(node, NODE_ATTRIBUTE, &message);
}

void se_graph_node(struct se_graph *graph, const struct se_node *node)
{
    struct se_bytes message = {0};

    for (int i = 0; node->in[i]; i++)
        se_message_text(&message, NODE_INPUT, node->in[i]);
    for (int i = 0; node->out[i]; i++)
        se_message_text(&message, NODE_OUTPUT, node->out[i]);
    for (int i = 0; node->out[i]; i++) {
        if (node->out[i][0]) {
            se_message_text(&message, NODE_NAME, node->out[i]);
            break;
        }
    }
    se_message_text(&message, NODE_OP, node->op);
    for (int i = 0; i < 2 && node->attributes[i].name; i++)
        add_attribute(&message, &node->attributes[i]);
    se_message_add(&graph->nodes, GRAPH_NODE, &message);
}

void se_graph_apply(struct se_graph *graph, const char *out, const char *op,
                    const char *a, const char *b)
{
    se_graph_node(graph,
                  &(struct se_node){.op = op, .in = {a, b}, .out = {out}});
}

static void add_constant(struct se_graph *graph, const char *name,
                         struct se_shape shape, int type, const void *values)
{
    struct se_bytes message = {0};
    size_t n_bytes = type == ELEMENT_FLOAT ? 4 : 8;

    for (int i = 0; i < shape.n; i++) {
        se_message_integer(&message, TENSOR_SIZE, shape.sizes[i]);
        n_bytes *= (size_t)shape.sizes[i];
    }
    se_message_integer(&message, TENSOR_TYPE, type);
    se_message_text(&message, TENSOR_NAME, name);
    se_message_bytes(&message, TENSOR_BYTES, values, n_bytes);
    se_message_add(&graph->constants, GRAPH_CONSTANT, &message);
}

void se_graph_array(struct se_graph *graph, const char *name,
                    struct se_shape shape, const float *values)
{
    add_constant(graph, name, shape, ELEMENT_FLOAT, values);
}

void se_graph_number(struct se_graph *graph, const char *name, float value)
{
    add_constant(graph, name, (struct se_shape){0}, ELEMENT_FLOAT, &value);
}

void se_graph_integers(struct se_graph *graph, const char *name, int n,
                       const int64_t *values)
{
    add_constant(graph, name, (struct se_shape){1, {n}}, ELEMENT_INT64, values);
}

static void add_value(struct se_bytes *list, int field, const char *name,
                      struct se_shape shape)
{
    struct se_bytes sizes = {0}, tensor = {0}, type = {0}, value = {0};

    for (int i = 0; i < shape.n; i++) {
        struct se_bytes size = {0};

        if (shape.sizes[i] == SE_GRAPH_FRAMES)
            se_message_text(&size, DIMENSION_NAME, "frames");
        else
            se_message_integer(&size, DIMENSION_SIZE, shape.sizes[i]);
        se_message_add(&sizes, SHAPE_DIMENSION, &size);
    }
    se_message_integer(&tensor, TENSOR_ELEMENT, ELEMENT_FLOAT);
    se_message_add(&tensor, TENSOR_SHAPE, &sizes);
    se_message_add(&type, TYPE_TENSOR, &tensor);
    se_message_text(&value, VALUE_NAME, name);
    se_message_add(&value, VALUE_TYPE, &type);
    se_message_add(list, field, &value);
}

void se_graph_input(struct se_graph *graph, const char *name,
                    struct se_shape shape)
{
    add_value(&graph->inputs, GRAPH_INPUT, name, shape);
}

void se_graph_output(struct se_graph *graph, const char *name,
                     struct se_shape shape)
{
    add_value(&graph->outputs, GRAPH_OUTPUT, name, shape);
}

void se_graph_rows(struct se_graph *graph, const char *out, const char *in,
                   int64_t first, int64_t last)
{
    char from[80], to[80], axis[80];
    const int64_t zero = 0;

    snprintf(from, sizeof from, "%s.from", out);
    snprintf(to, sizeof to, "%s.to", out);
    snprintf(axis, sizeof axis, "%s.axis", out);
    se_graph_integers(graph, from, 1, &first);
    se_graph_integers(graph, to, 1, &last);
    se_graph_integers(graph, axis, 1, &zero);
    se_graph_node(graph, &(struct se_node){.op = "Slice",
                                           .in = {in, from, to, axis},
                                           .out = {out}});
}

void se_graph_join(struct se_graph *graph, const char *out, int axis,
                   const char *const in[3])
{
    se_graph_node(graph,
                  &(struct se_node){.op = "Concat",
                                    .in = {in[0], in[1], in[2]},
                                    .out = {out},
                                    .attributes = {{"axis", 0, {axis}}}});
}

void se_graph_metadata(struct se_graph *graph, const char *key,
                       const char *value)
{
    struct se_bytes entry = {0};

    se_message_text(&entry, ENTRY_KEY, key);
    se_message_text(&entry, ENTRY_VALUE, value);
    se_message_add(&graph->metadata, MODEL_METADATA, &entry);
}

void se_graph_free(struct se_graph *graph)
{
    se_bytes_free(&graph->nodes);
    se_bytes_free(&graph->constants);
    se_bytes_free(&graph->inputs);
    se_bytes_free(&graph->outputs);
    se_bytes_free(&graph->metadata);
}

static void put_together(struct se_bytes *model, struct se_graph *graph,
                         const char *name)
{
    struct se_bytes inner = {0}, opset = {0};

    se_bytes_move(&inner, &graph->nodes);
    se_message_text(&inner, GRAPH_NAME, name);
    se_bytes_move(&inner, &graph->constants);
    se_bytes_move(&inner, &graph->inputs);
    se_bytes_move(&inner, &graph->outputs);

    se_message_integer(model, MODEL_IR_VERSION, IR_VERSION);
    se_message_text(model, MODEL_PRODUCER, "nnse-c");
    se_message_text(model, MODEL_PRODUCER_VERSION, SE_VERSION);
    se_message_add(model, MODEL_GRAPH, &inner);
    se_message_integer(&opset, OPSET_VERSION, OPSET);
    se_message_add(model, MODEL_OPSET, &opset);
    se_bytes_move(model, &graph->metadata);
}

int se_graph_write(struct se_graph *graph, const char *path, const char *name,
                   struct se_report *report)
{
    struct se_bytes model = {0};

    put_together(&model, graph, name);
    return se_bytes_write(&model, path, report);
}
