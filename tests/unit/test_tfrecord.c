/* test_tfrecord.c - record bytes, and records that are wrong. */
#include "check.h"
#include "encoding/crc32c.h"
#include "records/example.h"
#include "records/summary.h"
#include "records/tfrecord.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { N_BINS = 257 };

static size_t from_hex(uint8_t *bytes, const char *hex)
{
    size_t n = 0;
    unsigned byte;

    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        bytes[n++] = (uint8_t)byte;
    return n;
}

static uint32_t masked(const void *bytes, size_t n)
{
    return se_crc32c_masked(se_crc32c(0, bytes, n));
}

/* ---- the original's bytes (formats.md sections 1 and 2) ------------------ */

static const char SMALL_PAYLOAD[] =
    "0a110a0f0a066c656e67746812051a030a01011237"
    "0a190a0770737065635f73120e0a0c120a0a080000003f0000803e"
    "0a1a0a0870737065635f736e120e0a0c120a0a080000803f00000040";

TEST(payload_bytes)
{
    float noisy[] = {1, 2}, clean[] = {0.5f, 0.25f};
    struct se_example example = {
        .n_frames = 1, .pspec_noisy = noisy, .pspec_clean = clean};
    uint8_t want[100], got[100];
    size_t n = from_hex(want, SMALL_PAYLOAD);

    expect_equal(n, 76);
    expect_equal(se_example_size(SE_RECORD_PSPEC, 1, 2), n);
    se_example_encode(got, &example, 2);
    expect_bytes(got, want, n);
}

static struct se_example make_example(int n_frames, float start)
{
    size_t n = (size_t)n_frames * N_BINS;
    struct se_example example = {.n_frames = n_frames,
                                 .pspec_noisy = malloc(n * sizeof(float)),
                                 .pspec_clean = malloc(n * sizeof(float))};

    expect(example.pspec_noisy);
    expect(example.pspec_clean);
    for (size_t i = 0; i < n; i++) {
        example.pspec_noisy[i] = start + (float)i * 0.25f;
        example.pspec_clean[i] = start * 1e-6f + (float)i;
    }
    return example;
}

/* The head of a payload of the original's size, 500 frames. */
TEST(real_size)
{
    struct se_example example = make_example(500, 1);
    uint8_t want[64];
    size_t n =
        from_hex(want, "0a120a100a066c656e67746812061a040a02f40312dbdf3e"
                       "0ae9af1f0a0770737065635f7312dcaf1f0ad8af1f12d4af1f"
                       "0ad0af1f");
    uint8_t *payload = malloc(1028083);

    expect(payload);
    expect_equal(se_example_size(SE_RECORD_PSPEC, 500, 500 * N_BINS), 1028083);
    se_example_encode(payload, &example, 500 * N_BINS);
    expect_bytes(payload, want, n);
    free(payload);
    se_example_free(&example);
}

/* ---- there and back ----------------------------------------------------- */

static void write_records(const char *path, int gzip, const int *n_frames,
                          int n)
{
    struct se_tfrecord_writer *writer;

    expect_ok(se_tfrecord_create(&writer, path, gzip, &report));
    for (int i = 0; i < n; i++) {
        struct se_example example = make_example(n_frames[i], (float)i);

        expect_ok(se_tfrecord_write(writer, &example, &report));
        se_example_free(&example);
    }
    expect_ok(se_tfrecord_commit(writer, &report));
}

static void check_records(const char *path, const int *n_frames, int n)
{
    struct se_tfrecord_reader *reader;
    struct se_example example = {0};
    int found;

    expect_ok(se_tfrecord_open(&reader, path, &report));
    for (int i = 0; i < n; i++) {
        struct se_example want = make_example(n_frames[i], (float)i);
        size_t n_bytes = (size_t)n_frames[i] * N_BINS * sizeof(float);

        expect_ok(se_tfrecord_read(reader, &example, &found, &report));
        expect(found);
        expect_equal(example.n_frames, n_frames[i]);
        expect_bytes(example.pspec_noisy, want.pspec_noisy, n_bytes);
        expect_bytes(example.pspec_clean, want.pspec_clean, n_bytes);
        se_example_free(&want);
    }
    for (int again = 0; again < 2; again++) {
        expect_ok(se_tfrecord_read(reader, &example, &found, &report));
        expect(!found);
    }
    se_example_free(&example);
    se_tfrecord_close(reader);
}

TEST(round_trip)
{
    const int n_frames[] = {500, 1, 3000, 2};

    for (int gzip = 0; gzip < 2; gzip++) {
        write_records(in_scratch("file"), gzip, n_frames, 4);
        check_records(in_scratch("file"), n_frames, 4);
        write_records(in_scratch("file"), gzip, n_frames, 0);
        check_records(in_scratch("file"), n_frames, 0);
    }
}

static uint8_t *read_whole(const char *path, size_t *n)
{
    static uint8_t bytes[1 << 16];
    FILE *file = fopen(path, "rb");

    expect(file);
    *n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return bytes;
}

static void write_whole(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");

    expect(file);
    expect_equal(fwrite(bytes, 1, n, file), n);
    expect_equal(fclose(file), 0);
}

TEST(size_on_disk)
{
    const int n_frames[] = {500, 500, 500, 500, 500};
    struct stat info;

    write_records(in_scratch("file"), 0, n_frames, 5);
    expect_equal(stat(in_scratch("file"), &info), 0);
    expect_equal(info.st_size, 5140495);
    write_records(in_scratch("file"), 1, n_frames, 5);
    expect_equal(stat(in_scratch("file"), &info), 0);
    expect(info.st_size < 5140495);
}

/* zlib streams, and gzip streams one after another, are read too. */
TEST(other_compression)
{
    const int one = 1;
    uint8_t packed[1 << 16], *plain;
    uLongf n_packed = sizeof packed;
    size_t n;
    FILE *file;

    write_records(in_scratch("file"), 0, &one, 1);
    plain = read_whole(in_scratch("file"), &n);
    expect_equal(compress(packed, &n_packed, plain, n), Z_OK);
    write_whole(in_scratch("file"), packed, n_packed);
    check_records(in_scratch("file"), &one, 1);

    write_records(in_scratch("file"), 1, &one, 1);
    plain = read_whole(in_scratch("file"), &n);
    file = fopen(in_scratch("file"), "ab");
    expect(file);
    write_records(in_scratch("none"), 1, &one, 0);
    plain = read_whole(in_scratch("none"), &n);
    expect_equal(fwrite(plain, 1, n, file), n);
    fclose(file);
    check_records(in_scratch("file"), &one, 1);
}

/* ---- other people's messages -------------------------------------------- */

/* Frames a message and reads it back as the only record of a file. */
static int read_payload(struct se_example *example, const void *payload,
                        size_t n)
{
    struct se_tfrecord_reader *reader;
    uint8_t *record = calloc(1, n + 16);
    uint32_t crc;
    int found;

    expect(record);
    for (int i = 0; i < 8; i++)
        record[i] = (uint8_t)((uint64_t)n >> 8 * i);
    crc = masked(record, 8);
    memcpy(record + 8, &crc, 4);
    memcpy(record + 12, payload, n);
    crc = masked(payload, n);
    memcpy(record + 12 + n, &crc, 4);
    write_whole(in_scratch("other"), record, n + 16);
    free(record);

    expect_ok(se_tfrecord_open(&reader, in_scratch("other"), &report));

    int status = se_tfrecord_read(reader, example, &found, &report);

    se_tfrecord_close(reader);
    return status;
}

struct message {
    uint8_t bytes[8192];
    size_t n;
};

static void put(struct message *message, const void *bytes, size_t n)
{
    expect(message->n + n <= sizeof message->bytes);
    memcpy(message->bytes + message->n, bytes, n);
    message->n += n;
}

/* A field of bytes; number 1..15. */
static void put_field(struct message *message, int number, const void *bytes,
                      size_t n)
{
    uint8_t head[] = {(uint8_t)(number << 3 | 2), (uint8_t)(n | 0x80),
                      (uint8_t)(n >> 7)};

    put(message, head, 3);
    put(message, bytes, n);
}

static void put_entry(struct message *map, const char *key,
                      const struct message *value)
{
    struct message entry = {.n = 0};

    put_field(&entry, 2, value->bytes, value->n);
    put_field(&entry, 1, key, strlen(key));
    put_field(map, 1, entry.bytes, entry.n);
}

/* One Feature with a value of `number`, unpacked. */
static void put_length(struct message *context, const char *key, int number)
{
    struct message feature = {.n = 0};
    uint8_t list[] = {0x08, (uint8_t)(number & 0x7f)};

    put_field(&feature, 3, list, 2);
    put_entry(context, key, &feature);
}

/* A list of `n` Features of one frame each, values k + 0.5, half of them
 * unpacked, an unknown field before each. */
static void put_frames(struct message *lists, const char *key, int n)
{
    struct message list = {.n = 0};

    for (int t = 0; t < n; t++) {
        struct message floats = {.n = 0}, feature = {.n = 0};
        uint8_t packed[4 * 128];

        put(&floats, "\x4d\1\2\3\4", 5); /* field 9, 32 bits */
        for (int k = 0; k < 128; k++) {
            float value = (float)k + 0.5f;

            memcpy(packed + 4 * k, &value, 4);
        }
        put_field(&floats, 1, packed, sizeof packed);
        for (int k = 128; k < N_BINS; k++) {
            float value = (float)k + 0.5f;

            put(&floats, "\x0d", 1);
            put(&floats, &value, 4);
        }
        put_field(&feature, 2, floats.bytes, floats.n);
        put_field(&list, 1, feature.bytes, feature.n);
    }
    put_entry(lists, key, &list);
}

/* Lists before the context, keys after values, unpacked numbers, an unknown
 * key and unknown fields, a Feature for each frame, a key given twice. */
TEST(other_writers)
{
    struct message lists = {.n = 0}, context = {.n = 0}, all = {.n = 0};
    struct message nothing = {.n = 0};
    struct se_example example = {0};

    put_frames(&lists, "pspec_sn", 2);
    put_entry(&lists, "labels", &nothing);
    put_frames(&lists, "pspec_s", 1);
    put_entry(&lists, "pspec_s", &nothing);
    put_length(&context, "speaker", 9);
    put_length(&context, "length", 1);
    put_field(&all, 2, lists.bytes, lists.n);
    put(&all, "\x38\x80\x01", 3); /* field 7, a number */
    put_field(&all, 1, context.bytes, context.n);
    expect_error(read_payload(&example, all.bytes, all.n), SE_ERR_FORMAT,
                 "record 0: \"pspec_sn\" has 514 "
                 "floats, expected length x 257 = 257");

    lists.n = all.n = 0;
    put_frames(&lists, "pspec_sn", 1);
    put_entry(&lists, "pspec_s", &nothing);
    put_frames(&lists, "pspec_s", 1);
    put_field(&all, 2, lists.bytes, lists.n);
    put_field(&all, 1, context.bytes, context.n);
    expect_ok(read_payload(&example, all.bytes, all.n));
    expect_equal(example.n_frames, 1);
    for (int k = 0; k < N_BINS; k++) {
        expect(example.pspec_noisy[k] == (float)k + 0.5f);
        expect(example.pspec_clean[k] == (float)k + 0.5f);
    }
    se_example_free(&example);
}

static void expect_bad_payload(const void *payload, size_t n, int status,
                               const char *words)
{
    struct se_example example = {0};

    expect_equal(read_payload(&example, payload, n), status);
    expect_contains(report.text, "other: record 0: ");
    expect_contains(report.text, words);
    expect_equal(example.n_frames, 0);
    se_example_free(&example);
}

TEST(bad_messages)
{
    struct message context = {.n = 0}, lists = {.n = 0}, all = {.n = 0};
    uint8_t small[100];
    size_t n = from_hex(small, SMALL_PAYLOAD);

    expect_bad_payload("", 0, SE_ERR_FORMAT, "no \"length\"");
    expect_bad_payload("\xff", 1, SE_ERR_FORMAT, "not a SequenceExample");
    expect_bad_payload("\x0a\x7f", 2, SE_ERR_FORMAT, "not a SequenceExample");
    expect_bad_payload("\x0b", 1, SE_ERR_FORMAT, "not a SequenceExample");
    /* a length that would wrap a pointer, and a number of eleven bytes */
    expect_bad_payload("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11,
                       SE_ERR_FORMAT, "not a SequenceExample");
    expect_bad_payload("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12,
                       SE_ERR_FORMAT, "not a SequenceExample");
    expect_bad_payload(small, n, SE_ERR_FORMAT,
                       "\"pspec_sn\" has 2 floats, expected length x 257");

    put_length(&context, "length", 0);
    put_field(&all, 1, context.bytes, context.n);
    expect_bad_payload(all.bytes, all.n, SE_ERR_FORMAT, "length is 0");

    context.n = all.n = 0;
    put_length(&context, "length", 1);
    put_field(&all, 1, context.bytes, context.n);
    expect_bad_payload(all.bytes, all.n, SE_ERR_FORMAT, "no list \"pspec_sn\"");
    put_frames(&lists, "pspec_sn", 1);
    put_field(&all, 2, lists.bytes, lists.n);
    expect_bad_payload(all.bytes, all.n, SE_ERR_FORMAT, "no list \"pspec_s\"");
}

/* Every message cut short fails or still holds all that is needed. */
TEST(cut_messages)
{
    struct message context = {.n = 0}, lists = {.n = 0}, all = {.n = 0};

    put_length(&context, "length", 1);
    put_frames(&lists, "pspec_sn", 1);
    put_frames(&lists, "pspec_s", 1);
    put_field(&all, 1, context.bytes, context.n);
    put_field(&all, 2, lists.bytes, lists.n);
    for (size_t n = 0; n < all.n; n++) {
        /* a copy of its own, so that a sanitizer sees reads beyond it */
        uint8_t *copy = malloc(n + 1);
        struct se_example example = {0};

        expect(copy);
        memcpy(copy, all.bytes, n);
        expect_status(
            se_example_decode(&example, se_span_of(copy, n), "cut", 0, &report),
            SE_ERR_FORMAT);
        free(copy);
        se_example_free(&example);
    }
}

TEST(not_finite)
{
    struct se_example example = make_example(2, 1);
    uint8_t *payload = malloc(se_example_size(SE_RECORD_PSPEC, 2, 2 * N_BINS));

    expect(payload);
    example.pspec_clean[N_BINS + 3] = NAN;
    se_example_encode(payload, &example, 2 * N_BINS);
    expect_bad_payload(payload, se_example_size(SE_RECORD_PSPEC, 2, 2 * N_BINS),
                       SE_ERR_NUMERIC,
                       "\"pspec_s\" is not finite in frame 1, bin 3");
    free(payload);
    se_example_free(&example);
}

/* ---- damaged files ------------------------------------------------------ */

static int read_all(const char *path, int *n_records)
{
    struct se_tfrecord_reader *reader;
    struct se_example example = {0};
    int status = se_tfrecord_open(&reader, path, &report), found = 1;

    *n_records = 0;
    if (status != SE_OK)
        return status;
    while (status == SE_OK && found) {
        status = se_tfrecord_read(reader, &example, &found, &report);
        *n_records += found;
    }
    se_example_free(&example);
    se_tfrecord_close(reader);
    return status;
}

static void expect_damage(size_t at, size_t keep, int n_before,
                          const char *words)
{
    const int n_frames[] = {2, 2};
    size_t n;
    int n_records;

    write_records(in_scratch("file"), 0, n_frames, 2);

    uint8_t *bytes = read_whole(in_scratch("file"), &n);

    if (at < n)
        bytes[at] ^= 0x10;
    write_whole(in_scratch("file"), bytes, keep < n ? keep : n);
    expect_status(read_all(in_scratch("file"), &n_records), SE_ERR_FORMAT);
    expect_equal(n_records, n_before);
    expect_contains(report.text, in_scratch("file"));
    expect_contains(report.text, words);
}

TEST(damage)
{
    size_t whole = 1u << 16,
           record = 16 + se_example_size(SE_RECORD_PSPEC, 2, 2 * N_BINS);

    expect_damage(0, whole, 0, "record 0: wrong checksum of the length: not");
    expect_damage(9, whole, 0, "record 0: wrong checksum of the length");
    expect_damage(100, whole, 0, "record 0: wrong checksum of the data");
    expect_damage(record - 1, whole, 0, "record 0: wrong checksum of the data");
    expect_damage(record, whole, 1, "record 1: wrong checksum of the length");
    expect_damage(record + 50, whole, 1, "record 1: wrong checksum of the dat");
    expect_damage(whole, record + 5, 1, "record 1: truncated");
    expect_damage(whole, record + 12, 1, "record 1: truncated");
    expect_damage(whole, 2 * record - 1, 1, "record 1: truncated");
}

/* 2^62 bytes, checksum right, 3 bytes there. */
TEST(hostile_length)
{
    uint8_t bytes[15] = {0};
    int n_records;
    uint32_t crc;

    bytes[7] = 0x40;
    crc = masked(bytes, 8);
    memcpy(bytes + 8, &crc, 4);
    write_whole(in_scratch("file"), bytes, sizeof bytes);
    expect_error(read_all(in_scratch("file"), &n_records), SE_ERR_FORMAT,
                 "longer than 2 GiB");

    memcpy(bytes, "\xff\xff\xff\x7f\0\0\0\0", 8);
    crc = masked(bytes, 8);
    memcpy(bytes + 8, &crc, 4);
    write_whole(in_scratch("file"), bytes, sizeof bytes);
    expect_error(read_all(in_scratch("file"), &n_records), SE_ERR_FORMAT,
                 "truncated");
}

TEST(damaged_gzip)
{
    const int n_frames = 2;
    uint8_t *bytes;
    int n_records;
    size_t n;

    write_records(in_scratch("file"), 1, &n_frames, 1);
    bytes = read_whole(in_scratch("file"), &n);
    write_whole(in_scratch("cut"), bytes, n - 3);
    expect_error(read_all(in_scratch("cut"), &n_records), SE_ERR_FORMAT,
                 "truncated");
    write_whole(in_scratch("cut"), bytes, 10);
    expect_status(read_all(in_scratch("cut"), &n_records), SE_ERR_FORMAT);
    bytes[n - 6] ^= 1;
    write_whole(in_scratch("cut"), bytes, n);
    expect_error(read_all(in_scratch("cut"), &n_records), SE_ERR_FORMAT,
                 "damaged compressed stream");
}

TEST(cannot_open)
{
    struct se_tfrecord_reader *reader;
    struct se_tfrecord_writer *writer;

    expect_status(se_tfrecord_open(&reader, in_scratch("missing"), &report),
                  SE_ERR_IO);
    expect(!reader);
    expect_contains(report.text, "No such file");
    expect_status(se_tfrecord_open(&reader, scratch, &report), SE_ERR_IO);
    expect(!reader);
    expect_status(
        se_tfrecord_create(&writer, in_scratch("no/file"), 0, &report),
        SE_ERR_IO);
    expect(!writer);
    se_tfrecord_close(NULL);
    se_tfrecord_discard(NULL);
}

/* What is discarded, or not yet finished, is not there. */
TEST(discard)
{
    struct se_example example = make_example(1, 1);
    struct se_tfrecord_writer *writer;

    for (int gzip = 0; gzip < 2; gzip++) {
        expect_ok(
            se_tfrecord_create(&writer, in_scratch("draft"), gzip, &report));
        expect_ok(se_tfrecord_write(writer, &example, &report));
        expect(access(in_scratch("draft"), F_OK) != 0);
        se_tfrecord_discard(writer);
        expect(access(in_scratch("draft"), F_OK) != 0);
    }
    se_example_free(&example);
}

TEST(summary)
{
    struct se_example example = make_example(2, 1);

    for (int i = 0; i < 2 * N_BINS; i++) {
        example.pspec_clean[i] = i == 5 ? 0.5f : 1.0f / N_BINS;
        example.pspec_noisy[i] = example.pspec_clean[i] + 0.1f / N_BINS;
    }
    example.pspec_clean[5] = 1.0f / N_BINS;

    struct se_summary summary = se_summarise(&example);

    expect(fabs(summary.clean_db) < 1e-4);
    expect(summary.highest > 0.5f && summary.highest < 0.501f);
    expect_near((double)summary.lowest * N_BINS, 1, 1e-4);
    example.pspec_noisy[5] = 1.1f / N_BINS;
    summary = se_summarise(&example);
    expect_near(summary.noisy_db, 10 * log10(1.1), 1e-4);
    expect_near(summary.snr_db, 10, 1e-3);

    memset(example.pspec_clean, 0, sizeof(float) * 2 * N_BINS);
    memset(example.pspec_noisy, 0, sizeof(float) * 2 * N_BINS);
    summary = se_summarise(&example);
    expect(isinf(summary.clean_db) && isinf(summary.snr_db));
    se_example_free(&example);
}
