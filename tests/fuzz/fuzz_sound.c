/* fuzz_sound.c - libFuzzer: any bytes are an error or sound, from a file or
 * from a pipe, by its header, to the end or as bare samples; and the samples
 * are as many as was said. */
#include "fuzz.h"

#include "audio/sound.h"
#include "base/remark.h"

#include <fcntl.h>
#include <sndfile.h>

enum { PIPED = 1, UNBOUNDED = 2, RAW = 4, MEASURED = 8 };
enum { BLOCK = 4096, MOST = 1 << 20 };

static int open_any(struct se_sound_reader **reader, const char *path, int how,
                    struct se_report *report)
{
    const struct se_sound_format raw = {16000, 2,
                                        SF_FORMAT_RAW | SF_FORMAT_PCM_16};
    struct se_sound_format format;

    return how & UNBOUNDED
               ? se_sound_open_unbounded(reader, &format, path,
                                         how & RAW ? &raw : NULL, report)
               : se_sound_open(reader, &format, path, how & RAW ? &raw : NULL,
                               report);
}

/* Whether, as far as can be known, there were as many samples as was said. */
static int read_all(struct se_sound_reader *reader, int how,
                    struct se_report *report)
{
    static float samples[BLOCK * 64];
    int64_t length = se_sound_length(reader), sum = 0, n = 1;
    int status = SE_OK;

    if (how & MEASURED)
        status = se_sound_measure(&length, reader, report);
    while (status == SE_OK && n > 0 && sum < MOST && !(how & MEASURED)) {
        status = se_sound_read(reader, samples, BLOCK, &n, report);
        if (n < 0 || n > BLOCK)
            abort();
        sum += n;
    }
    fuzz_check(status, report);
    return status != SE_OK || length < 0 || (how & (UNBOUNDED | MEASURED)) ||
           sum >= MOST || sum == length;
}

static int n_remarks;

static void on_remark(enum se_remark_kind kind, const char *text)
{
    (void)kind;
    (void)text;
    n_remarks++;
}

static void read_sound(const char *path, int how)
{
    struct se_sound_reader *reader;
    struct se_report report = {""};
    int status, is_whole = 1;

    n_remarks = 0;
    se_remark_listen(on_remark);
    status = open_any(&reader, path, how, &report);
    fuzz_check(status, &report);
    if (status == SE_OK)
        is_whole = read_all(reader, how, &report);
    se_sound_close(reader);
    if (!is_whole && n_remarks == 0)
        abort();
}

/* Standard input is a pipe that holds the bytes. */
static void read_pipe(const uint8_t *bytes, size_t n, int how)
{
    int ends[2];

    if (n >= 1 << 16 || pipe(ends) != 0)
        return;
    if (write(ends[1], bytes, n) != (ssize_t)n)
        abort();
    close(ends[1]);
    if (dup2(ends[0], STDIN_FILENO) != STDIN_FILENO)
        abort();
    close(ends[0]);
    read_sound("-", how);
    close(STDIN_FILENO);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    int how = fuzz_take(&bytes, &n);
    char path[64];

    if (how & PIPED) {
        read_pipe(bytes, n, how);
        return 0;
    }

    int file = fuzz_file(path, "x.wav", bytes, n);

    read_sound(path, how);
    close(file);
    return 0;
}
