/* sounds.h - sound files made and compared, for tests of what reads and writes
 * them. */
#ifndef SE_TESTS_SOUNDS_H
#define SE_TESTS_SOUNDS_H

#include "audio/sound.h"
#include "base/remark.h"
#include "base/rng.h"
#include "check.h"

#include <math.h>
#include <sndfile.h>
#include <unistd.h>

/* Whole numbers of `bits` bits over full scale, the extremes among them. */
static inline float *numbers(int64_t n, int bits)
{
    double scale = ldexp(1.0, bits - 1);
    float *x = malloc((size_t)n * sizeof *x);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, 1, (uint64_t)bits);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(floor(se_rng_uniform(&rng, -scale, scale)) / scale);
    if (n > 2) {
        x[0] = -1.0f;
        x[1] = (float)((scale - 1.0) / scale);
    }
    return x;
}

static inline void write_sound(const char *path, const float *samples,
                               int64_t n, struct se_sound_format format)
{
    struct se_sound_writer *writer;

    if (se_sound_create(&writer, path, &format, NULL, &report) != SE_OK ||
        se_sound_write(writer, samples, n, &report) != SE_OK ||
        se_sound_commit(writer, &report) != SE_OK)
        fail_test("%s", report.text);
}

/* Reads all of `path` in odd blocks and compares. */
static inline void expect_sound(const char *path,
                                const struct se_sound_format *raw,
                                const float *want, int64_t n,
                                struct se_sound_format want_format)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    int channels = want_format.channels;
    float block[77 * 6];
    int64_t done = 0, got;

    expect_ok(se_sound_open(&reader, &format, path, raw, &report));
    expect_equal(format.rate_hz, want_format.rate_hz);
    expect_equal(format.channels, channels);
    expect_equal(format.format & (SF_FORMAT_TYPEMASK | SF_FORMAT_SUBMASK),
                 want_format.format & (SF_FORMAT_TYPEMASK | SF_FORMAT_SUBMASK));
    do {
        expect_ok(se_sound_read(reader, block, 77, &got, &report));
        expect(done + got <= n);
        expect_bytes(block, want + done * channels,
                     (size_t)(got * channels) * sizeof *block);
        done += got;
    } while (got > 0);
    expect_equal(done, n);
    se_sound_close(reader);
}

static char remarked[600]; /* the last remark */

static inline void on_remark(enum se_remark_kind kind, const char *text)
{
    (void)kind;
    snprintf(remarked, sizeof remarked, "%s", text);
}

/* Closes the reader; what it then remarks has `words`, NULL: nothing. */
static inline void expect_remark(struct se_sound_reader *reader,
                                 const char *words)
{
    remarked[0] = '\0';
    se_remark_listen(on_remark);
    se_sound_close(reader);
    se_remark_listen(NULL);
    if (words)
        expect_contains(remarked, words);
    else
        expect(!remarked[0]);
}

/* Reads all of a file or pipe and compares; the remark is to have `words`. */
static inline void expect_odd(const char *path, const float *want,
                              int64_t n_want,
                              struct se_sound_format want_format,
                              const char *words)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    int channels = want_format.channels;
    float *x = calloc((size_t)(n_want + 999) * (size_t)channels, sizeof *x);
    int64_t n = 1, done = 0;

    expect_ok(se_sound_open(&reader, &format, path, NULL, &report));
    expect_equal(format.rate_hz, want_format.rate_hz);
    expect_equal(format.channels, channels);
    while (n > 0 && done <= n_want) {
        expect_ok(se_sound_read(reader, x + done * channels, 77, &n, &report));
        done += n;
    }
    expect_equal(done, n_want);
    if (want)
        expect_bytes(x, want, (size_t)(n_want * channels) * sizeof *x);
    expect_remark(reader, words);
    free(x);
}

/* Reads a file's bytes. */
static inline size_t bytes_of(void *bytes, size_t size, const char *path)
{
    FILE *stream = fopen(path, "rb");
    size_t n;

    expect(stream);
    n = fread(bytes, 1, size, stream);
    fclose(stream);
    return n;
}

static inline int n_files(void)
{
    char command[sizeof scratch + 40];
    int n = -1;

    snprintf(command, sizeof command, "ls '%s' | wc -l", scratch);

    FILE *stream = popen(command, "r");

    expect_equal(fscanf(stream, "%d", &n), 1);
    pclose(stream);
    return n;
}

/* The name of a pipe that holds these bytes; at most 64 kB fit. */
static inline const char *pipe_with(const void *bytes, size_t n)
{
    static char name[32];
    static int previous = -1;
    int ends[2];

    if (previous >= 0)
        close(previous);
    expect_equal(pipe(ends), 0);
    expect_equal(write(ends[1], bytes, n), (ssize_t)n);
    close(ends[1]);
    previous = ends[0];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    return name;
}

static inline void expect_refusal(const char *path, int status,
                                  const char *reason)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    float x[1000];
    int64_t n = 1;
    int result = se_sound_open(&reader, &format, path, NULL, &report);

    while (result == SE_OK && n > 0)
        result = se_sound_read(reader, x, 1000 / format.channels, &n, &report);
    se_sound_close(reader);
    expect_equal(result, status);
    if (!strstr(report.text, reason) || !strstr(report.text, path))
        fail_test("'%s' does not name '%s' and '%s'", report.text, path,
                  reason);
}

/* A sound that is to be found: samples[n][format.channels], or any if NULL. */
struct wanted {
    const float *samples;
    int64_t n;
    struct se_sound_format format;
};

/* The bytes are that sound, from a file and from a pipe; each may have a remark
 * of its own. */
static inline void expect_bytes_sound(const void *bytes, size_t n,
                                      const struct wanted *want,
                                      const char *in_file, const char *in_pipe)
{
    write_bytes(in_scratch("odd"), bytes, n);
    expect_odd(in_scratch("odd"), want->samples, want->n, want->format,
               in_file);
    expect_odd(pipe_with(bytes, n), want->samples, want->n, want->format,
               in_pipe);
}

/* They are refused from both. */
static inline void refuse_bytes(const void *bytes, size_t n, const char *reason)
{
    write_bytes(in_scratch("odd"), bytes, n);
    expect_refusal(in_scratch("odd"), SE_ERR_FORMAT, reason);
    expect_refusal(pipe_with(bytes, n), SE_ERR_FORMAT, reason);
}

#endif
