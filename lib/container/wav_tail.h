/* wav_tail.h - the chunks behind the samples of a WAV whose header does not say
 * where the samples end, as programs write it into a pipe.
 *
 * A tail is a run of chunks of known kinds, from an even place to the very end,
 * of at most SE_WAV_TAIL_MAX bytes. What begins like one waits until it is
 * clear what it is; everything else passes at once. */
#ifndef SE_CONTAINER_WAV_TAIL_H
#define SE_CONTAINER_WAV_TAIL_H

#include <stdint.h>

enum { SE_WAV_TAIL_MAX = 1 << 20 };

/* Zeroed but for is_big_endian it is at its beginning. */
struct se_wav_tail {
    int is_big_endian;
    uint8_t *bytes; /* [capacity], of which from `first` up to `end` have been
                       read but not given, */
    int64_t first, end, capacity;
    int64_t sure; /* and up to here are not a tail */
    int is_moved; /* bytes[0] had an odd place */
    int is_all;   /* the end has been read */
};

/* Puts bytes[n] in front of what is read: 0, or -1 with errno. */
int se_wav_tail_begin(struct se_wav_tail *tail, const uint8_t *bytes,
                      int64_t n);

/* Reads up to n bytes, fewer only at the end; -1: errno. */
int64_t se_wav_tail_read(struct se_wav_tail *tail, int fd, uint8_t *bytes,
                         int64_t n);

/* The bytes of the tail of a file whose samples start at `start`, 0: it has
 * none; -1: errno. */
int64_t se_wav_tail_size(int fd, int64_t start, int64_t end, int is_big_endian);

void se_wav_tail_free(struct se_wav_tail *tail);

#endif
