/* read_promise.c - files of AIFF, AU, Wave64, CAF and VOC whose headers say
 * something else than what is there. */
#include "audio/read_private.h"
#include "container/promise.h"

#include <string.h>

/* CAF's length of samples becomes that of the file: libsndfile knows no other
 * way to read one that does not say, or says too much. */
static void patch_length(struct se_window *window,
                         const struct se_promise *promise)
{
    uint64_t n = (uint64_t)(window->size - promise->start) + 4;

    window->patch_at = promise->size_at;
    window->n_patch = SE_PROMISE_SIZE;
    for (int i = 0; i < SE_PROMISE_SIZE; i++)
        window->patch[i] = (uint8_t)(n >> 8 * (SE_PROMISE_SIZE - 1 - i));
}

/* What follows the samples must not be another sound. */
static int look_behind(struct se_sound_reader *reader,
                       const struct se_promise *promise,
                       struct se_report *report)
{
    int64_t end = promise->start + promise->n_bytes;
    int other = se_promise_other(reader->fd, end);

    if (other == 0 && (end & 1))
        other = se_promise_other(reader->fd, ++end);
    if (other < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (other)
        return se_reader_refuse_other(reader, end, report);
    if (promise->has_waste)
        se_reader_remark(reader, SE_WASTE_REMARK);
    return SE_OK;
}

/* What writes its header again and again, and meant it to be one, was given a
 * pipe instead of a file. */
static int look_at_start(const struct se_sound_reader *reader,
                         const struct se_promise *promise,
                         struct se_report *report)
{
    int other = se_promise_other(reader->fd, promise->start);

    if (other < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    return other ? se_reader_refuse_other(reader, promise->start, report)
                 : SE_OK;
}

/* Compares the promise with the bytes that are there. */
static int compare(struct se_sound_reader *reader,
                   const struct se_promise *promise, struct se_report *report)
{
    int64_t there = reader->window.size - promise->start;
    int64_t missing = promise->n_bytes - there;

    if (promise->is_split)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: its sound is in several blocks, which are not "
                       "read: ffmpeg makes a WAV of it",
                       reader->name);
    if (reader->ignores_length)
        return SE_OK;
    if (promise->n_bytes < 0)
        return look_at_start(reader, promise, report);
    if (missing > SE_SLIP_BYTES)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: the header promises %lld bytes of "
                       "samples, the file has %lld (se-enhance "
                       "--ignore_length reads them)",
                       reader->name, (long long)promise->n_bytes,
                       (long long)there);
    if (missing > 0)
        se_reader_remark(reader,
                         "the header promises %lld bytes of samples, the file "
                         "has %lld: read what is there",
                         (long long)promise->n_bytes, (long long)there);
    return missing < 0 ? look_behind(reader, promise, report) : SE_OK;
}

/* AIFF says its length twice, and libsndfile may have lost its way. */
static int compare_frames(struct se_sound_reader *reader,
                          const struct se_promise *promise, int64_t n_found,
                          int block, struct se_report *report)
{
    int64_t there = (reader->window.size - promise->start) / block;
    int64_t held = promise->n_bytes / block;
    long long promised = promise->n_frames;

    held = held < there ? held : there;
    if (n_found < held)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: its header is damaged: libsndfile finds %lld of "
                       "%lld frames",
                       reader->name, (long long)n_found, (long long)held);
    if ((promised - held) * block > SE_SLIP_BYTES)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: the header promises %lld frames, the "
                       "file has %lld (se-enhance --ignore_length reads them)",
                       reader->name, promised, (long long)held);
    if (promised > held)
        se_reader_remark(reader,
                         "the header promises %lld frames, the file has %lld: "
                         "read what is there",
                         promised, (long long)held);
    return SE_OK;
}

/* Where the samples end, for some readers go on to the end of the file. */
static int limit(struct se_sound_reader *reader, SF_INFO *info,
                 const struct se_promise *promise, struct se_report *report)
{
    int block = se_wav_block_bytes(info->format, info->channels);
    int status = SE_OK;
    int64_t n;

    if (reader->ignores_length || promise->n_bytes < 0 || block == 0)
        return SE_OK;
    if (promise->n_frames >= 0)
        status = compare_frames(reader, promise, info->frames, block, report);
    se_reader_remark_rest(reader, promise->n_bytes, block);
    n = promise->n_bytes / block;
    if (n > 0 && n < info->frames) {
        reader->n_limit = n;
        info->frames = n;
    }
    return status;
}

int se_reader_open_promised(struct se_sound_reader *reader, SF_INFO *info,
                            struct se_report *report)
{
    struct se_promise promise = {.n_bytes = -1};
    int status = se_reader_show_all(&reader->window, reader, report);
    int is_found = 0;

    if (status == SE_OK) {
        is_found = se_promise_find(&promise, reader->fd, reader->window.size);
        if (is_found < 0)
            return se_fail_errno(report, reader->name, "cannot read");
    }
    if (status == SE_OK && is_found)
        status = compare(reader, &promise, report);
    if (status != SE_OK)
        return status;
    if (is_found && promise.size_at > 0 &&
        (promise.n_bytes < 0 ||
         promise.n_bytes > reader->window.size - promise.start))
        patch_length(&reader->window, &promise);
    if (is_found && promise.unknown_at > 0 &&
        (promise.n_bytes < 0 || reader->ignores_length)) {
        reader->window.patch_at = promise.unknown_at;
        reader->window.n_patch = 4;
        memset(reader->window.patch, 0xff, 4);
    }
    if (is_found && promise.coding_at > 0) {
        reader->window.patch_at = promise.coding_at;
        reader->window.n_patch = sizeof promise.coding;
        memcpy(reader->window.patch, promise.coding, sizeof promise.coding);
    }
    if (status == SE_OK && !is_found)
        reader->n_flac =
            se_flac_hide_length(&reader->window, reader->links.start);
    status = se_reader_open_window(reader, info, report);
    if (promise.is_cut &&
        (status == SE_ERR_FORMAT || (status == SE_OK && info->frames == 0)))
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: the file ends before its samples",
                       reader->name);
    if (status == SE_OK && is_found)
        status = limit(reader, info, &promise, report);
    return status;
}
