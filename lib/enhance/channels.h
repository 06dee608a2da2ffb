/* channels.h - interleaved channels, and which of them share a mask. */
#ifndef SE_ENHANCE_CHANNELS_H
#define SE_ENHANCE_CHANNELS_H

enum se_channel_mode {
    SE_CHANNELS_LINKED, /* one mask, estimated on the mean of the channels, as
                           se_downmix finds it */
    SE_CHANNELS_EACH,   /* a mask for each channel */
};

#endif
