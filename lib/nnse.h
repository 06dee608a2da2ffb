/* nnse.h - speech enhancement: noise out, speech left as it is.
 *
 * One small recurrent net at 16 kHz estimates a mask for each frame of 10 ms.
 * This header is all there is to the library; programs in C and C++ include it
 * alone and link one library:
 *
 *     cc program.c $(pkg-config --cflags --libs nnse)
 *
 * A whole file:
 *
 *     #include <nnse.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         if (nnse_file(NULL, NULL, "noisy.wav", "clean.wav") != NNSE_OK) {
 *             fprintf(stderr, "%s\n", nnse_error());
 *             return 1;
 *         }
 *         return 0;
 *     }
 *
 * Sound as it comes, in an audio thread:
 *
 *     struct nnse_config config;
 *     struct nnse *nnse;
 *
 *     nnse_defaults(&config);
 *     config.rate_hz = 48000;
 *     config.channels = 2;
 *     if (nnse_create(&nnse, NULL, &config) != NNSE_OK)
 *         ...
 *     nnse_process(nnse, block, block, n);     (as often as there is sound)
 *     nnse_destroy(nnse);
 *
 * Threads: a net may be used by any number of streams in any threads at the
 * same time. One stream belongs to one thread at a time, but for nnse_limit and
 * nnse_speech_probability, which any thread may call at any time. */
#ifndef NNSE_H
#define NNSE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define NNSE_API __attribute__((visibility("default")))
#else
#define NNSE_API
#endif

/* What functions return that can fail; nnse_error() then has the reason. */
enum nnse_status {
    NNSE_OK = 0,
    NNSE_ERROR_ARGUMENT = -1, /* asked for something impossible */
    NNSE_ERROR_IO = -2,       /* a file could not be read or written */
    NNSE_ERROR_FORMAT = -3,   /* a file does not hold what it should */
    NNSE_ERROR_MEMORY = -4,   /* no memory */
    NNSE_ERROR_NUMERIC = -5   /* a sample or weight that is not a number */
};

/* The reason of this thread's last failure, one line: what, where, and what was
 * expected. Valid until the thread's next call that fails. */
NNSE_API const char *nnse_error(void);

/* The library's version, "1.0.0". */
NNSE_API const char *nnse_version(void);

/* ---- nets ----------------------------------------------------------------
 *
 * Wherever a net is asked for, NULL is the one built into the library:
 * 102,209 weights, no file needed. Others are checkpoints (.safetensors) of
 * se-train. */

struct nnse_net;

/* From a checkpoint file. Errors: IO, FORMAT, NUMERIC, MEMORY. */
NNSE_API int nnse_net_file(struct nnse_net **net, const char *path);

/* From the bytes of such a file; they are copied. Errors: FORMAT, NUMERIC,
 * MEMORY. */
NNSE_API int nnse_net_memory(struct nnse_net **net, const void *bytes,
                             size_t n_bytes);

/* After the last stream that uses it; NULL is fine. */
NNSE_API void nnse_net_free(struct nnse_net *net);

/* ---- streams --------------------------------------------------------------*/

enum nnse_engine {
    NNSE_ENGINE_FLOAT,  /* the net as it was trained */
    NNSE_ENGINE_INTEGER /* 8-bit weights, 16-bit activations: sound of 16 bits
                           at 16 kHz comes out as on a microcontroller, bit for
                           bit */
};

struct nnse_config {
    size_t size;             /* of this struct; nnse_defaults sets it */
    int rate_hz;             /* 8000 to 192000; 16000 */
    int channels;            /* 1 to 64; 1 */
    enum nnse_engine engine; /* NNSE_ENGINE_FLOAT */
    int separate_channels;   /* 0: one mask for all channels, from their mean,
                                which keeps their balance; 1: each its own */
    float limit_db;          /* noise is lowered by this at most, 0 or more;
                                INFINITY: no limit; 0: a bypass with the same
                                delay */
};

/* Fills in the values named above. */
NNSE_API void nnse_defaults(struct nnse_config *config);

struct nnse;

/* A stream; config == NULL: the defaults. The net must outlive it. Errors:
 * ARGUMENT, MEMORY. */
NNSE_API int nnse_create(struct nnse **nnse, const struct nnse_net *net,
                         const struct nnse_config *config);

/* NULL is fine. */
NNSE_API void nnse_destroy(struct nnse *nnse);

/* Takes n samples a channel, any number of them, and gives as many: those that
 * went in nnse_delay() samples ago, enhanced. Speech is expected around full
 * scale -1..1 or -32768..32767 respectively; what is not a number, or too small
 * for full precision (1e-38), counts as silence, what is beyond 1e6 as 1e6.
 * `out` and `in` may be the same memory, not overlap otherwise.
 *
 * None of the four allocates memory, takes a lock or calls the system: they are
 * made for audio threads. The work of a frame falls due every 10 ms of sound:
 * blocks that are shorter take more time now and less then. */

/* in[n][channels] */
NNSE_API void nnse_process(struct nnse *nnse, float *out, const float *in,
                           size_t n);
NNSE_API void nnse_process_int16(struct nnse *nnse, int16_t *out,
                                 const int16_t *in, size_t n);

/* in[channels][n] */
NNSE_API void nnse_process_planar(struct nnse *nnse, float *const *out,
                                  const float *const *in, size_t n);
NNSE_API void nnse_process_planar_int16(struct nnse *nnse, int16_t *const *out,
                                        const int16_t *const *in, size_t n);

/* From input to output, in samples at the stream's rate, whatever the length of
 * the blocks: 479 (29.9 ms) at 16 kHz, about 40 ms at 44.1 and 48 kHz, and 10
 * ms more for each frame that the net looks ahead. */
NNSE_API int nnse_delay(const struct nnse *nnse);

/* Another limit, as in struct nnse_config, from the next block on; a negative
 * one, or one that is not a number, changes nothing. */
NNSE_API void nnse_limit(struct nnse *nnse, float limit_db);

/* How probable it is that somebody speaks, 0 to 1, new every 10 ms: in the
 * frame of 30 ms that ended with the newest whole 10 ms (with nets that look
 * ahead, so much earlier). It does not depend on how loud the speaker is, once
 * a second or two of speech have been there. With separate channels, the
 * highest of them. 0 before the first frame. */
NNSE_API float nnse_speech_probability(const struct nnse *nnse);

/* Forgets all sound, as if just created. Does not allocate, either. */
NNSE_API void nnse_reset(struct nnse *nnse);

/* ---- what the net sees and says -------------------------------------------*/

enum { NNSE_HOP = 160, NNSE_BINS = 257 };

/* Of n hops of 10 ms, in[n][NNSE_HOP], one channel at 16 kHz: the features of
 * each frame as the net sees them, features[n][nnse_net_features(net)], and the
 * mask that it gives for the frame, mask[n][NNSE_BINS] (0..1, but for nets with
 * filters). Either may be NULL. Frame i is the window over the 480 samples that
 * end with hop i; zeros stand before the sound and behind it. Errors: ARGUMENT,
 * MEMORY. */
NNSE_API int nnse_analyse(const struct nnse_net *net, enum nnse_engine engine,
                          float *features, float *mask, const float *in,
                          size_t n);

/* How many features of a frame the net takes. Errors: FORMAT, MEMORY, of the
 * built-in net alone. */
NNSE_API int nnse_net_features(const struct nnse_net *net);

/* ---- files ----------------------------------------------------------------*/

/* Enhances the sound file `in` into `out`, which becomes whole or is not
 * touched: same length, rate, channels and sample format, aligned to the
 * sample, in the container that its name says (as the input's if none). Any
 * format of libsndfile; "-" is standard input or output. Of config, which may
 * be NULL, rate and channels do not matter. libmpg123, by which libsndfile
 * reads MPEG audio, prints on standard error where that is damaged. Errors:
 * all. */
NNSE_API int nnse_file(const struct nnse_net *net,
                       const struct nnse_config *config, const char *in,
                       const char *out);

#ifdef __cplusplus
}
#endif

#endif
