/* tf_bundle.h - reads TensorFlow checkpoints: PREFIX.index, a table of keys in
 * LevelDB's format, and PREFIX.data-00000-of-00001, the bytes of the tensors.
 *
 * TensorFlow, tensorflow/core/protobuf/tensor_bundle.proto; LevelDB,
 * doc/table_format.md. Every checksum is checked: of each block of the index
 * and of each tensor. Not read: compressed blocks, more than one data file,
 * big-endian files, partitioned tensors (each is an error of its own). */
#ifndef SE_IMPORT_TF_BUNDLE_H
#define SE_IMPORT_TF_BUNDLE_H

#include "base/status.h"
#include "encoding/protobuf.h"

#include <stdint.h>

enum { SE_TF_MAX_DIMS = 8 };

/* Types of tensors, as TensorFlow numbers them; others may occur. */
enum {
    SE_TF_FLOAT32 = 1,
    SE_TF_FLOAT64 = 2,
    SE_TF_INT32 = 3,
    SE_TF_STRING = 7,
    SE_TF_INT64 = 9
};

struct se_tf_tensor {
    const char *key; /* "nn_layers/0/bias/.ATTRIBUTES/VARIABLE_VALUE" */
    int type;
    int n_dims;
    int64_t shape[SE_TF_MAX_DIMS];
    const uint8_t *bytes; /* as in the file: little endian, row-major */
    int64_t n_bytes;
};

struct se_tf_bundle;

/* Reads and checks the whole checkpoint; `prefix` is its name without
 * ".index". */
int se_tf_bundle_read(struct se_tf_bundle **bundle, const char *prefix,
                      struct se_report *report);

/* The same from the bytes of both files, which must outlive the bundle. */
int se_tf_bundle_parse(struct se_tf_bundle **bundle, struct se_span index,
                       struct se_span data, const char *prefix,
                       struct se_report *report);
void se_tf_bundle_free(struct se_tf_bundle *bundle);

int se_tf_bundle_count(const struct se_tf_bundle *bundle);

/* Tensor i of them, keys ascending. Valid until se_tf_bundle_free. */
const struct se_tf_tensor *
se_tf_bundle_tensor(const struct se_tf_bundle *bundle, int i);

/* NULL if there is no such key. */
const struct se_tf_tensor *se_tf_bundle_find(const struct se_tf_bundle *bundle,
                                             const char *key);

/* Copies to `values` the float32 tensor that has the key of `wanted` and must
 * have exactly its shape and finite numbers; else an error says what was
 * found. */
int se_tf_bundle_get(const struct se_tf_bundle *bundle, float *values,
                     const struct se_tf_tensor *wanted,
                     struct se_report *report);

#endif
