/* example.c - SequenceExample messages, written and read. */
#include "records/example.h"

#include "dsp/stft.h"
#include "encoding/bytes.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FRAMES = INT_MAX / SE_BINS / 8 };

/* Fields of a Feature. */
enum { BYTES_LIST = 1, FLOAT_LIST = 2, INT64_LIST = 3 };

enum { N_FORMATS = 2 };

static const char LENGTH_KEY[] = "length";

/* How either kind of record stores its signals. */
static const struct layout {
    const char *clean_key, *noisy_key;
    int list;        /* field of a Feature */
    int value_bytes; /* of a value */
    int frame_values;
} layouts[] = {
    [SE_RECORD_PSPEC] = {"pspec_s", "pspec_sn", FLOAT_LIST, 4, SE_BINS},
    [SE_RECORD_PCM] = {"pcm_s", "pcm_sn", BYTES_LIST, 2, SE_HOP},
};

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

/* Sizes from the inside out: FloatList or BytesList, Feature, FeatureList, map
 * entry. */
static size_t list_entry_size(const char *key, size_t n_bytes)
{
    size_t feature = field_size(field_size(n_bytes));

    return field_size(strlen(key)) + field_size(field_size(feature));
}

size_t se_example_size(enum se_record_format format, int n_frames,
                       size_t n_values)
{
    const struct layout *layout = &layouts[format];
    size_t n_bytes = n_values * (size_t)layout->value_bytes;

    return field_size(field_size(context_entry_size(n_frames))) +
           field_size(field_size(list_entry_size(layout->clean_key, n_bytes)) +
                      field_size(list_entry_size(layout->noisy_key, n_bytes)));
}

/* Powers or samples; the others are NULL. */
struct values {
    const float *floats;
    const int16_t *pcm;
    size_t n;
};

static uint8_t *put_values(uint8_t *p, const struct values *values)
{
    const int16_t *pcm = values->pcm;

    for (size_t i = 0; values->floats && i < values->n; i++, p += 4) {
        uint32_t bits;

        memcpy(&bits, &values->floats[i], sizeof bits);
        se_put_u32(p, bits);
    }
    for (size_t i = 0; pcm && i < values->n; i++) {
        *p++ = (uint8_t)pcm[i];
        *p++ = (uint8_t)(pcm[i] >> 8);
    }
    return p;
}

static uint8_t *put_list(uint8_t *p, const struct layout *layout,
                         const char *key, const struct values *values)
{
    size_t n_bytes = values->n * (size_t)layout->value_bytes;
    size_t list = field_size(n_bytes), feature = field_size(list);

    p = put_head(p, 1, list_entry_size(key, n_bytes));
    p = put_key(p, key);
    p = put_head(p, 2, field_size(feature));
    p = put_head(p, 1, feature);
    p = put_head(p, layout->list, list);
    p = put_head(p, 1, n_bytes);
    return put_values(p, values);
}

void se_example_encode(uint8_t *payload, const struct se_example *example,
                       size_t n_values)
{
    const struct layout *layout = &layouts[example->format];
    size_t n_bytes = n_values * (size_t)layout->value_bytes;
    uint64_t length = (uint64_t)example->n_frames;
    size_t entry = context_entry_size(example->n_frames);
    int is_pcm = example->format == SE_RECORD_PCM;
    const struct values clean = {is_pcm ? NULL : example->pspec_clean,
                                 is_pcm ? example->pcm_clean : NULL, n_values};
    const struct values noisy = {is_pcm ? NULL : example->pspec_noisy,
                                 is_pcm ? example->pcm_noisy : NULL, n_values};
    uint8_t *p = payload;

    p = put_head(p, 1, field_size(entry));
    p = put_head(p, 1, entry);
    p = put_key(p, LENGTH_KEY);
    p = put_head(p, 2, field_size(field_size(varint_size(length))));
    p = put_head(p, INT64_LIST, field_size(varint_size(length)));
    p = put_head(p, 1, varint_size(length));
    p = put_varint(p, length);

    p = put_head(p, 2,
                 field_size(list_entry_size(layout->clean_key, n_bytes)) +
                     field_size(list_entry_size(layout->noisy_key, n_bytes)));
    p = put_list(p, layout, layout->clean_key, &clean);
    put_list(p, layout, layout->noisy_key, &noisy);
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

    if (take_bytes(&feature, &list, INT64_LIST) != 1)
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

/* Number of bytes of values in a FloatList or BytesList, -1 if it is malformed;
 * copies them to `bytes` unless that is NULL. */
static int64_t read_value_list(struct se_span list, int value_bytes,
                               uint8_t *bytes)
{
    struct se_field field;
    int64_t n = 0;
    int found;

    while ((found = se_span_field(&list, &field)) == 1) {
        int64_t n_bytes = field.span.end - field.span.at;

        if (field.number != 1 ||
            (field.type != SE_WIRE_BYTES && field.type != SE_WIRE_FIXED32))
            continue;
        if (n_bytes % value_bytes != 0)
            return -1;
        if (bytes && n_bytes > 0)
            memcpy(bytes + n, field.span.at, (size_t)n_bytes);
        n += n_bytes;
    }
    return found == 0 ? n : -1;
}

/* The same for all Features of a FeatureList, one after another. */
static int64_t read_features(struct se_span list, const struct layout *layout,
                             uint8_t *bytes)
{
    struct se_span feature, values;
    int64_t n = 0;
    int found;

    while ((found = take_bytes(&list, &feature, 1)) == 1) {
        while ((found = take_bytes(&feature, &values,
                                   (uint64_t)layout->list)) == 1) {
            int64_t more = read_value_list(values, layout->value_bytes,
                                           bytes ? bytes + n : NULL);

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
    struct se_span clean[N_FORMATS], noisy[N_FORMATS];
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
        for (int i = 0; i < N_FORMATS; i++)
            if (is_key(key, layouts[i].clean_key))
                parts->clean[i] = value;
            else if (is_key(key, layouts[i].noisy_key))
                parts->noisy[i] = value;
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

/* One list of a record. */
struct wanted {
    const struct layout *layout;
    struct se_span list;
    const char *key;
    int64_t n_values;
    const char *path; /* of the file, */
    long long record; /* and in it, for messages */
};

/* Reads the list into *bytes, grown to n_values of them. */
static int read_list(uint8_t **bytes, const struct wanted *w,
                     struct se_report *report)
{
    const struct layout *layout = w->layout;
    const char *values = layout->list == FLOAT_LIST ? "floats" : "samples";
    int64_t n_bytes = w->n_values * layout->value_bytes;

    if (!w->list.at)
        return se_fail(report, SE_ERR_FORMAT, "%s: record %lld: no list \"%s\"",
                       w->path, w->record, w->key);

    int64_t found = read_features(w->list, layout, NULL);

    if (found < 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: record %lld: \"%s\" is not a list of %s", w->path,
                       w->record, w->key, values);
    if (found != n_bytes)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: record %lld: \"%s\" has %lld %s, "
                       "expected length x %d = %lld",
                       w->path, w->record, w->key,
                       (long long)(found / layout->value_bytes), values,
                       layout->frame_values, (long long)w->n_values);

    uint8_t *grown = realloc(*bytes, (size_t)n_bytes);

    if (!grown)
        return se_fail_memory(report, w->path);
    *bytes = grown;
    read_features(w->list, layout, grown);
    return SE_OK;
}

static int read_floats(float **floats, const struct wanted *w,
                       struct se_report *report)
{
    uint8_t *bytes = (uint8_t *)*floats;
    int status = read_list(&bytes, w, report);

    *floats = (float *)bytes;
    for (int64_t i = 0; status == SE_OK && i < w->n_values; i++) {
        float value = se_get_float(bytes + 4 * i);

        (*floats)[i] = value;
        if (!isfinite(value))
            status =
                se_fail(report, SE_ERR_NUMERIC,
                        "%s: record %lld: \"%s\" is not finite in frame "
                        "%lld, bin %lld",
                        w->path, w->record, w->key, (long long)(i / SE_BINS),
                        (long long)(i % SE_BINS));
    }
    return status;
}

static int read_pcm(int16_t **pcm, const struct wanted *w,
                    struct se_report *report)
{
    uint8_t *bytes = (uint8_t *)*pcm;
    int status = read_list(&bytes, w, report);

    *pcm = (int16_t *)bytes;
    for (int64_t i = 0; status == SE_OK && i < w->n_values; i++)
        (*pcm)[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    return status;
}

static int read_signals(struct se_example *example, const struct parts *parts,
                        const char *path, int64_t record,
                        struct se_report *report)
{
    const struct layout *layout = &layouts[example->format];
    struct wanted noisy = {
        .layout = layout,
        .list = parts->noisy[example->format],
        .key = layout->noisy_key,
        .n_values = (int64_t)parts->length * layout->frame_values,
        .path = path,
        .record = record,
    };
    struct wanted clean = noisy;
    int status;

    clean.list = parts->clean[example->format];
    clean.key = layout->clean_key;
    if (example->format == SE_RECORD_PCM) {
        status = read_pcm(&example->pcm_noisy, &noisy, report);
        if (status == SE_OK)
            status = read_pcm(&example->pcm_clean, &clean, report);
        return status;
    }
    status = read_floats(&example->pspec_noisy, &noisy, report);
    if (status == SE_OK)
        status = read_floats(&example->pspec_clean, &clean, report);
    return status;
}

int se_example_decode(struct se_example *example, struct se_span payload,
                      const char *path, int64_t record,
                      struct se_report *report)
{
    struct parts parts = {0};

    if (read_parts(&parts, payload) != 0)
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

    int has_pcm =
        parts.noisy[SE_RECORD_PCM].at || parts.clean[SE_RECORD_PCM].at;
    int has_pspec =
        parts.noisy[SE_RECORD_PSPEC].at || parts.clean[SE_RECORD_PSPEC].at;

    example->format = has_pcm && !has_pspec ? SE_RECORD_PCM : SE_RECORD_PSPEC;

    int status = read_signals(example, &parts, path, record, report);

    example->n_frames = status == SE_OK ? (int)parts.length : 0;
    return status;
}

void se_example_free(struct se_example *example)
{
    free(example->pspec_noisy);
    free(example->pspec_clean);
    free(example->pcm_noisy);
    free(example->pcm_clean);
    *example = (struct se_example){0};
}
