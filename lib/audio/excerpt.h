/* excerpt.h - the beginning of a sound file to listen to, and the levels of
 * the whole of it. */
#ifndef SE_AUDIO_EXCERPT_H
#define SE_AUDIO_EXCERPT_H

#include "audio/sound.h"

#include <stddef.h>

/* Levels in dB of full scale, -INFINITY for silence; over all channels. */
struct se_levels {
    double seconds;
    double peak_db; /* the largest sample */
    double rms_db;
    double quiet_db, loud_db; /* the 10th and the 95th percentile of segments of
                                 10 ms; to half a dB */
    int64_t n_full_scale;     /* samples at or beyond full scale */
};

struct se_excerpt {
    struct se_sound_format format; /* of the file */
    struct se_levels levels;
    char *flac; /* the first `seconds` of it: 16 bits, one channel or two (of
                   more, the mean) */
    size_t n_bytes;
    double seconds;
};

/* `raw` as for se_sound_open; memory depends on max_seconds alone. */
int se_excerpt_read(struct se_excerpt *excerpt, const char *path,
                    const struct se_sound_format *raw, double max_seconds,
                    struct se_report *report);
void se_excerpt_free(struct se_excerpt *excerpt);

#endif
