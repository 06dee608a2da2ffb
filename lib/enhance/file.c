/* file.c - a whole sound through a stream, block by block. */
#include "enhance/file.h"

#include "base/remark.h"
#include "dsp/convert.h"
#include "enhance/stream.h"
#include "files/path.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Samples a block, whatever the number of channels. */
enum { BLOCK = 8192 };

struct work {
    const struct se_enhance_job *job;
    struct se_sound_reader *reader;
    struct se_sound_writer *writer, *residual;
    struct se_stream *stream;
    struct se_sound_format format; /* of what is put out */
    int channels_in;
    int64_t block_samples;
    struct se_downmix downmix;
    float in[BLOCK], out[BLOCK], taken[BLOCK];
};

static int look(struct stat *info, const char *path, int standard)
{
    return strcmp(path, "-") == 0 ? fstat(standard, info) : stat(path, info);
}

/* Whether both are one file, by whatever name. */
static int same_file(const char *a, int standard_a, const char *b,
                     int standard_b)
{
    struct stat info_a, info_b;

    return look(&info_a, a, standard_a) == 0 &&
           look(&info_b, b, standard_b) == 0 && S_ISREG(info_a.st_mode) &&
           info_a.st_dev == info_b.st_dev && info_a.st_ino == info_b.st_ino;
}

static int check_names(const struct se_enhance_job *job,
                       struct se_report *report)
{
    const char *clash = NULL;

    if (same_file(job->input, STDIN_FILENO, job->output, STDOUT_FILENO))
        clash = job->output;
    if (job->residual &&
        (strcmp(job->output, job->residual) == 0 ||
         same_file(job->output, STDOUT_FILENO, job->residual, STDOUT_FILENO) ||
         same_file(job->input, STDIN_FILENO, job->residual, STDOUT_FILENO)))
        clash = job->residual;
    if (clash)
        return se_fail(report, SE_ERR_ARG,
                       "%s: input, output and residual must be different files",
                       clash);
    return SE_OK;
}

static int create_writer(struct se_sound_writer **writer, struct work *work,
                         const char *path, struct se_report *report)
{
    struct se_sound_format format = work->format;

    se_sound_format_for(&format, path);
    return se_sound_create(writer, path, &format, work->reader, report);
}

static int open_work(struct work *work, const struct se_model *model,
                     struct se_report *report)
{
    const struct se_enhance_job *job = work->job;
    int status =
        (job->ignores_length ? se_sound_open_unbounded : se_sound_open)(
            &work->reader, &work->format, job->input, job->raw, report);

    if (status != SE_OK)
        return status;
    work->channels_in = work->format.channels;
    work->block_samples = BLOCK / work->channels_in;

    /* A pipe may carry live speech. */
    if (se_sound_length(work->reader) < 0 &&
        work->block_samples > work->format.rate_hz / 100)
        work->block_samples = work->format.rate_hz / 100;
    if (job->mix)
        work->format.channels = 1;

    struct se_stream_config config = {.enhancer = job->enhancer,
                                      .rate_hz = work->format.rate_hz,
                                      .resampler = &se_resample_best};

    config.enhancer.channels = work->format.channels;
    status = se_stream_create(&work->stream, model, &config, report);
    if (status == SE_OK)
        status = create_writer(&work->writer, work, job->output, report);
    if (status == SE_OK && job->residual)
        status = create_writer(&work->residual, work, job->residual, report);
    return status;
}

/* Writes all that the stream has ready. */
static int write_ready(struct work *work, struct se_enhance_result *result,
                       struct se_report *report)
{
    for (;;) {
        int64_t n = se_stream_take(work->stream, work->out, work->taken,
                                   work->block_samples);

        if (n == 0)
            return SE_OK;

        int status = se_sound_write(work->writer, work->out, n, report);

        if (status == SE_OK && work->residual)
            status = se_sound_write(work->residual, work->taken, n, report);
        if (status != SE_OK)
            return status;
        result->n_samples += n;
    }
}

static int report_progress(const struct work *work, int64_t n_read,
                           struct se_report *report)
{
    const struct se_enhance_job *job = work->job;
    int64_t total = se_sound_length(work->reader);
    double rate = work->format.rate_hz;

    if (job->progress &&
        job->progress(job->context, (double)n_read / rate,
                      total < 0 ? -1.0 : (double)total / rate) != 0)
        return se_fail(report, SE_ERR_STOPPED, "%s: interrupted", job->input);
    return SE_OK;
}

static int run(struct work *work, struct se_enhance_result *result,
               struct se_report *report)
{
    int64_t n = 1, n_read = 0;
    int is_loud = 0;

    while (n > 0) {
        int status = se_sound_read(work->reader, work->in, work->block_samples,
                                   &n, report);

        if (status != SE_OK)
            return status;
        n_read += n;
        if (!is_loud)
            is_loud = se_sound_advise_loud(work->in, n * work->channels_in,
                                           se_path_of_input(work->job->input));
        if (work->job->mix)
            se_downmix(&work->downmix, work->in, work->in, n,
                       work->channels_in);
        else
            se_downmix_learn(&work->downmix, work->in, n, work->channels_in);
        status = se_stream_feed(work->stream, n ? work->in : NULL, n, report);
        if (status == SE_OK)
            status = write_ready(work, result, report);
        if (status == SE_OK)
            status = report_progress(work, n_read, report);
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

/* The channel with the greatest offset. */
static int find_offset(const struct work *work)
{
    int channel = 0;

    for (int c = 1; c < work->format.channels; c++)
        if (fabsf(se_stream_offset(work->stream, c)) >
            fabsf(se_stream_offset(work->stream, channel)))
            channel = c;
    return channel;
}

static void remark_channels(const struct work *work)
{
    const char *name = se_path_of_input(work->job->input);
    int channel = find_offset(work);
    float offset = se_stream_offset(work->stream, channel);

    se_sound_remark_inverted(&work->downmix, name);
    if (offset != 0.0f)
        se_remark("%.200s: a constant offset of %.3f of full scale on channel "
                  "%d is removed",
                  name, (double)offset, channel + 1);
}

/* Both files appear, or neither does unless the second fails to be renamed. */
static int commit(struct work *work, struct se_enhance_result *result,
                  struct se_report *report)
{
    result->seconds = (double)result->n_samples / work->format.rate_hz;
    result->n_clipped = se_sound_clipped(work->writer);
    remark_channels(work);
    if (work->residual) {
        result->n_clipped += se_sound_clipped(work->residual);

        int status = se_sound_commit(work->residual, report);

        work->residual = NULL;
        if (status != SE_OK)
            return status;
    }

    int status = se_sound_commit(work->writer, report);

    work->writer = NULL;
    return status;
}

int se_enhance_file(struct se_enhance_result *result,
                    const struct se_model *model,
                    const struct se_enhance_job *job, struct se_report *report)
{
    *result = (struct se_enhance_result){0};

    int status = check_names(job, report);

    if (status != SE_OK)
        return status;

    struct work *work = calloc(1, sizeof *work);

    if (!work)
        return se_fail_memory(report, job->input);
    work->job = job;
    status = open_work(work, model, report);
    if (status == SE_OK)
        status = run(work, result, report);
    if (status == SE_OK)
        status = commit(work, result, report);
    se_sound_discard(work->residual);
    se_sound_discard(work->writer);
    se_stream_destroy(work->stream);
    se_sound_close(work->reader);
    free(work);
    return status;
}
