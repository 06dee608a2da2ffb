/* layout.h - which loudspeaker each channel is for, and in what order channels
 * stand. Here it is the order of WAV, which is that of the bits of a channel
 * mask (Microsoft, "Multiple channel audio data and WAVE files"), and which
 * FLAC has, too. Ogg has another (Vorbis I, section 4.3.9; RFC 7845, section
 * 5.1.1.2), and so may a CAF file. */
#ifndef SE_AUDIO_LAYOUT_H
#define SE_AUDIO_LAYOUT_H

#include <sndfile.h>
#include <stdint.h>

enum { SE_LAYOUT_MAX = 64 };

struct se_layout {
    int channels;
    int is_known;            /* what follows is */
    int map[SE_LAYOUT_MAX];  /* SF_CHANNEL_MAP_* of each channel */
    int is_moved;            /* a file has another order: */
    int from[SE_LAYOUT_MAX]; /* channel i is this one of the file */
};

/* Of a sound that is read in `format` (SF_FORMAT_*), of 1 to SE_LAYOUT_MAX
 * channels. `file` may know what they are for; where none does and the format
 * has one layout for each number of channels, it is that. is_discrete: the
 * channels of an Opus file are for no loudspeakers. */
void se_layout_find(struct se_layout *layout, SNDFILE *file, int format,
                    int channels, int is_discrete);

/* The bits of a WAV's channel mask; 0: it has none that says the same. */
uint32_t se_layout_mask(const struct se_layout *layout);

/* Of a sound to be written: from[i] is the channel that is to be the file's
 * i-th. Returns whether that changes anything. */
int se_layout_for_file(int from[SE_LAYOUT_MAX], int format, int channels);

/* Frames of `channels` numbers with channel i from where from[i] was; out may
 * be in. */
void se_layout_move(float *out, const float *in, int64_t n_frames,
                    const int *from, int channels);

#endif
