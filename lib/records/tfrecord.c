/* tfrecord.c - TFRecord framing: length, its checksum, payload, its checksum.
 */
#include "records/tfrecord.h"

#include "dsp/stft.h"
#include "encoding/bytes.h"
#include "encoding/crc32c.h"
#include "files/atomic.h"
#include "records/example.h"
#include "records/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    HEAD_BYTES = 12,
    CRC_BYTES = 4,
    CHUNK = 1 << 16,
    MAX_PAYLOAD = INT_MAX /* twice MAX_FRAMES of example.c and more */
};

static uint32_t masked_crc(const void *bytes, size_t n_bytes)
{
    return se_crc32c_masked(se_crc32c(0, bytes, n_bytes));
}

static int head_is_right(const uint8_t head[HEAD_BYTES])
{
    return masked_crc(head, 8) == se_get_u32(head + 8);
}

/* ---- writing ------------------------------------------------------------ */

struct se_tfrecord_writer {
    struct se_atomic_file file;
    uint8_t *record; /* grown as needed */
    size_t capacity;
    uint32_t *crc; /* of the file so far; may be NULL */
    int gzip;
    struct se_gzip packer;
    uint8_t packed[SE_GZIP_ROOM];
};

static void free_writer(struct se_tfrecord_writer *writer)
{
    free(writer->record);
    free(writer);
}

int se_tfrecord_create(struct se_tfrecord_writer **out, const char *path,
                       int gzip, struct se_report *report)
{
    struct se_tfrecord_writer *writer = calloc(1, sizeof *writer);

    *out = NULL;
    if (!writer)
        return se_fail_memory(report, path);

    int status = se_atomic_open(&writer->file, path, report);

    writer->gzip = gzip;
    if (status != SE_OK) {
        se_tfrecord_discard(writer);
        return status;
    }
    *out = writer;
    return SE_OK;
}

static int write_failed(const struct se_tfrecord_writer *writer,
                        struct se_report *report)
{
    return se_fail_errno(report, writer->file.path, "cannot write");
}

void se_tfrecord_sum(struct se_tfrecord_writer *writer, uint32_t *crc)
{
    writer->crc = crc;
    *crc = 0;
}

static int write_through(struct se_tfrecord_writer *writer, const void *bytes,
                         size_t n_bytes, struct se_report *report)
{
    if (writer->crc)
        *writer->crc = se_crc32c(*writer->crc, bytes, n_bytes);
    return fwrite(bytes, 1, n_bytes, writer->file.stream) == n_bytes
               ? SE_OK
               : write_failed(writer, report);
}

static int flush_packer(struct se_tfrecord_writer *writer, int last,
                        struct se_report *report)
{
    size_t n = se_gzip_flush(&writer->packer, writer->packed, last);

    return write_through(writer, writer->packed, n, report);
}

static int write_bytes(struct se_tfrecord_writer *writer, const uint8_t *bytes,
                       size_t n_bytes, struct se_report *report)
{
    int status = SE_OK;

    if (!writer->gzip)
        return write_through(writer, bytes, n_bytes, report);
    while (n_bytes > 0 && status == SE_OK) {
        size_t n = se_gzip_take(&writer->packer, bytes, n_bytes);

        bytes += n;
        n_bytes -= n;
        if (n_bytes > 0)
            status = flush_packer(writer, 0, report);
    }
    return status;
}

int se_tfrecord_write(struct se_tfrecord_writer *writer,
                      const struct se_example *example,
                      struct se_report *report)
{
    size_t frame = example->format == SE_RECORD_PCM ? SE_HOP : SE_BINS;
    size_t n_values = (size_t)example->n_frames * frame;
    size_t n_payload =
        se_example_size(example->format, example->n_frames, n_values);
    size_t n_record = HEAD_BYTES + n_payload + CRC_BYTES;

    if (n_payload > MAX_PAYLOAD)
        return se_fail(report, SE_ERR_ARG,
                       "%s: %d frames are too many for one record",
                       writer->file.path, example->n_frames);
    if (n_record > writer->capacity) {
        free(writer->record);
        writer->record = malloc(n_record);
        writer->capacity = writer->record ? n_record : 0;
    }
    if (!writer->record)
        return se_fail_memory(report, writer->file.path);

    uint8_t *payload = writer->record + HEAD_BYTES;

    se_put_u64(writer->record, n_payload);
    se_put_u32(writer->record + 8, masked_crc(writer->record, 8));
    se_example_encode(payload, example, n_values);
    se_put_u32(payload + n_payload, masked_crc(payload, n_payload));
    return write_bytes(writer, writer->record, n_record, report);
}

int se_tfrecord_commit(struct se_tfrecord_writer *writer,
                       struct se_report *report)
{
    int status = SE_OK;

    if (writer->gzip)
        status = flush_packer(writer, 1, report);
    if (status == SE_OK)
        status = se_atomic_commit_unflushed(&writer->file, report);
    else
        se_atomic_discard(&writer->file);
    free_writer(writer);
    return status;
}

void se_tfrecord_discard(struct se_tfrecord_writer *writer)
{
    if (!writer)
        return;
    se_atomic_discard(&writer->file);
    free_writer(writer);
}

/* ---- reading ------------------------------------------------------------ */

struct se_tfrecord_reader {
    char *path;
    FILE *file;
    int64_t n_records; /* read so far */
    uint8_t *payload;  /* grown as needed */
    size_t capacity;
    int compressed;
    int stream_ended; /* of the compressed stream, at a good place */
    z_stream inflate;
    uint8_t chunk[CHUNK];
};

/* A plain file may begin with the bytes that mark gzip or zlib: its first
 * length then has the right checksum. */
static int looks_compressed(const uint8_t *head, size_t n)
{
    if (n < 2 || (n == HEAD_BYTES && head_is_right(head)))
        return 0;
    return (head[0] == 0x1f && head[1] == 0x8b) ||
           ((head[0] & 0x0f) == Z_DEFLATED && head[0] >> 4 <= 7 &&
            (head[0] << 8 | head[1]) % 31 == 0);
}

int se_tfrecord_open(struct se_tfrecord_reader **out, const char *path,
                     struct se_report *report)
{
    struct se_tfrecord_reader *reader = calloc(1, sizeof *reader);
    uint8_t head[HEAD_BYTES];
    int status = SE_OK;

    *out = NULL;
    if (!reader || !(reader->path = strdup(path))) {
        se_tfrecord_close(reader);
        return se_fail_memory(report, path);
    }
    reader->file = fopen(path, "rb");
    if (!reader->file) {
        status = se_fail_errno(report, path, "cannot open");
    } else {
        size_t n = fread(head, 1, sizeof head, reader->file);

        if (ferror(reader->file))
            status = se_fail_errno(report, path, "cannot read");
        else if (fseek(reader->file, 0, SEEK_SET) != 0)
            status = se_fail(report, SE_ERR_ARG,
                             "%s: a pipe or a device, expected a file", path);
        else if (looks_compressed(head, n)) {
            /* 32: tell gzip and zlib apart. */
            reader->compressed =
                inflateInit2(&reader->inflate, 32 + MAX_WBITS) == Z_OK;
            if (!reader->compressed)
                status = se_fail_memory(report, path);
        }
    }
    if (status != SE_OK)
        se_tfrecord_close(reader);
    else
        *out = reader;
    return status;
}

void se_tfrecord_close(struct se_tfrecord_reader *reader)
{
    if (!reader)
        return;
    if (reader->compressed)
        inflateEnd(&reader->inflate);
    if (reader->file)
        fclose(reader->file);
    free(reader->payload);
    free(reader->path);
    free(reader);
}

static int read_failed(const struct se_tfrecord_reader *reader,
                       struct se_report *report)
{
    return se_fail_errno(report, reader->path, "cannot read");
}

/* Fills the input of the compressed stream when it is empty; avail_in stays 0
 * at the end of the file. */
static int refill(struct se_tfrecord_reader *reader, struct se_report *report)
{
    z_stream *z = &reader->inflate;

    if (z->avail_in > 0)
        return SE_OK;
    z->next_in = reader->chunk;
    z->avail_in = (uInt)fread(reader->chunk, 1, CHUNK, reader->file);
    return ferror(reader->file) ? read_failed(reader, report) : SE_OK;
}

static int inflate_bytes(struct se_tfrecord_reader *reader, uint8_t *bytes,
                         size_t n_bytes, size_t *n_read,
                         struct se_report *report)
{
    z_stream *z = &reader->inflate;

    z->next_out = bytes;
    z->avail_out = (uInt)n_bytes;
    while (z->avail_out > 0) {
        int status = refill(reader, report);

        if (status != SE_OK)
            return status;
        if (z->avail_in == 0 && reader->stream_ended)
            break;
        if (z->avail_in == 0)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: truncated: the compressed stream has no end",
                           reader->path);
        /* Streams may follow one another, as `cat a.gz b.gz` makes them. */
        if (reader->stream_ended)
            inflateReset(z);

        int result = inflate(z, Z_NO_FLUSH);

        if (result == Z_MEM_ERROR)
            return se_fail_memory(report, reader->path);
        if (result != Z_OK && result != Z_STREAM_END)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: damaged compressed stream: %s", reader->path,
                           z->msg ? z->msg : "it needs a dictionary");
        reader->stream_ended = result == Z_STREAM_END;
    }
    *n_read = n_bytes - z->avail_out;
    return SE_OK;
}

/* *n_read < n_bytes at the end of the data. */
static int read_bytes(struct se_tfrecord_reader *reader, uint8_t *bytes,
                      size_t n_bytes, size_t *n_read, struct se_report *report)
{
    *n_read = 0;
    if (reader->compressed)
        return inflate_bytes(reader, bytes, n_bytes, n_read, report);
    *n_read = fread(bytes, 1, n_bytes, reader->file);
    return ferror(reader->file) ? read_failed(reader, report) : SE_OK;
}

static int bad_record(const struct se_tfrecord_reader *reader, const char *what,
                      struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT, "%s: record %lld: %s", reader->path,
                   (long long)reader->n_records, what);
}

static int grow_payload(struct se_tfrecord_reader *reader, size_t size,
                        struct se_report *report)
{
    if (size <= reader->capacity)
        return SE_OK;

    uint8_t *payload = realloc(reader->payload, size);

    if (!payload)
        return se_fail_memory(report, reader->path);
    reader->payload = payload;
    reader->capacity = size;
    return SE_OK;
}

/* Payload and checksum, n bytes in all. The buffer grows with what really is
 * in the file: a length alone, however large, costs nothing. */
static int read_payload(struct se_tfrecord_reader *reader, size_t n,
                        struct se_report *report)
{
    size_t step = 1 << 20, done = 0, got;

    while (done < n) {
        size_t now = n - done < step ? n - done : step;
        int status = grow_payload(reader, done + now, report);

        if (status == SE_OK)
            status =
                read_bytes(reader, reader->payload + done, now, &got, report);
        if (status != SE_OK)
            return status;
        if (got < now)
            return bad_record(reader, "truncated", report);
        done += now;
        step = done;
    }
    return SE_OK;
}

int se_tfrecord_read(struct se_tfrecord_reader *reader,
                     struct se_example *example, int *found,
                     struct se_report *report)
{
    uint8_t head[HEAD_BYTES];
    size_t got;
    int status = read_bytes(reader, head, sizeof head, &got, report);

    *found = 0;
    if (status != SE_OK || got == 0)
        return status;
    if (got < sizeof head)
        return bad_record(reader, "truncated", report);
    if (!head_is_right(head))
        return bad_record(reader,
                          reader->n_records == 0
                              ? "wrong checksum of the length: not a TFRecord "
                                "file"
                              : "wrong checksum of the length",
                          report);

    uint64_t n_payload = se_get_u64(head);

    if (n_payload > MAX_PAYLOAD)
        return bad_record(reader, "longer than 2 GiB", report);
    status = read_payload(reader, (size_t)n_payload + CRC_BYTES, report);
    if (status != SE_OK)
        return status;
    if (masked_crc(reader->payload, (size_t)n_payload) !=
        se_get_u32(reader->payload + n_payload))
        return bad_record(reader, "wrong checksum of the data", report);
    status = se_example_decode(example,
                               se_span_of(reader->payload, (size_t)n_payload),
                               reader->path, reader->n_records, report);
    reader->n_records++;
    *found = status == SE_OK;
    return status;
}
