/* tf_bundle.c - TensorFlow checkpoints: what the tensors are, and their bytes.
 * tf_table.c reads the keys. */
#include "import/tf_bundle.h"

#include "encoding/bytes.h"
#include "encoding/crc32c.h"
#include "encoding/protobuf.h"
#include "files/file.h"
#include "import/tf_table_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_BYTES = 4096,
    MAX_INDEX_BYTES = 1 << 26,
    STRING_CRC_BYTES = 4,
};

static const size_t MAX_DATA_BYTES = (size_t)1 << 31;

struct se_tf_bundle {
    char index_path[PATH_BYTES], data_path[PATH_BYTES];
    char *index_bytes, *data_bytes; /* NULL: the caller's */
    const uint8_t *data;
    uint64_t n_data;
    uint64_t n_claimed; /* bytes of all tensors so far */
    int has_header;
    int count, capacity;
    struct se_tf_tensor *tensor; /* [count] */
};

/* What a BundleEntryProto says. */
struct entry {
    uint64_t shard, offset, size;
    uint32_t crc;
    int has_slices;
};

/* ---- the messages in the table ------------------------------------------- */

static int broken(const struct se_tf_bundle *bundle, const char *key,
                  const char *what, struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT, "%s: tensor '%.100s': %s",
                   bundle->index_path, key, what);
}

static int read_header(struct se_tf_bundle *bundle, struct se_span message,
                       struct se_report *report)
{
    uint64_t n_shards = 0, endianness = 0;
    struct se_field field;
    int found;

    while ((found = se_span_field(&message, &field)) == 1) {
        if (field.type == SE_WIRE_VARINT && field.number == 1)
            n_shards = field.value;
        else if (field.type == SE_WIRE_VARINT && field.number == 2)
            endianness = field.value;
    }
    if (found != 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: the header is no BundleHeaderProto",
                       bundle->index_path);
    if (n_shards != 1)
        return se_fail(report, SE_ERR_FORMAT, "%s: %llu data files, expected 1",
                       bundle->index_path, (unsigned long long)n_shards);
    if (endianness != 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: endianness is %llu, expected 0 (little)",
                       bundle->index_path, (unsigned long long)endianness);
    bundle->has_header = 1;
    return SE_OK;
}

/* TensorShapeProto: 2 dim { 1 size }, 3 unknown_rank. */
static int read_shape(struct se_tf_tensor *tensor, struct se_span message)
{
    struct se_field field, part;
    int found;

    while ((found = se_span_field(&message, &field)) == 1) {
        int64_t size = 0;
        int more;

        if (field.type == SE_WIRE_VARINT && field.number == 3 && field.value)
            return -1;
        if (field.type != SE_WIRE_BYTES || field.number != 2)
            continue;
        while ((more = se_span_field(&field.span, &part)) == 1)
            if (part.type == SE_WIRE_VARINT && part.number == 1)
                size = (int64_t)part.value;
        if (more != 0 || size < 0 || tensor->n_dims == SE_TF_MAX_DIMS)
            return -1;
        tensor->shape[tensor->n_dims++] = size;
    }
    return found;
}

static int read_entry(struct entry *entry, struct se_tf_tensor *tensor,
                      struct se_span message)
{
    struct se_field field;
    int found;

    while ((found = se_span_field(&message, &field)) == 1) {
        if (field.number == 2 && field.type == SE_WIRE_BYTES) {
            if (read_shape(tensor, field.span) != 0)
                return -1;
        } else if (field.number == 6 && field.type == SE_WIRE_FIXED32) {
            entry->crc = se_get_u32(field.span.at);
        } else if (field.number == 7) {
            entry->has_slices = 1;
        } else if (field.type == SE_WIRE_VARINT) {
            if (field.number == 1)
                tensor->type = field.value < 1000 ? (int)field.value : -1;
            else if (field.number == 3)
                entry->shard = field.value;
            else if (field.number == 4)
                entry->offset = field.value;
            else if (field.number == 5)
                entry->size = field.value;
        }
    }
    return found;
}

/* ---- the bytes of the tensors -------------------------------------------- */

/* Numbers in a tensor of that shape; -1: more than there can be. */
static int64_t count_elements(const struct se_tf_tensor *tensor)
{
    int64_t n = 1;

    for (int i = 0; i < tensor->n_dims; i++)
        if (__builtin_mul_overflow(n, tensor->shape[i], &n))
            return -1;
    return n;
}

/* Bytes of one number; 0: not a type whose size is known here. */
static int element_bytes(int type)
{
    switch (type) {
    case SE_TF_FLOAT32:
    case SE_TF_INT32:
        return 4;
    case SE_TF_FLOAT64:
    case SE_TF_INT64:
        return 8;
    }
    return 0;
}

/* The checksum of texts: of their lengths, each 4 bytes, of the checksum of
 * these that follows them, and of the texts. -1: they do not fit. */
static int strings_crc(uint32_t *crc, const struct se_tf_tensor *tensor)
{
    struct se_span span = {tensor->bytes, tensor->bytes + tensor->n_bytes};
    const int64_t n = count_elements(tensor);
    uint64_t length, total = 0;
    uint8_t bytes[4];

    *crc = 0;
    for (int64_t i = 0; i < n; i++) {
        if (se_span_varint(&span, &length) != 0 || length > UINT32_MAX)
            return -1;
        se_put_u32(bytes, (uint32_t)length);
        *crc = se_crc32c(*crc, bytes, sizeof bytes);
        total += length;
    }

    const int64_t n_left = span.end - span.at;

    if (n < 0 || n_left < STRING_CRC_BYTES ||
        total != (uint64_t)(n_left - STRING_CRC_BYTES) ||
        se_get_u32(span.at) != se_crc32c_masked(*crc))
        return -1;
    *crc = se_crc32c(*crc, span.at, (size_t)n_left);
    return 0;
}

static int check_tensor(const struct se_tf_bundle *bundle,
                        const struct se_tf_tensor *tensor, uint32_t crc,
                        struct se_report *report)
{
    const int64_t n = count_elements(tensor);
    const int width = element_bytes(tensor->type);
    uint32_t found;

    if (n < 0 || (width > 0 && (tensor->n_bytes % width != 0 ||
                                tensor->n_bytes / width != n)))
        return broken(bundle, tensor->key, "size and shape do not agree",
                      report);
    if (tensor->type != SE_TF_STRING)
        found = se_crc32c(0, tensor->bytes, (size_t)tensor->n_bytes);
    else if (strings_crc(&found, tensor) != 0)
        return broken(bundle, tensor->key, "the texts' lengths are wrong",
                      report);
    if (se_crc32c_masked(found) != crc)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: tensor '%.100s': checksum is %08x, expected %08x",
                       bundle->data_path, tensor->key,
                       (unsigned)se_crc32c_masked(found), (unsigned)crc);
    return SE_OK;
}

/* Points the tensor at its bytes. All tensors together may not claim more
 * bytes than there are: so many small entries cannot make much work. */
static int locate_tensor(struct se_tf_bundle *bundle,
                         struct se_tf_tensor *tensor, const struct entry *entry,
                         struct se_report *report)
{
    if (entry->has_slices)
        return broken(bundle, tensor->key, "partitioned: not supported",
                      report);
    if (entry->shard != 0)
        return broken(bundle, tensor->key, "in a data file that is not there",
                      report);
    if (entry->offset > bundle->n_data ||
        entry->size > bundle->n_data - entry->offset)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: tensor '%.100s' ends beyond the %llu bytes of the "
                       "file",
                       bundle->data_path, tensor->key,
                       (unsigned long long)bundle->n_data);
    bundle->n_claimed += entry->size;
    if (bundle->n_claimed > bundle->n_data)
        return broken(bundle, tensor->key, "overlaps another one", report);
    tensor->bytes = bundle->data + entry->offset;
    tensor->n_bytes = (int64_t)entry->size;
    return check_tensor(bundle, tensor, entry->crc, report);
}

static struct se_tf_tensor *new_tensor(struct se_tf_bundle *bundle)
{
    if (bundle->count == bundle->capacity) {
        const int capacity = bundle->capacity ? 2 * bundle->capacity : 64;
        struct se_tf_tensor *grown =
            realloc(bundle->tensor, (size_t)capacity * sizeof *grown);

        if (!grown)
            return NULL;
        bundle->tensor = grown;
        bundle->capacity = capacity;
    }
    bundle->tensor[bundle->count] = (struct se_tf_tensor){0};
    return &bundle->tensor[bundle->count];
}

/* One entry of the table: the header, whose key is empty, or a tensor. */
static int take_entry(void *context, const char *key, struct se_span value,
                      struct se_report *report)
{
    struct se_tf_bundle *bundle = context;
    struct entry entry = {0};

    if (!bundle->has_header) {
        if (*key)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: first key is '%.100s', expected the header",
                           bundle->index_path, key);
        return read_header(bundle, value, report);
    }

    struct se_tf_tensor *tensor = new_tensor(bundle);

    if (!tensor || !(tensor->key = strdup(key)))
        return se_fail_memory(report, bundle->index_path);
    bundle->count++;
    if (read_entry(&entry, tensor, value) != 0)
        return broken(bundle, key, "no BundleEntryProto", report);
    return locate_tensor(bundle, tensor, &entry, report);
}

/* ---- from outside -------------------------------------------------------- */

static int start(struct se_tf_bundle **bundle, const char *prefix,
                 struct se_report *report)
{
    *bundle = calloc(1, sizeof **bundle);
    if (!*bundle)
        return se_fail_memory(report, prefix);

    const int n_index = snprintf((*bundle)->index_path, PATH_BYTES, "%s.index",
                                 prefix),
              n_data = snprintf((*bundle)->data_path, PATH_BYTES,
                                "%s.data-00000-of-00001", prefix);

    if (n_index < 0 || n_data < 0 || n_data >= PATH_BYTES) {
        free(*bundle);
        *bundle = NULL;
        return se_fail(report, SE_ERR_ARG,
                       "%.100s...: path longer than the %d characters expected",
                       prefix, PATH_BYTES - 1);
    }
    return SE_OK;
}

static int take_all(struct se_tf_bundle *bundle, struct se_span index,
                    struct se_span data, struct se_report *report)
{
    bundle->data = data.at;
    bundle->n_data = (uint64_t)(data.end - data.at);

    int status =
        se_tf_table_read(index, bundle->index_path, take_entry, bundle, report);

    if (status == SE_OK && !bundle->has_header)
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: an empty table, expected a header",
                         bundle->index_path);
    return status;
}

int se_tf_bundle_parse(struct se_tf_bundle **bundle, struct se_span index,
                       struct se_span data, const char *prefix,
                       struct se_report *report)
{
    int status = start(bundle, prefix, report);

    if (status == SE_OK)
        status = take_all(*bundle, index, data, report);
    if (status != SE_OK) {
        se_tf_bundle_free(*bundle);
        *bundle = NULL;
    }
    return status;
}

int se_tf_bundle_read(struct se_tf_bundle **out, const char *prefix,
                      struct se_report *report)
{
    struct se_tf_bundle *bundle;
    size_t n_index, n_data;
    int status = start(&bundle, prefix, report);

    *out = NULL;
    if (status == SE_OK)
        status = se_read_file(&bundle->index_bytes, &n_index,
                              bundle->index_path, MAX_INDEX_BYTES, report);
    if (status == SE_OK)
        status = se_read_file(&bundle->data_bytes, &n_data, bundle->data_path,
                              MAX_DATA_BYTES, report);
    if (status == SE_OK)
        status = take_all(bundle, se_span_of(bundle->index_bytes, n_index),
                          se_span_of(bundle->data_bytes, n_data), report);
    if (status == SE_OK)
        *out = bundle;
    else
        se_tf_bundle_free(bundle);
    return status;
}

void se_tf_bundle_free(struct se_tf_bundle *bundle)
{
    if (!bundle)
        return;
    for (int i = 0; i < bundle->count; i++)
        free((char *)bundle->tensor[i].key);
    free(bundle->tensor);
    free(bundle->index_bytes);
    free(bundle->data_bytes);
    free(bundle);
}

int se_tf_bundle_count(const struct se_tf_bundle *bundle)
{
    return bundle->count;
}

const struct se_tf_tensor *
se_tf_bundle_tensor(const struct se_tf_bundle *bundle, int i)
{
    return &bundle->tensor[i];
}

static int compare_keys(const void *key, const void *tensor)
{
    return strcmp(key, ((const struct se_tf_tensor *)tensor)->key);
}

const struct se_tf_tensor *se_tf_bundle_find(const struct se_tf_bundle *bundle,
                                             const char *key)
{
    if (bundle->count == 0)
        return NULL;
    return bsearch(key, bundle->tensor, (size_t)bundle->count,
                   sizeof *bundle->tensor, compare_keys);
}

/* "[6,72,1,72]" */
static void shape_text(char *text, size_t size,
                       const struct se_tf_tensor *tensor)
{
    size_t n = (size_t)snprintf(text, size, "[");

    for (int i = 0; i < tensor->n_dims && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%lld", i ? "," : "",
                              (long long)tensor->shape[i]);
    if (n < size)
        snprintf(text + n, size - n, "]");
}

static int expect_shape(const struct se_tf_bundle *bundle,
                        const struct se_tf_tensor *tensor,
                        const struct se_tf_tensor *wanted,
                        struct se_report *report)
{
    char found[200], expected[200];

    if (tensor->type == SE_TF_FLOAT32 && tensor->n_dims == wanted->n_dims &&
        memcmp(tensor->shape, wanted->shape,
               (size_t)wanted->n_dims * sizeof *wanted->shape) == 0)
        return SE_OK;
    shape_text(found, sizeof found, tensor);
    shape_text(expected, sizeof expected, wanted);
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: tensor '%.100s' is type %d %s, expected type %d "
                   "(float32) %s",
                   bundle->index_path, tensor->key, tensor->type, found,
                   SE_TF_FLOAT32, expected);
}

int se_tf_bundle_get(const struct se_tf_bundle *bundle, float *values,
                     const struct se_tf_tensor *wanted,
                     struct se_report *report)
{
    const struct se_tf_tensor *tensor = se_tf_bundle_find(bundle, wanted->key);

    if (!tensor)
        return se_fail(report, SE_ERR_FORMAT, "%s: no tensor '%.100s'",
                       bundle->index_path, wanted->key);

    int status = expect_shape(bundle, tensor, wanted, report);

    if (status != SE_OK)
        return status;
    for (int64_t i = 0; i < tensor->n_bytes / 4; i++) {
        values[i] = se_get_float(tensor->bytes + 4 * i);
        if (!isfinite(values[i]))
            return se_fail(report, SE_ERR_NUMERIC,
                           "%s: tensor '%.100s' holds %f at %lld, expected "
                           "finite numbers",
                           bundle->data_path, wanted->key, (double)values[i],
                           (long long)i);
    }
    return SE_OK;
}
