/* sound_private.h - what sound_read.c and sound_write.c share. */
#ifndef SE_AUDIO_SOUND_PRIVATE_H
#define SE_AUDIO_SOUND_PRIVATE_H

#include "audio/sound.h"

#include <fcntl.h>
#include <sndfile.h>

struct se_sound_reader {
    SNDFILE *file;
    int fd;
    char *name; /* for messages */
    int channels;
    int64_t n_samples; /* as the header says; -1: not known */
    int64_t n_read;
    int64_t n_limit; /* where the samples end, as far as the header knows */
    int exact;       /* fewer than n_samples mean a truncated file */
};

/* A descriptor for libsndfile to close; -1 if there is none left. What it
 * cannot open, version 1.2.0 closes even if asked not to: with ours, our own
 * close() could hit what another thread has opened by then. */
static inline int se_sound_own(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

#endif
