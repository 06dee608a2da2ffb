/* safetensors.h - named arrays of floats in a file that nothing can execute.
 *
 * Format: u64 length N, N bytes of JSON, data, as the README of Hugging Face's
 * safetensors specifies it. The reader is stricter than the reference: a header
 * of at most 100 MB, unique names, tensors that tile the data without gap or
 * overlap, sizes that do not overflow, no byte behind the last tensor. */
#ifndef SE_MODEL_SAFETENSORS_H
#define SE_MODEL_SAFETENSORS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SE_SAFETENSORS_MAX_DIMS = 8 };

struct se_safetensor {
    const char *name;
    int n_dims;
    int64_t shape[SE_SAFETENSORS_MAX_DIMS];
    const float *data; /* F32, little endian, row-major */
};

struct se_metadata {
    const char *key, *value;
};

struct se_safetensors_contents {
    const struct se_safetensor *tensors;
    int n_tensors;
    const struct se_metadata *metadata;
    int n_metadata;
};

/* Writes tensors and metadata to `path`, atomically; the same input gives the
 * same bytes. SE_ERR_ARG: two of one name, or an impossible shape. */
int se_safetensors_write(const char *path,
                         const struct se_safetensors_contents *contents,
                         struct se_report *report);

struct se_safetensors; /* a file read into memory */

int se_safetensors_read(struct se_safetensors **file, const char *path,
                        struct se_report *report);

/* The same of the bytes of a file, called `name` in errors. */
int se_safetensors_read_memory(struct se_safetensors **file, const char *name,
                               const void *bytes, size_t n_bytes,
                               struct se_report *report);
void se_safetensors_free(struct se_safetensors *file);

/* NULL if there is no such key. Valid until se_safetensors_free. */
const char *se_safetensors_metadata(const struct se_safetensors *file,
                                    const char *key);

/* Finds the F32 tensor that has this name and exactly this shape, and sets its
 * `data`, valid until se_safetensors_free; SE_ERR_FORMAT says what was found
 * instead. */
int se_safetensors_get(const struct se_safetensors *file,
                       struct se_safetensor *tensor, struct se_report *report);

#endif
