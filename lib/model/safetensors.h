/* safetensors.h - named arrays of floats in a file that nothing can execute.
 *
 * Format: u64 length N, N bytes of JSON, data; facts in Hugging Face's
 * safetensors README. The reader is stricter than the reference: header at
 * most 100 MB, names unique, tensors tile the data without gap or overlap,
 * sizes must not overflow, the file must end where the last tensor does. */
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

/* Writes tensors and metadata to `path`, atomically; the same input gives the
 * same bytes. */
int se_safetensors_write(const char *path, const struct se_safetensor *tensors,
                         int n_tensors, const struct se_metadata *metadata,
                         int n_metadata, struct se_report *report);

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

/* The F32 tensor `name` with exactly this shape, or an error that says what
 * was found. *data is valid until se_safetensors_free. */
int se_safetensors_get(const struct se_safetensors *file, const float **data,
                       const char *name, const int64_t *shape, int n_dims,
                       struct se_report *report);

#endif
