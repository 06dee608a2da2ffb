/* safetensors.c - the reader. Every number in the file is suspect. */
#include "model/safetensors.h"

#include "base/utf8.h"
#include "encoding/json.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "floats are used as they lie in the file");

enum { MAX_HEADER_BYTES = 100000000 }; /* the format's own limit */

/* No header needs fractions, signs, exponents or words. */
static const struct se_json_limits limits = {
    .n_bytes = MAX_HEADER_BYTES,
    .depth = 3,          /* {"name": {"shape": [ */
    .n_commas = 1000000, /* where a hostile header could have 50 million */
    .outside = "{}[]:,\" \t\r\n0123456789",
    .part = "header",
};

/* Whole numbers up to here are exact in the doubles of cJSON. */
static const double max_whole = 9007199254740991.0; /* 2^53 - 1 */

static const struct dtype {
    const char *name;
    int bits;
} dtypes[] = {
    {"F32", 32},        {"F64", 64},        {"F16", 16},    {"BF16", 16},
    {"I64", 64},        {"I32", 32},        {"I16", 16},    {"I8", 8},
    {"U64", 64},        {"U32", 32},        {"U16", 16},    {"U8", 8},
    {"BOOL", 8},        {"C64", 64},        {"F4", 4},      {"F6_E2M3", 6},
    {"F6_E3M2", 6},     {"F8_E5M2", 8},     {"F8_E4M3", 8}, {"F8_E8M0", 8},
    {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8},
};

struct entry {
    const char *name;
    const struct dtype *dtype;
    int n_dims;
    int64_t shape[SE_SAFETENSORS_MAX_DIMS];
    int64_t begin, end; /* in the data, bytes */
};

struct se_safetensors {
    char *path;
    cJSON *root;           /* owns all names and metadata */
    const cJSON *metadata; /* or NULL */
    struct entry *entries; /* [n_entries] sorted by name */
    int n_entries;
    int64_t n_data;
    char *data; /* [n_data], aligned by malloc wherever it lay in the file */
};

__attribute__((format(printf, 3, 4))) static int
fail(const struct se_safetensors *file, struct se_report *report,
     const char *format, ...)
{
    char text[320];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return se_fail(report, SE_ERR_FORMAT, "%s: %s", file->path, text);
}

static int check_utf8(const struct se_safetensors *file, const char *text,
                      size_t n, struct se_report *report)
{
    for (size_t i = 0; i < n;) {
        const int length = se_utf8_length(text + i, n - i);

        if (length == 0)
            return fail(file, report, "header byte %zu is not UTF-8", i);
        i += (size_t)length;
    }
    return SE_OK;
}

static int by_key(const void *a, const void *b)
{
    const cJSON *const *x = a, *const *y = b;

    return strcmp((*x)->string, (*y)->string);
}

/* Checks the keys of an object: no duplicates (cJSON keeps them) and nothing
 * that could garble a message. */
static int check_keys(const struct se_safetensors *file, const cJSON *object,
                      struct se_report *report)
{
    const size_t n = (size_t)cJSON_GetArraySize(object);
    const cJSON **sorted = calloc(n + 1, sizeof *sorted), *item;
    size_t i = 0;
    int status = SE_OK;

    if (!sorted)
        return se_fail_memory(report, file->path);
    cJSON_ArrayForEach(item, object)
    {
        for (const char *p = item->string; *p; p++) {
            if ((unsigned char)*p < ' ' || *p == 0x7f)
                status = fail(file, report,
                              "a name with control characters in the header");
        }
        sorted[i++] = item;
    }
    qsort(sorted, n, sizeof *sorted, by_key);
    for (i = 1; i < n && status == SE_OK; i++) {
        if (strcmp(sorted[i - 1]->string, sorted[i]->string) == 0)
            status = fail(file, report, "two entries are named '%.64s'",
                          sorted[i]->string);
    }
    free(sorted);
    return status;
}

/* Reads an array of at most `limit` whole numbers; -1 if it is not one. */
static int read_numbers(int64_t *numbers, const cJSON *array, int limit)
{
    const cJSON *item;
    int n = 0;

    if (!cJSON_IsArray(array))
        return -1;
    cJSON_ArrayForEach(item, array)
    {
        if (n == limit || !cJSON_IsNumber(item) ||
            item->valuedouble > max_whole)
            return -1;
        numbers[n++] = (int64_t)item->valuedouble;
    }
    return n;
}

static const struct dtype *find_dtype(const cJSON *item)
{
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        if (cJSON_IsString(item) &&
            strcmp(item->valuestring, dtypes[i].name) == 0)
            return &dtypes[i];
    }
    return NULL;
}

/* Bytes that dtype and shape stand for, -1 if they overflow or are not a whole
 * bytes. */
static int64_t entry_bytes(const struct entry *entry)
{
    int64_t n = 1;

    for (int i = 0; i < entry->n_dims; i++) {
        if (__builtin_mul_overflow(n, entry->shape[i], &n))
            return -1;
    }
    if (__builtin_mul_overflow(n, entry->dtype->bits, &n) || n % 8)
        return -1;
    return n / 8;
}

static int read_entry(const struct se_safetensors *file, struct entry *entry,
                      const cJSON *item, struct se_report *report)
{
    int64_t offsets[2];
    const char *name = item->string;

    entry->name = name;
    if (!cJSON_IsObject(item) || cJSON_GetArraySize(item) != 3)
        return fail(file, report,
                    "tensor '%.64s': expected {dtype, shape, data_offsets}",
                    name);
    entry->dtype = find_dtype(se_json_at(item, "dtype"));
    if (!entry->dtype)
        return fail(file, report,
                    "tensor '%.64s' has no dtype of the format, expected F32",
                    name);
    entry->n_dims = read_numbers(entry->shape, se_json_at(item, "shape"),
                                 SE_SAFETENSORS_MAX_DIMS);
    if (entry->n_dims < 0)
        return fail(file, report,
                    "tensor '%.64s': shape is not an array of at most %d "
                    "whole numbers below 2^53",
                    name, SE_SAFETENSORS_MAX_DIMS);
    if (read_numbers(offsets, se_json_at(item, "data_offsets"), 2) != 2)
        return fail(file, report,
                    "tensor '%.64s': data_offsets is not an array of two "
                    "whole numbers below 2^53",
                    name);
    entry->begin = offsets[0];
    entry->end = offsets[1];
    if (entry_bytes(entry) < 0)
        return fail(file, report,
                    "tensor '%.64s': its shape overflows or is not a whole "
                    "number of bytes",
                    name);
    if (entry->end - entry->begin != entry_bytes(entry))
        return fail(file, report,
                    "tensor '%.64s': data_offsets %lld..%lld, its shape needs "
                    "%lld bytes",
                    name, (long long)entry->begin, (long long)entry->end,
                    (long long)entry_bytes(entry));
    return SE_OK;
}

static int read_metadata(struct se_safetensors *file, const cJSON *item,
                         struct se_report *report)
{
    const cJSON *value;

    if (!cJSON_IsObject(item))
        return fail(file, report, "__metadata__ is not an object");
    cJSON_ArrayForEach(value, item)
    {
        if (!cJSON_IsString(value))
            return fail(file, report, "__metadata__ '%.64s' is not a string",
                        value->string);
    }
    file->metadata = item;
    return check_keys(file, item, report);
}

static int by_offset(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* Checks that the tensors, one after the other, are all of the data; leaves
 * them sorted by name. */
static int check_tiling(struct se_safetensors *file, struct se_report *report)
{
    const size_t n = (size_t)file->n_entries;
    int64_t end = 0;

    qsort(file->entries, n, sizeof *file->entries, by_offset);
    for (size_t i = 0; i < n; i++) {
        const struct entry *entry = &file->entries[i];

        if (entry->begin != end)
            return fail(file, report,
                        "tensor '%.64s' begins at %lld of the data, expected "
                        "%lld (tensors must touch and not overlap)",
                        entry->name, (long long)entry->begin, (long long)end);
        end = entry->end;
    }
    if (end != file->n_data)
        return fail(file, report,
                    "%lld bytes of data, but the tensors need %lld",
                    (long long)file->n_data, (long long)end);
    qsort(file->entries, n, sizeof *file->entries, by_name);
    return SE_OK;
}

static int parse_header(struct se_safetensors *file, const char *text, size_t n,
                        struct se_report *report)
{
    int status = SE_OK;
    const cJSON *item;

    if (text[0] != '{')
        return fail(file, report, "the header does not start with '{'");
    status = check_utf8(file, text, n, report);
    if (status == SE_OK)
        status = se_json_parse(&file->root,
                               &(struct se_json_text){text, n, file->path},
                               &limits, report);
    if (status == SE_OK)
        status = check_keys(file, file->root, report);
    if (status != SE_OK)
        return status;
    file->entries = calloc((size_t)cJSON_GetArraySize(file->root) + 1,
                           sizeof *file->entries);
    if (!file->entries)
        return se_fail_memory(report, file->path);
    cJSON_ArrayForEach(item, file->root)
    {
        if (strcmp(item->string, "__metadata__") == 0)
            status = read_metadata(file, item, report);
        else
            status = read_entry(file, &file->entries[file->n_entries++], item,
                                report);
        if (status != SE_OK)
            return status;
    }
    return check_tiling(file, report);
}

static int read_exactly(const struct se_safetensors *file, void *bytes,
                        size_t n, FILE *stream, struct se_report *report)
{
    if (fread(bytes, 1, n, stream) == n)
        return SE_OK;
    if (ferror(stream))
        return se_fail_errno(report, file->path, "cannot read");
    return fail(file, report, "became shorter while it was read");
}

/* Checks the sizes in the first 8 bytes against the file's before anything is
 * allocated by them. */
static int read_sizes(struct se_safetensors *file, size_t *n_header,
                      FILE *stream, int64_t n_bytes, struct se_report *report)
{
    uint64_t length;

    if (n_bytes < (int64_t)sizeof length)
        return fail(file, report,
                    "not safetensors: %lld bytes long, expected 8 or more",
                    (long long)n_bytes);

    int status = read_exactly(file, &length, sizeof length, stream, report);

    if (status != SE_OK)
        return status;
    if (length < 2 || length > MAX_HEADER_BYTES)
        return fail(file, report,
                    "not safetensors: a header of %llu bytes, expected 2..%d",
                    (unsigned long long)length, MAX_HEADER_BYTES);
    file->n_data = n_bytes - (int64_t)sizeof length - (int64_t)length;
    if (file->n_data < 0)
        return fail(file, report,
                    "a header of %llu bytes in a file of %lld, it is cut short "
                    "or not safetensors",
                    (unsigned long long)length, (long long)n_bytes);
    *n_header = (size_t)length;
    return SE_OK;
}

static int read_stream(struct se_safetensors *file, FILE *stream,
                       int64_t n_bytes, struct se_report *report)
{
    size_t n_header = 0;
    int status = read_sizes(file, &n_header, stream, n_bytes, report);

    if (status != SE_OK)
        return status;

    char *header = calloc(n_header + 1, 1);

    if (!header)
        return se_fail_memory(report, file->path);
    status = read_exactly(file, header, n_header, stream, report);
    if (status == SE_OK)
        status = parse_header(file, header, n_header, report);
    free(header);
    if (status != SE_OK)
        return status;
    file->data = malloc((size_t)file->n_data + 1);
    if (!file->data)
        return se_fail_memory(report, file->path);
    return read_exactly(file, file->data, (size_t)file->n_data, stream, report);
}

static int size_of(const struct se_safetensors *file, int64_t *n_bytes,
                   FILE *stream, struct se_report *report)
{
    struct stat info;

    if (fstat(fileno(stream), &info) != 0)
        return se_fail_errno(report, file->path, "cannot read");
    if (!S_ISREG(info.st_mode))
        return fail(file, report, "is not a file, expected safetensors");
    *n_bytes = info.st_size;
    return SE_OK;
}

/* Of `n_bytes`; or, if negative, a file as long as it is. */
static int read_named(struct se_safetensors **out, const char *path,
                      FILE *stream, int64_t n_bytes, struct se_report *report)
{
    struct se_safetensors *file = calloc(1, sizeof *file);
    int status = SE_OK;

    if (!file || !(file->path = strdup(path)))
        status = se_fail_memory(report, path);
    else if (n_bytes < 0)
        status = size_of(file, &n_bytes, stream, report);
    if (status == SE_OK)
        status = read_stream(file, stream, n_bytes, report);
    if (status == SE_OK)
        *out = file;
    else
        se_safetensors_free(file);
    return status;
}

/* A pipe is not waited for: it is refused. NULL with errno. */
static FILE *open_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "rb");

    if (fd >= 0 && !stream)
        close(fd);
    return stream;
}

int se_safetensors_read(struct se_safetensors **out, const char *path,
                        struct se_report *report)
{
    FILE *stream = open_file(path);

    *out = NULL;
    if (!stream)
        return se_fail_errno(report, path, "cannot open");

    int status = read_named(out, path, stream, -1, report);

    fclose(stream);
    return status;
}

int se_safetensors_read_memory(struct se_safetensors **out, const char *name,
                               const void *bytes, size_t n_bytes,
                               struct se_report *report)
{
    /* Some fmemopen refuse an empty piece of memory. */
    const void *piece = n_bytes > 0 ? bytes : "";
    FILE *stream = fmemopen((void *)piece, n_bytes > 0 ? n_bytes : 1, "rb");

    *out = NULL;
    if (!stream)
        return se_fail_errno(report, name, "cannot read");

    int status = read_named(out, name, stream, (int64_t)n_bytes, report);

    fclose(stream);
    return status;
}

void se_safetensors_free(struct se_safetensors *file)
{
    if (!file)
        return;
    cJSON_Delete(file->root);
    free(file->entries);
    free(file->data);
    free(file->path);
    free(file);
}

const char *se_safetensors_metadata(const struct se_safetensors *file,
                                    const char *key)
{
    return cJSON_GetStringValue(se_json_at(file->metadata, key));
}

/* "[6,72]" */
static const char *shape_text(char text[200], const int64_t *shape, int n_dims)
{
    int n = snprintf(text, 200, "[");

    for (int i = 0; i < n_dims; i++)
        n += snprintf(text + n, 200 - (size_t)n, "%s%lld", i ? "," : "",
                      (long long)shape[i]);
    snprintf(text + n, 200 - (size_t)n, "]");
    return text;
}

int se_safetensors_get(const struct se_safetensors *file,
                       struct se_safetensor *tensor, struct se_report *report)
{
    const char *name = tensor->name;
    const struct entry key = {.name = name};
    const struct entry *entry =
        bsearch(&key, file->entries, (size_t)file->n_entries,
                sizeof *file->entries, by_name);
    char found[200], expected[200];

    if (!entry)
        return fail(file, report, "has no tensor '%s'", name);
    if (strcmp(entry->dtype->name, "F32") != 0)
        return fail(file, report, "tensor '%s' is of dtype %s, expected F32",
                    name, entry->dtype->name);
    if (entry->n_dims != tensor->n_dims ||
        memcmp(entry->shape, tensor->shape,
               (size_t)tensor->n_dims * sizeof *tensor->shape) != 0)
        return fail(file, report, "tensor '%s' has the shape %s, expected %s",
                    name, shape_text(found, entry->shape, entry->n_dims),
                    shape_text(expected, tensor->shape, tensor->n_dims));
    if (entry->begin % (int64_t)sizeof(float) != 0)
        return fail(file, report,
                    "tensor '%s' begins at %lld of the data, expected a "
                    "multiple of 4",
                    name, (long long)entry->begin);
    tensor->data = (const float *)(const void *)(file->data + entry->begin);
    return SE_OK;
}
