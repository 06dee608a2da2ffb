/* example.c - SequenceExample messages, written and read. */
#include "data/example.h"

#include "base/bytes.h"
#include "base/protobuf.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_BINS = 257, MAX_FRAMES = INT_MAX / N_BINS / 8 };

static const char LENGTH_KEY[] = "length";
static const char CLEAN_KEY[] = "pspec_s";
static const char NOISY_KEY[] = "pspec_sn";

/* ---- writing ------------------------------------------------------------ */

static size_t varint_size(uint64_t value)
{
    size_t n = 1;

    while (value >>= 7)
        n++;
    return n;
}

/* Size of a field of n bytes with its tag and length. */
static size_t field_size(size_t n)
{
    return 1 + varint_size(n) + n;
}

static uint8_t *put_varint(uint8_t *p, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *p++ = (uint8_t)(value | 0x80);
    *p++ = (uint8_t)value;
    return p;
}

static uint8_t *put_head(uint8_t *p, int number, size_t n_bytes)
{
    *p++ = (uint8_t)(number << 3 | SE_WIRE_BYTES);
    return put_varint(p, n_bytes);
}

static uint8_t *put_key(uint8_t *p, const char *key)
{
    size_t n = strlen(key);

    p = put_head(p, 1, n);
    memcpy(p, key, n);
    return p + n;
}

static size_t context_entry_size(int n_frames)
{
    size_t feature = field_size(field_size(varint_size((uint64_t)n_frames)));

    return field_size(strlen(LENGTH_KEY)) + field_size(feature);
}

/* Sizes from the inside out: FloatList, Feature, FeatureList, map entry. */
static size_t list_entry_size(const char *key, size_t n_values)
{
    size_t feature = field_size(field_size(4 * n_values));

    return field_size(strlen(key)) + field_size(field_size(feature));
}

size_t se_example_size(int n_frames, size_t n_values)
{
    return field_size(field_size(context_entry_size(n_frames))) +
           field_size(field_size(list_entry_size(CLEAN_KEY, n_values)) +
                      field_size(list_entry_size(NOISY_KEY, n_values)));
}

static uint8_t *put_float(uint8_t *p, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    se_put_u32(p, bits);
    return p + 4;
}

static uint8_t *put_list(uint8_t *p, const char *key, const float *values,
                         size_t n_values)
{
    size_t packed = field_size(4 * n_values), feature = field_size(packed);

    p = put_head(p, 1, list_entry_size(key, n_values));
    p = put_key(p, key);
    p = put_head(p, 2, field_size(feature));
    p = put_head(p, 1, feature);
    p = put_head(p, 2, packed);
    p = put_head(p, 1, 4 * n_values);
    for (size_t i = 0; i < n_values; i++)
        p = put_float(p, values[i]);
    return p;
}

void se_example_encode(uint8_t *payload, const struct se_example *example,
                       size_t n_values)
{
    uint64_t length = (uint64_t)example->n_frames;
    size_t entry = context_entry_size(example->n_frames);
    uint8_t *p = payload;

    p = put_head(p, 1, field_size(entry));
    p = put_head(p, 1, entry);
    p = put_key(p, LENGTH_KEY);
    p = put_head(p, 2, field_size(field_size(varint_size(length))));
    p = put_head(p, 3, field_size(varint_size(length)));
    p = put_head(p, 1, varint_size(length));
    p = put_varint(p, length);

    p = put_head(p, 2,
                 field_size(list_entry_size(CLEAN_KEY, n_values)) +
                     field_size(list_entry_size(NOISY_KEY, n_values)));
    p = put_list(p, CLEAN_KEY, example->pspec_clean, n_values);
    put_list(p, NOISY_KEY, example->pspec_noisy, n_values);
}

/* ---- reading ------------------------------------------------------------ */

/* Next field of that number and type SE_WIRE_BYTES, others skipped; as
 * se_span_field. */
static int take_bytes(struct se_span *span, struct se_span *bytes,
                      uint64_t number)
{
    struct se_field field;
    int found;

    while ((found = se_span_field(span, &field)) == 1)
        if (field.number == number && field.type == SE_WIRE_BYTES) {
            *bytes = field.span;
            return 1;
        }
    return found;
}

static int is_key(struct se_span key, const char *name)
{
    size_t n = strlen(name);

    return (size_t)(key.end - key.at) == n && memcmp(key.at, name, n) == 0;
}

/* Takes a map entry apart. A part that is absent is empty. */
static int split_entry(struct se_span entry, struct se_span *key,
                       struct se_span *value)
{
    struct se_field field;
    int found;

    *key = *value = (struct se_span){entry.end, entry.end};
    while ((found = se_span_field(&entry, &field)) == 1)
        if (field.type == SE_WIRE_BYTES && field.number == 1)
            *key = field.span;
        else if (field.type == SE_WIRE_BYTES && field.number == 2)
            *value = field.span;
    return found;
}

/* The first number of a Feature's Int64List. */
static int read_integer(struct se_span feature, uint64_t *value)
{
    struct se_span list;
    struct se_field field;

    if (take_bytes(&feature, &list, 3) != 1)
        return -1;
    while (se_span_field(&list, &field) == 1) {
        if (field.number != 1)
            continue;
        if (field.type == SE_WIRE_BYTES)
            return se_span_varint(&field.span, value);
        if (field.type == SE_WIRE_VARINT) {
            *value = field.value;
            return 0;
        }
    }
    return -1;
}

/* Number of floats in a FloatList, -1 if it is malformed; stores them in
 * `values` unless that is NULL. */
static int64_t read_float_list(struct se_span list, float *values)
{
    struct se_field field;
    int64_t n = 0;
    int found;

    while ((found = se_span_field(&list, &field)) == 1) {
        int64_t n_bytes = field.span.end - field.span.at;

        if (field.number != 1 ||
            (field.type != SE_WIRE_BYTES && field.type != SE_WIRE_FIXED32))
            continue;
        if (n_bytes % 4 != 0)
            return -1;
        for (int64_t i = 0; values && i < n_bytes / 4; i++)
            values[n + i] = se_get_float(field.span.at + 4 * i);
        n += n_bytes / 4;
    }
    return found == 0 ? n : -1;
}

/* The same for all Features of a FeatureList, one after another. */
static int64_t read_features(struct se_span list, float *values)
{
    struct se_span feature, floats;
    int64_t n = 0;
    int found;

    while ((found = take_bytes(&list, &feature, 1)) == 1) {
        while ((found = take_bytes(&feature, &floats, 2)) == 1) {
            int64_t more = read_float_list(floats, values ? values + n : NULL);

            if (more < 0)
                return -1;
            n += more;
        }
        if (found != 0)
            return -1;
    }
    return found == 0 ? n : -1;
}

/* What a message holds; a list that is absent has at == NULL. */
struct parts {
    int has_length;
    uint64_t length;
    struct se_span clean, noisy;
};

static int read_context(struct parts *parts, struct se_span features)
{
    struct se_span entry, key, value;
    int found;

    while ((found = take_bytes(&features, &entry, 1)) == 1) {
        if (split_entry(entry, &key, &value) != 0)
            return -1;
        if (!is_key(key, LENGTH_KEY))
            continue;
        if (read_integer(value, &parts->length) != 0)
            return -1;
        parts->has_length = 1;
    }
    return found;
}

static int read_lists(struct parts *parts, struct se_span lists)
{
    struct se_span entry, key, value;
    int found;

    while ((found = take_bytes(&lists, &entry, 1)) == 1) {
        if (split_entry(entry, &key, &value) != 0)
            return -1;
        if (is_key(key, CLEAN_KEY))
            parts->clean = value;
        else if (is_key(key, NOISY_KEY))
            parts->noisy = value;
    }
    return found;
}

static int read_parts(struct parts *parts, struct se_span message)
{
    struct se_field field;
    int found;

    while ((found = se_span_field(&message, &field)) == 1) {
        if (field.type != SE_WIRE_BYTES)
            continue;
        if (field.number == 1 && read_context(parts, field.span) != 0)
            return -1;
        if (field.number == 2 && read_lists(parts, field.span) != 0)
            return -1;
    }
    return found;
}

/* Reads one list into *values, grown to n floats. */
static int read_list(float **values, struct se_span list, const char *key,
                     int64_t n, const char *path, int64_t record,
                     struct se_report *report)
{
    if (!list.at)
        return se_fail(report, SE_ERR_FORMAT, "%s: record %lld: no list \"%s\"",
                       path, (long long)record, key);

    int64_t found = read_features(list, NULL);

    if (found != n)
        return se_fail(report, SE_ERR_FORMAT,
                       found < 0 ? "%s: record %lld: \"%s\" is no list of "
                                   "floats"
                                 : "%s: record %lld: \"%s\" has %lld floats, "
                                   "expected length x 257 = %lld",
                       path, (long long)record, key, (long long)found,
                       (long long)n);

    float *grown = realloc(*values, (size_t)n * sizeof *grown);

    if (!grown)
        return se_fail_memory(report, path);
    *values = grown;
    read_features(list, grown);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(grown[i]))
            return se_fail(report, SE_ERR_NUMERIC,
                           "%s: record %lld: \"%s\" is not finite in frame "
                           "%lld, bin %lld",
                           path, (long long)record, key,
                           (long long)(i / N_BINS), (long long)(i % N_BINS));
    return SE_OK;
}

int se_example_decode(struct se_example *example, const uint8_t *payload,
                      size_t n_bytes, const char *path, int64_t record,
                      struct se_report *report)
{
    struct parts parts = {0};

    if (read_parts(&parts, (struct se_span){payload, payload + n_bytes}) != 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: record %lld: not a SequenceExample", path,
                       (long long)record);
    if (!parts.has_length)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: record %lld: no \"length\" in the context", path,
                       (long long)record);
    if (parts.length < 1 || parts.length > MAX_FRAMES)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: record %lld: length is %lld, expected 1 to %d "
                       "frames",
                       path, (long long)record, (long long)parts.length,
                       MAX_FRAMES);

    int64_t n = (int64_t)parts.length * N_BINS;
    int status = read_list(&example->pspec_noisy, parts.noisy, NOISY_KEY, n,
                           path, record, report);

    if (status == SE_OK)
        status = read_list(&example->pspec_clean, parts.clean, CLEAN_KEY, n,
                           path, record, report);
    example->n_frames = status == SE_OK ? (int)parts.length : 0;
    return status;
}

void se_example_free(struct se_example *example)
{
    free(example->pspec_noisy);
    free(example->pspec_clean);
    *example = (struct se_example){0};
}
