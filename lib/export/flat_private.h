/* flat_private.h - tensors and operators that become a TensorFlow Lite file.
 *
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
 * What there was no memory or room for is left out, and is an error when the
 * file is written. */
#ifndef SE_EXPORT_FLAT_PRIVATE_H
#define SE_EXPORT_FLAT_PRIVATE_H

#include "base/status.h"
#include "nn/arch.h"

enum {
    SE_FLAT_NAME = 64,
    SE_FLAT_TENSORS = 48 * (SE_MAX_LAYERS + 1),
    SE_FLAT_OPERATORS = 24 * (SE_MAX_LAYERS + 1)
};

/* The schema's numbers of operators. */
enum se_flat_code {
    SE_FLAT_ADD = 0,
    SE_FLAT_CONCATENATION = 2,
    SE_FLAT_FULLY_CONNECTED = 9,
    SE_FLAT_LOGISTIC = 14,
    SE_FLAT_MUL = 18,
    SE_FLAT_TANH = 28,
    SE_FLAT_MAXIMUM = 55,
    SE_FLAT_MINIMUM = 57,
    SE_FLAT_SLICE = 65
};

/* What a fully connected layer ends with. */
enum { SE_FLAT_NO_ACTIVATION = 0, SE_FLAT_RELU6 = 3 };

enum se_flat_role { SE_FLAT_INNER, SE_FLAT_INPUT, SE_FLAT_OUTPUT };

/* A matrix, or with n_rows 0 a vector, of floats or of 32-bit integers. */
struct se_flat_tensor {
    char name[SE_FLAT_NAME];
    int n_rows, n_columns;
    int is_integer;
    enum se_flat_role role;
    void *values; /* of a constant; else NULL */
};

struct se_flat_operator {
    enum se_flat_code code;
    int activation;
    int in[3], n_in, out; /* numbers of tensors */
};

/* Zeroed: empty. */
struct se_flat {
    struct se_flat_tensor tensors[SE_FLAT_TENSORS];
    struct se_flat_operator operators[SE_FLAT_OPERATORS];
    int n_tensors, n_operators;
    int is_broken;
};

/* Tensors, by their numbers. */
int se_flat_value(struct se_flat *flat, const char *name, int n,
                  enum se_flat_role role);

/* A constant, to be filled by the caller; NULL: there was no memory, or no
 * room. */
float *se_flat_constant(struct se_flat *flat, int *tensor, const char *name,
                        int n_rows, int n_columns);
int se_flat_pair(struct se_flat *flat, const char *name, int a, int b);

/* An operator of up to three inputs (-1: none); returns its output, n numbers
 * wide, or gives it to `out` if that is 0 or more. */
int se_flat_apply(struct se_flat *flat, enum se_flat_code code, int n,
                  const int in[3], int out);

/* Writes the file. */
int se_flat_write(const struct se_flat *flat, const char *path,
                  struct se_report *report);
void se_flat_free(struct se_flat *flat);

#endif
