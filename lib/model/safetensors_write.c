/* safetensors_write.c - the writer, byte for byte what the reference writes. */
#include "encoding/json.h"
#include "files/atomic.h"
#include "files/memory.h"
#include "model/safetensors.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "floats are written as they lie in memory");

/* Bytes of a tensor's data, -1 if its shape is impossible. */
static int64_t data_bytes(const struct se_safetensor *tensor)
{
    int64_t n = sizeof(float);

    if (tensor->n_dims < 0 || tensor->n_dims > SE_SAFETENSORS_MAX_DIMS)
        return -1;
    for (int i = 0; i < tensor->n_dims; i++) {
        if (tensor->shape[i] < 0 ||
            __builtin_mul_overflow(n, tensor->shape[i], &n))
            return -1;
    }
    return n;
}

static void write_entry(FILE *out, const struct se_safetensor *tensor,
                        int64_t begin)
{
    se_json_print_text(out, tensor->name);
    fputs(":{\"dtype\":\"F32\",\"shape\":[", out);
    for (int i = 0; i < tensor->n_dims; i++)
        fprintf(out, "%s%lld", i ? "," : "", (long long)tensor->shape[i]);
    fprintf(out, "],\"data_offsets\":[%lld,%lld]}", (long long)begin,
            (long long)(begin + data_bytes(tensor)));
}

/* Metadata may hold a command line with file names in any bytes: those that are
 * not UTF-8 become '?', for readers insist on it. */
static void write_header(FILE *out, const struct se_safetensor *const *sorted,
                         const struct se_safetensors_contents *contents)
{
    const struct se_metadata *metadata = contents->metadata;
    const int n_metadata = contents->n_metadata;
    int64_t begin = 0;

    fputc('{', out);
    if (n_metadata > 0)
        fputs("\"__metadata__\":{", out);
    for (int i = 0; i < n_metadata; i++) {
        fputs(i ? "," : "", out);
        se_json_print_text(out, metadata[i].key);
        fputc(':', out);
        se_json_print_text(out, metadata[i].value);
    }
    if (n_metadata > 0)
        fputc('}', out);
    for (int i = 0; i < contents->n_tensors; i++) {
        fputs(i || n_metadata ? "," : "", out);
        write_entry(out, sorted[i], begin);
        begin += data_bytes(sorted[i]);
    }
    fputc('}', out);
}

static int by_name(const void *a, const void *b)
{
    const struct se_safetensor *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* Sorts the tensors into file order and refuses what could not be read
 * back. */
static int sort_tensors(const struct se_safetensor **sorted,
                        const struct se_safetensors_contents *contents,
                        const char *path, struct se_report *report)
{
    const struct se_safetensor *tensors = contents->tensors;
    int n_tensors = contents->n_tensors;
    int64_t total = 0;

    for (int i = 0; i < n_tensors; i++) {
        const int64_t n_bytes = data_bytes(&tensors[i]);

        sorted[i] = &tensors[i];
        if (n_bytes < 0 || __builtin_add_overflow(total, n_bytes, &total))
            return se_fail(report, SE_ERR_ARG,
                           "%s: tensor %s has an impossible shape", path,
                           tensors[i].name);
        if (strcmp(tensors[i].name, "__metadata__") == 0)
            return se_fail(report, SE_ERR_ARG,
                           "%s: no tensor may be named __metadata__", path);
    }
    qsort(sorted, (size_t)n_tensors, sizeof(struct se_safetensor *), by_name);
    for (int i = 1; i < n_tensors; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            return se_fail(report, SE_ERR_ARG, "%s: two tensors are named %s",
                           path, sorted[i]->name);
    }
    return SE_OK;
}

/* The header with its padding to 8 bytes, to be freed. */
static int make_header(struct se_memory *header,
                       const struct se_safetensor *const *sorted,
                       const struct se_safetensors_contents *contents,
                       const char *path, struct se_report *report)
{
    int status = se_memory_open(header, path, report);

    if (status != SE_OK)
        return status;
    write_header(header->stream, sorted, contents);
    fflush(header->stream);
    fprintf(header->stream, "%*s", (int)(-header->n & 7), "");
    return se_memory_close(header, path, report);
}

static int write_file(const char *path,
                      const struct se_safetensor *const *sorted,
                      const struct se_safetensors_contents *contents,
                      struct se_report *report)
{
    struct se_atomic_file file;
    struct se_memory header;
    int status = make_header(&header, sorted, contents, path, report);

    if (status == SE_OK)
        status = se_atomic_open(&file, path, report);
    if (status == SE_OK) {
        const uint64_t length = header.n;

        fwrite(&length, sizeof length, 1, file.stream);
        fwrite(header.bytes, 1, header.n, file.stream);
        for (int i = 0; i < contents->n_tensors; i++) {
            const int64_t n_bytes = data_bytes(sorted[i]);

            if (n_bytes > 0)
                fwrite(sorted[i]->data, 1, (size_t)n_bytes, file.stream);
        }
        status = se_atomic_commit(&file, report);
    }
    free(header.bytes);
    return status;
}

int se_safetensors_write(const char *path,
                         const struct se_safetensors_contents *contents,
                         struct se_report *report)
{
    const struct se_safetensor **sorted =
        calloc((size_t)contents->n_tensors + 1, sizeof *sorted);
    int status = sorted ? sort_tensors(sorted, contents, path, report)
                        : se_fail_memory(report, path);

    if (status == SE_OK)
        status = write_file(path, sorted, contents, report);
    free(sorted);
    return status;
}
