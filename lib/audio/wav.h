/* wav.h - RIFF/WAVE headers: of sound that passes through a pipe, and for what
 * libsndfile does not report, the length that a header promises. */
#ifndef SE_AUDIO_WAV_H
#define SE_AUDIO_WAV_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SE_WAV_MAGIC = 12, SE_WAV_HEADER = 44 };

struct se_wav {
    int rate_hz, channels;
    int coding;      /* SF_FORMAT_PCM_16... ORed with SF_ENDIAN_*; 0: another */
    int block_bytes; /* one sample of each channel; 0 when coding is 0 */
    int64_t data_bytes; /* -1: the header does not say, read to the end */
};

/* Whether these bytes start a RIFF, RIFX or RF64 file of kind WAVE. */
int se_wav_recognise(const uint8_t magic[SE_WAV_MAGIC]);

/* Reads on from after `magic` up to the first sample. `name` is for messages;
 * SE_ERR_FORMAT: truncated, no fmt chunk, nonsense in it. */
int se_wav_parse(struct se_wav *wav, int fd, const uint8_t magic[SE_WAV_MAGIC],
                 const char *name, struct se_report *report);

/* A little-endian header for `wav`, whose coding is PCM_U8, _16, _24, _32,
 * FLOAT, DOUBLE, ULAW or ALAW; data_bytes -1 writes sizes of 0xFFFFFFFF. */
void se_wav_format(uint8_t header[SE_WAV_HEADER], const struct se_wav *wav);

#endif
