/* sound_private.h - what sound_read.c and sound_write.c share. */
#ifndef SE_AUDIO_SOUND_PRIVATE_H
#define SE_AUDIO_SOUND_PRIVATE_H

#include "audio/links.h"
#include "audio/sound.h"
#include "audio/wav.h"

#include <sndfile.h>

/* A file or a part of one, for libsndfile to take for a whole one. It knows
 * nothing of reads that fail: here they are remembered. */
struct se_window {
    int fd;
    int64_t start, size, at;
    int is_endless; /* libsndfile is not to know the size, from which it would
                       estimate how many samples there are */
    int error;      /* errno of a failed read */
};

struct se_sound_reader {
    SNDFILE *file;
    SNDFILE *tags; /* where `file` has none; or NULL; read through */
    struct se_window tags_window;
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
    struct se_links links;    /* of Ogg and MPEG files, */
    int link;                 /* the one being read */
    struct se_window window;  /* what libsndfile sees of a file, or */
    struct se_wav_stream wav; /* of a pipe and of a WAV that is not its to
                                 read; n_chunks is 0: none */
    char remark[480];         /* what was odd */
};

#endif
