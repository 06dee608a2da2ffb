/* sound_private.h - what sound_read.c and sound_write.c share. */
#ifndef SE_AUDIO_SOUND_PRIVATE_H
#define SE_AUDIO_SOUND_PRIVATE_H

#include "audio/links.h"
#include "audio/sound.h"
#include "audio/wav.h"

#include <fcntl.h>
#include <sndfile.h>

/* A part of a file, for libsndfile to take for a whole one. */
struct se_window {
    int fd;
    int64_t start, size, at;
    int is_endless; /* libsndfile is not to know the size, from which it would
                       estimate how many samples there are */
    int error;      /* errno of a failed read */
};

struct se_sound_reader {
    SNDFILE *file;
    SNDFILE *tags; /* where `file` has none; or NULL */
    int fd;
    char *name; /* for messages */
    int rate_hz, channels;
    int64_t n_samples; /* as the header says; -1: not known */
    int64_t n_read;
    int64_t n_limit; /* where the samples end, whatever libsndfile has */
    int64_t n_fact;  /* by the fact chunk of a WAV coded in blocks, of which */
    int block_samples; /* one holds so many; 0: not known */
    int exact;         /* fewer than n_samples mean a truncated file */
    int ignores_length;
    struct se_links links; /* of Ogg and MPEG files, */
    int link;              /* the one being read, */
    struct se_window window;
    struct se_wav_stream wav; /* of a WAV that is not libsndfile's to read; n of
                                 chunks is 0: none */
    char remark[256];         /* what was odd */
};

/* A descriptor for libsndfile to close; -1 if there is none left. What it
 * cannot open, version 1.2.0 closes even if asked not to: with ours, our own
 * close() could hit what another thread has opened by then. */
static inline int se_sound_own(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

#endif
