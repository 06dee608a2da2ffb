/* output.h - a sound that is being written, and where its bytes go. */
#ifndef SE_AUDIO_OUTPUT_H
#define SE_AUDIO_OUTPUT_H

#include "audio/layout.h"
#include "audio/sound.h"
#include "container/wav.h"
#include "dsp/queue.h"
#include "files/atomic.h"

#include <sndfile.h>
#include <sys/types.h>

struct se_sound_writer {
    SNDFILE *sound;
    int fd;                     /* file.fd, or that of a stream */
    char *name;                 /* for messages */
    int is_stream;              /* written as it comes, to no file */
    struct se_atomic_file file; /* unless it is a stream */
    int is_small; /* must not grow beyond se_writer_small_bytes, */
    int is_full;  /* but would have */
    int error;    /* errno of the first write that failed */
    struct se_sound_format format;
    struct se_wav wav;       /* of the header that a stream starts with, */
    int has_header;          /* if it has one, */
    off_t start;             /* and where it begins in the stream; -1: a pipe */
    int is_moved;            /* the file has its channels in another order: */
    int from[SE_LAYOUT_MAX]; /* its channel i is this one of those given */
    uint32_t mask;           /* the channels' loudspeakers; 0: not to be said */
    int bits;           /* of the whole numbers written, 0: floating point */
    int keeps_peaks;    /* beyond full scale is fine */
    int64_t n_streamed; /* bytes after that header */
    int64_t n_clipped;
    int64_t n_written;              /* numbers, all channels */
    struct se_resampler *resampler; /* to the rate of `format`; NULL: it is what
                                       is given */
    struct se_queue queue;          /* what comes out of it */
};

/* Where sizes of 32 bits end, with some room for what follows the samples. A
 * WAV that grows larger becomes an RF64, other such files are not written.
 * Tests lower it. */
extern int64_t se_writer_small_bytes;

/* A pipe, a terminal, /dev/null: what a rename would replace by a file. */
int se_writer_is_stream(const char *path);

/* Opens writer->fd, of a stream if writer->is_stream; *format becomes that of
 * bare samples where a stream's header has been written. */
int se_writer_open(struct se_sound_writer *writer, const char *path,
                   int *format, struct se_report *report);

/* Through these, with a writer as user data, goes all that libsndfile writes.
 * By itself it does not report many of the writes that fail, those of its last
 * blocks and headers above all, and refuses a stream that has something in
 * front of the sound. */
extern SF_VIRTUAL_IO se_writer_io;

/* Says why writer->error. */
int se_writer_failed(const struct se_sound_writer *writer,
                     struct se_report *report);

/* Says of the sound what the file says that `reader` reads: texts, time code,
 * cue points, loudspeakers. What the format does not know is left out. */
int se_writer_copy_tags(struct se_sound_writer *writer,
                        const struct se_sound_reader *reader,
                        struct se_report *report);

/* After libsndfile's end: puts right what a header says. -1: errno. */
int se_writer_finish(struct se_sound_writer *writer);

/* Whether samples are bytes at a known place, none of which depends on others.
 */
int se_writer_is_plain(const struct se_sound_writer *writer);

/* After that, where a write has failed: how many seconds a reader finds there.
 * A FLAC file's header is put right. */
double se_writer_kept_seconds(const struct se_sound_writer *writer);

int se_writer_close_stream(struct se_sound_writer *writer);

#endif
