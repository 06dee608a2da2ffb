/* channels.h - interleaved channels, and which of them share a mask. */
#ifndef SE_ENHANCE_CHANNELS_H
#define SE_ENHANCE_CHANNELS_H

#include "audio/sound.h"
#include "dsp/stft.h"

enum se_channel_mode {
    SE_CHANNELS_LINKED, /* one mask, estimated on the mean of the channels */
    SE_CHANNELS_EACH,   /* a mask for each channel */
};

/* hop[SE_HOP]: one channel of in[SE_HOP * channels], or their mean
 * (channel < 0). */
static inline void se_pick(float hop[SE_HOP], const float *in, int channel,
                           int channels)
{
    if (channel < 0) {
        se_sound_mono(hop, in, SE_HOP, channels);
        return;
    }
    for (int i = 0; i < SE_HOP; i++)
        hop[i] = in[i * channels + channel];
}

#endif
