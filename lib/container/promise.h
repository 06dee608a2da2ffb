/* promise.h - how many bytes of samples the header of a sound file promises, in
 * containers other than WAV: AIFF and AIFC (Apple 1991), AU (Sun), Wave64 (Sony
 * 2003), CAF (Apple, Core Audio Format 1.0), VOC (Creative). Their readers take
 * what is there and do not say how much there should have been. */
#ifndef SE_CONTAINER_PROMISE_H
#define SE_CONTAINER_PROMISE_H

#include <stdint.h>

enum { SE_PROMISE_SIZE = 8 };

struct se_promise {
    int64_t start;    /* of the samples, a place in the file */
    int64_t n_bytes;  /* of samples; -1: the header was written by somebody who
                         did not know */
    int64_t n_frames; /* AIFF: which says it twice; -1: it does not, or another
                         container */
    int is_cut;       /* the file ends before its samples */
    int has_waste;    /* behind the samples, what is not a chunk */
    int is_split;     /* VOC: they go on in other blocks */
    int64_t size_at;  /* CAF: where SE_PROMISE_SIZE bytes say n_bytes, big
                         endian, and 4 more; 0: another container */
    int64_t unknown_at; /* AU: where 4 bytes of 255 mean that n_bytes is not
                           known; 0: another container */
    int64_t coding_at;  /* Wave64 whose header is WAVE_FORMAT_EXTENSIBLE and
                           whose samples are not PCM: where 2 bytes say so, */
    uint8_t coding[2];  /* and what stands there without the extension; 0:
                           another header */
};

/* Looks at the header of a seekable file of `size` bytes: 1 if it is of one of
 * these containers and comes to samples, 0 if not (is_cut is set then, too), -1
 * with errno. */
int se_promise_find(struct se_promise *promise, int fd, int64_t size);

/* Whether a sound file of a common kind begins with these bytes. */
int se_promise_is_magic(const uint8_t magic[4]);

/* Whether another sound file begins at `at`: 1, 0, or -1 with errno. */
int se_promise_other(int fd, int64_t at);

#endif
