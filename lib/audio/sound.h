/* sound.h - sound files in blocks: whatever libsndfile reads and writes.
 *
 * Samples are float, interleaved, full scale -1..1. Lengths count the samples
 * of one channel: n_samples are n_samples * channels numbers. Ten hours of
 * audio take the memory of ten seconds: nothing here holds a whole file except
 * se_sound_load_mono and se_sound_load_first. */
#ifndef SE_AUDIO_SOUND_H
#define SE_AUDIO_SOUND_H

#include "base/status.h"

#include <stdint.h>

struct se_sound_format {
    int rate_hz;  /* 1000..768000 */
    int channels; /* 1..64 */
    int format;   /* libsndfile's SF_FORMAT_*: container | coding | endian */
};

struct se_sound_reader;
struct se_sound_writer;
struct se_downmix;

/* Opens `path`, "-" for standard input (a pipe is fine, also one whose WAV
 * header has no length). With `raw` non-NULL the file has no header and `raw`
 * gives its format. *format receives what was found. Errors name the file and
 * what was expected: missing, not a sound file, no samples, truncated header.
 */
int se_sound_open(struct se_sound_reader **reader,
                  struct se_sound_format *format, const char *path,
                  const struct se_sound_format *raw, struct se_report *report);

/* The same for as many samples as can be decoded: the number that the header
 * says is ignored, and damage ends the sound. */
int se_sound_open_unbounded(struct se_sound_reader **reader,
                            struct se_sound_format *format, const char *path,
                            const struct se_sound_format *raw,
                            struct se_report *report);

/* If something was odd about the file and did not matter, a remark
 * (base/remark.h) names the file and says what. NULL is fine. */
void se_sound_close(struct se_sound_reader *reader);

/* How long the file is, or -1 when that is not known: a pipe, or a file whose
 * header does not say. */
int64_t se_sound_length(const struct se_sound_reader *reader);

/* The same, found by reading to the end where it is not known. */
int se_sound_measure(int64_t *n_samples, struct se_sound_reader *reader,
                     struct se_report *report);

/* Reads up to `max_samples` into samples[max_samples * channels]; stores
 * how many in *n_samples, 0 at the end. NaN or infinite samples are an error
 * (SE_ERR_NUMERIC) that names the place. */
int se_sound_read(struct se_sound_reader *reader, float *samples,
                  int64_t max_samples, int64_t *n_samples,
                  struct se_report *report);

/* Changes the container to the one that the name's extension stands for, if it
 * does and is another; the coding stays where the container has it and it can
 * be written, else the nearest. */
void se_sound_format_for(struct se_sound_format *format, const char *path);

/* Creates `path` (SE_ERR_ARG where its extension is of no container that can
 * be written, or of one that cannot hold the format, and names those that can;
 * "-" is standard output: a streaming WAV header, or bare samples when the
 * container is SF_FORMAT_RAW). A file is written under a temporary name until
 * se_sound_commit. Tags of `tags_from` (may be NULL) are copied. Samples beyond
 * full scale are clamped and counted, never wrapped, except in floating-point
 * formats, which keep them. Opus and MPEG audio know a few rates only: sound at
 * others is converted to the next higher one. */
int se_sound_create(struct se_sound_writer **writer, const char *path,
                    const struct se_sound_format *format,
                    const struct se_sound_reader *tags_from,
                    struct se_report *report);
int se_sound_write(struct se_sound_writer *writer, const float *samples,
                   int64_t n_samples, struct se_report *report);

/* Samples that se_sound_write had to clamp. */
int64_t se_sound_clipped(const struct se_sound_writer *writer);

/* Finishes the file under its final name, and frees the writer either way. */
int se_sound_commit(struct se_sound_writer *writer, struct se_report *report);

/* The same of sound that can't be had again: where it fails, *kept_s is what
 * se_sound_keep returns. */
int se_sound_commit_or_keep(struct se_sound_writer *writer, double *kept_s,
                            struct se_report *report);

/* After a failed write, for sound that can't be had again: the file under its
 * final name with what it holds. Returns how many seconds can be read from it;
 * 0: none, and it is not there. Frees the writer. */
double se_sound_keep(struct se_sound_writer *writer);

/* Drops what was written and frees the writer. NULL is fine. */
void se_sound_discard(struct se_sound_writer *writer);

/* Remarks upon channels of `name` that the mean takes with the other sign, if
 * there are any. */
void se_sound_remark_inverted(const struct se_downmix *downmix,
                              const char *name);

/* Beyond so many times full scale, samples are hardly sound as it is meant: a
 * float file of integers, most likely. */
enum { SE_SOUND_LOUD = 32 };

/* Where one of the samples is beyond it: advises, and returns 1. */
int se_sound_advise_loud(const float *samples, int64_t n, const char *name);

/* Reads a whole file as mono (mean of the channels, see se_downmix) at
 * `rate_hz` into *samples (malloc) for scores and training data. */
int se_sound_load_mono(float **samples, int64_t *n_samples, const char *path,
                       int rate_hz, struct se_report *report);

/* The same of what goes to a net, or comes from one, at the level that it has:
 * advises where that is out of all proportion. */
int se_sound_load_as_is(float **samples, int64_t *n_samples, const char *path,
                        int rate_hz, struct se_report *report);

/* The same of the first channel alone: the mean of several microphones'
 * room responses would be the response of no microphone. */
int se_sound_load_first(float **samples, int64_t *n_samples, const char *path,
                        int rate_hz, struct se_report *report);

#endif
