/* wav.h - RIFF/WAVE headers and chunks: of sound that passes through a pipe,
 * and of files that libsndfile cuts short or refuses. */
#ifndef SE_CONTAINER_WAV_H
#define SE_CONTAINER_WAV_H

#include "base/status.h"
#include "container/wav_tail.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SE_WAV_MAGIC = 12,
    SE_WAV_HEADER = 44,     /* of 16 bytes about the format, */
    SE_WAV_HEADER_MAX = 68, /* of 40: WAVE_FORMAT_EXTENSIBLE */
    SE_WAV_DS64 = 36
};

struct se_wav {
    int rate_hz, channels;
    int coding;      /* SF_FORMAT_PCM_16... ORed with SF_ENDIAN_*; 0: another */
    int block_bytes; /* one sample of each channel; 0 when coding is 0 */
    int64_t data_bytes;         /* -1: read to the end; 0 may mean the same */
    int is_rf64, is_big_endian; /* the former: BW64, too */
    int is_extensible;
    int is_odd;     /* libsndfile refuses or misreads such a header */
    int is_bare;    /* there is no header: all that follows are samples */
    int is_padded;  /* 24 bits stand in 4 bytes each */
    int no_block;   /* the header says 0 bytes a sample of each channel */
    int64_t n_fact; /* samples of one channel by the fact chunk; 0: it has none
                     */
    int block_samples; /* of a coding by blocks; 0: not said */
    uint32_t mask; /* of a header to be written: the channels' loudspeakers; 0:
                      not known */
};

/* The bytes that a header took, for those who have to pass them on. */
struct se_wav_head {
    uint8_t bytes[1 << 14];
    size_t n;
    int is_over; /* there were more */
};

/* Whether these bytes start a RIFF, RIFX, RF64 or BW64 file of kind WAVE. */
int se_wav_recognise(const uint8_t magic[SE_WAV_MAGIC]);

/* A file or pipe of which the first bytes have been read. */
struct se_wav_source {
    int fd;
    const char *name;     /* for messages */
    const uint8_t *magic; /* [SE_WAV_MAGIC] those bytes */
};

/* Reads on from there up to the first sample. SE_ERR_FORMAT: truncated, no fmt
 * chunk or two, nonsense in it. `head` receives the bytes, the magic ones among
 * them; NULL: they are not wanted. */
int se_wav_parse(struct se_wav *wav, struct se_wav_head *head,
                 const struct se_wav_source *source, struct se_report *report);

/* Whether a size is one that programs write which do not know it. */
int se_wav_is_placeholder(int64_t data_bytes);

/* Whether a chunk of some known kind begins with these bytes. */
int se_wav_is_chunk(const uint8_t id[4]);

/* The samples of a WAV, one data chunk after another, as bytes in the coding of
 * `wav` without padding. */
struct se_wav_stream {
    struct se_wav wav;
    int fd;
    int64_t chunk_bytes; /* of the chunk being read, -1: up to the end */
    int64_t left;        /* of them */
    int64_t n_read;      /* bytes of all chunks so far */
    int64_t n_missing;   /* bytes that a chunk promised and that were not there
                          */
    int n_chunks;        /* data chunks so far */
    int has_waste;       /* behind them is what is not a chunk, or */
    int has_other;       /* another sound file */
    struct se_wav_tail tail; /* of a chunk up to the end */
    int error;               /* errno of a failed read; EFBIG: after the samples
                                that the header promises come 2 GiB and more */
    int side; /* of 24 bits in 4 bytes: 0 not known, 1 low, 2 high */
};

/* To be called where se_wav_parse has left the file; data_bytes of `wav` may
 * have been put right. */
void se_wav_stream_start(struct se_wav_stream *stream, const struct se_wav *wav,
                         int fd);
void se_wav_stream_stop(struct se_wav_stream *stream);

/* Reads up to n bytes, fewer only at the end or after an error. */
int64_t se_wav_stream_read(struct se_wav_stream *stream, void *bytes,
                           int64_t n);

/* Where a seekable file's further data chunks are looked for: the bytes of all
 * but the first, which starts at `start`; -1 with errno. *other_at is where
 * another sound begins behind them, -1: none does. Moves the descriptor. */
int64_t se_wav_more_data(const struct se_wav *wav, int fd, int64_t start,
                         int64_t *other_at);

/* A little-endian header for `wav`, whose coding is PCM_U8, _16, _24, _32,
 * FLOAT, DOUBLE, ULAW or ALAW; data_bytes -1 writes sizes of 0xFFFFFFFF.
 * Returns its size, which does not depend on data_bytes. */
int se_wav_format(uint8_t header[SE_WAV_HEADER_MAX], const struct se_wav *wav);

/* The bytes of a frame in a file with such a header; 0: it has none of these
 * codings. */
int se_wav_frame_bytes(const struct se_wav *wav);

/* The bytes of one sample of each channel; 0: not one of these codings. */
int se_wav_block_bytes(int coding, int channels);

/* Says in the fact chunk of a little-endian WAV file, if it has one, how many
 * samples of one channel it holds: a coding by blocks rounds up. 0, or -1 with
 * errno. */
int se_wav_set_fact(int fd, int64_t n_samples);

/* Makes an RF64 of a little-endian WAV file that has grown beyond what its
 * sizes of 32 bits can say: all but the first 12 bytes move up by SE_WAV_DS64.
 * Its first data chunk has `data_bytes`. 0, or -1 with errno. */
int se_wav_widen(int fd, int64_t data_bytes);

#endif
