/* format.h - what the containers and codings of libsndfile can hold, for those
 * who write them. */
#ifndef SE_AUDIO_FORMAT_H
#define SE_AUDIO_FORMAT_H

#include "audio/sound.h"

/* Bits of the numbers that libsndfile is given for a coding; what is not PCM is
 * derived from 16 bits inside, or from floating point (0). */
int se_format_bits(int format);

/* Floating-point samples, which may be beyond full scale. */
int se_format_is_floating(int format);

/* The coding, of those that plain WAV headers know, nearest to `format`. */
int se_format_wav_coding(int format);

/* MPEG audio, in whatever container. */
int se_format_is_mpeg(int format);

/* Whether libsndfile writes it as it is. */
int se_format_fits(const struct se_sound_format *format);

/* Whether its sizes have 32 bits, and cannot be given more afterwards. */
int se_format_is_small(int format);

/* The lowest rate that a format can have and that keeps all there is of sound
 * at rate_hz, or else the highest. */
int se_format_rate(int format, int rate_hz);

/* Whether the name is one for the format: its extension stands for a container
 * that could hold it, or is that of the file `from` (may be NULL) that the
 * format comes from. */
int se_format_check_name(const struct se_sound_format *format, const char *path,
                         const char *from, struct se_report *report);

#endif
