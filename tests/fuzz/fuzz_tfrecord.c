/* fuzz_tfrecord.c - libFuzzer: any bytes are an error or records, once as the
 * message of a record (whose checksum would keep the fuzzer out) and once as a
 * whole file; what was read is written and reads back. */
#include "records/example.h"
#include "records/tfrecord.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const void *noisy_of(const struct se_example *example)
{
    return example->format == SE_RECORD_PCM ? (void *)example->pcm_noisy
                                            : (void *)example->pspec_noisy;
}

static const void *clean_of(const struct se_example *example)
{
    return example->format == SE_RECORD_PCM ? (void *)example->pcm_clean
                                            : (void *)example->pspec_clean;
}

/* The encoder's message of what the decoder found reads as the same. */
static void check_again(const struct se_example *example)
{
    int is_pcm = example->format == SE_RECORD_PCM;
    size_t n_values = (size_t)example->n_frames * (is_pcm ? 160 : 257);
    size_t n_bytes = n_values * (is_pcm ? 2 : 4);
    size_t size = se_example_size(example->format, example->n_frames, n_values);
    uint8_t *payload = malloc(size);
    struct se_example again = {0};

    if (payload) {
        se_example_encode(payload, example, n_values);
        if (se_example_decode(&again, se_span_of(payload, size), "again", 0,
                              NULL) != SE_OK ||
            again.n_frames != example->n_frames ||
            again.format != example->format ||
            memcmp(noisy_of(&again), noisy_of(example), n_bytes) ||
            memcmp(clean_of(&again), clean_of(example), n_bytes))
            abort();
    }
    se_example_free(&again);
    free(payload);
}

static void read_file(const uint8_t *bytes, size_t n)
{
    int file = memfd_create("fuzz", 0), found = 1;
    struct se_tfrecord_reader *reader;
    struct se_example example = {0};
    struct se_report report;
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (file >= 0 && write(file, bytes, n) == (ssize_t)n &&
        se_tfrecord_open(&reader, path, &report) == SE_OK) {
        while (found &&
               se_tfrecord_read(reader, &example, &found, &report) == SE_OK)
            ;
        se_example_free(&example);
        se_tfrecord_close(reader);
    }
    if (file >= 0)
        close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct se_example example = {0};
    struct se_report report;

    if (se_example_decode(&example, se_span_of(bytes, n), "bytes", 0,
                          &report) == SE_OK)
        check_again(&example);
    se_example_free(&example);
    read_file(bytes, n);
    return 0;
}
