/* pick.h - inside lib/enhance: one signal of an interleaved hop. */
#ifndef SE_ENHANCE_PICK_H
#define SE_ENHANCE_PICK_H

#include "audio/sound.h"
#include "dsp/stft.h"

/* One channel of in[SE_HOP * channels], or their mean (channel < 0). */
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
