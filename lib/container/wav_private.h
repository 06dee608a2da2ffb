/* wav_private.h - what reading and writing of WAV share. */
#ifndef SE_CONTAINER_WAV_PRIVATE_H
#define SE_CONTAINER_WAV_PRIVATE_H

#include "container/wav.h"

/* Format tags of the chunk "fmt ". */
enum {
    SE_WAV_PCM = 1,
    SE_WAV_FLOAT = 3,
    SE_WAV_ALAW = 6,
    SE_WAV_ULAW = 7,
    SE_WAV_EXTENSIBLE = 0xfffe /* the tag is in a GUID */
};

/* Where in such a chunk that is, what follows the tag in it, and how long
 * the chunk is. */
enum {
    SE_WAV_GUID_AT = 24,
    SE_WAV_GUID_REST = 14,
    SE_WAV_FMT_EXTENSIBLE = SE_WAV_GUID_AT + 2 + SE_WAV_GUID_REST
};
extern const uint8_t se_wav_guid_rest[SE_WAV_GUID_REST];

enum { SE_WAV_CODINGS = 8 };

/* Those that are read and written here. */
extern const struct se_wav_coding {
    int tag, bits, coding; /* SF_FORMAT_PCM_16 ... */
} se_wav_codings[SE_WAV_CODINGS];

/* n bytes as a number, the most significant one last, or first. */
uint64_t se_wav_number(const uint8_t *bytes, int n, int big_endian);

/* Goes n bytes on, in a pipe as well: 0; -1 beyond the end, or with errno,
 * which was 0. */
int se_wav_skip(int fd, uint64_t n);

#endif
