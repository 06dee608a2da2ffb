/* layout.c - loudspeakers and the order of channels, by container. */
#include "audio/layout.h"

#include <string.h>

/* The loudspeakers of a channel mask, its lowest bit first. */
static const int speakers[] = {
    SF_CHANNEL_MAP_LEFT,
    SF_CHANNEL_MAP_RIGHT,
    SF_CHANNEL_MAP_CENTER,
    SF_CHANNEL_MAP_LFE,
    SF_CHANNEL_MAP_REAR_LEFT,
    SF_CHANNEL_MAP_REAR_RIGHT,
    SF_CHANNEL_MAP_FRONT_LEFT_OF_CENTER,
    SF_CHANNEL_MAP_FRONT_RIGHT_OF_CENTER,
    SF_CHANNEL_MAP_REAR_CENTER,
    SF_CHANNEL_MAP_SIDE_LEFT,
    SF_CHANNEL_MAP_SIDE_RIGHT,
    SF_CHANNEL_MAP_TOP_CENTER,
    SF_CHANNEL_MAP_TOP_FRONT_LEFT,
    SF_CHANNEL_MAP_TOP_FRONT_CENTER,
    SF_CHANNEL_MAP_TOP_FRONT_RIGHT,
    SF_CHANNEL_MAP_TOP_REAR_LEFT,
    SF_CHANNEL_MAP_TOP_REAR_CENTER,
    SF_CHANNEL_MAP_TOP_REAR_RIGHT,
};
enum { N_SPEAKERS = sizeof speakers / sizeof *speakers };

/* What 3 to 8 channels are for in FLAC, Vorbis and Opus. */
enum { SURROUND_MIN = 3, SURROUND_MAX = 8 };
static const uint32_t surround_masks[] = {0x007, 0x033, 0x037,
                                          0x03f, 0x70f, 0x63f};

/* Of Ogg's channels: which of the mask's each is. */
static const int ogg_orders[][SURROUND_MAX] = {
    {0, 2, 1},          {0, 1, 2, 3},          {0, 2, 1, 3, 4},
    {0, 2, 1, 4, 5, 3}, {0, 2, 1, 5, 6, 4, 3}, {0, 2, 1, 6, 7, 4, 5, 3}};

static int is_surround(int channels)
{
    return channels >= SURROUND_MIN && channels <= SURROUND_MAX;
}

static int is_ogg(int format)
{
    int coding = format & SF_FORMAT_SUBMASK;

    return (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_OGG &&
           (coding == SF_FORMAT_VORBIS || coding == SF_FORMAT_OPUS);
}

/* The loudspeaker's bit; -1: it has none. */
static int bit_of(int speaker)
{
    for (int i = 0; i < N_SPEAKERS; i++)
        if (speakers[i] == speaker)
            return i;
    return -1;
}

/* Whether each channel has a bit, and one of its own. */
static int are_distinct(const struct se_layout *layout)
{
    uint32_t seen = 0;

    for (int i = 0; i < layout->channels; i++) {
        int bit = bit_of(layout->map[i]);

        if (bit < 0 || (seen >> bit & 1))
            return 0;
        seen |= UINT32_C(1) << bit;
    }
    return 1;
}

/* Puts channels in the order of their bits, by insertion. */
static void sort(struct se_layout *layout)
{
    for (int i = 1; i < layout->channels; i++) {
        int speaker = layout->map[i], from = layout->from[i], k = i;

        for (; k > 0 && bit_of(layout->map[k - 1]) > bit_of(speaker); k--) {
            layout->map[k] = layout->map[k - 1];
            layout->from[k] = layout->from[k - 1];
        }
        layout->map[k] = speaker;
        layout->from[k] = from;
        layout->is_moved |= k != i;
    }
}

/* The layout that comes with a number of channels. */
static void take_usual(struct se_layout *layout, int format)
{
    const int *order = ogg_orders[layout->channels - SURROUND_MIN];
    int n = 0, usual[SURROUND_MAX];

    for (int i = 0; i < N_SPEAKERS; i++)
        if (surround_masks[layout->channels - SURROUND_MIN] >> i & 1)
            usual[n++] = speakers[i];
    for (int i = 0; i < n; i++)
        layout->map[i] = usual[is_ogg(format) ? order[i] : i];
    layout->is_known = 1;
}

void se_layout_find(struct se_layout *layout, SNDFILE *file, int format,
                    int channels, int is_discrete)
{
    int is_flac = (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC;

    *layout = (struct se_layout){.channels = channels};
    for (int i = 0; i < channels; i++)
        layout->from[i] = i;
    layout->is_known = sf_command(file, SFC_GET_CHANNEL_MAP_INFO, layout->map,
                                  channels * (int)sizeof *layout->map) != 0;
    if (!layout->is_known && !is_discrete && is_surround(channels) &&
        (is_flac || is_ogg(format)))
        take_usual(layout, format);
    if (layout->is_known && are_distinct(layout))
        sort(layout);
}

uint32_t se_layout_mask(const struct se_layout *layout)
{
    uint32_t mask = 0;

    if (!layout->is_known || !are_distinct(layout))
        return 0;
    for (int i = 0; i < layout->channels; i++)
        mask |= UINT32_C(1) << bit_of(layout->map[i]);
    return mask;
}

int se_layout_for_file(int from[SE_LAYOUT_MAX], int format, int channels)
{
    int is_moved = 0;

    if (!is_ogg(format) || !is_surround(channels))
        return 0;
    for (int i = 0; i < channels; i++) {
        from[i] = ogg_orders[channels - SURROUND_MIN][i];
        is_moved |= from[i] != i;
    }
    return is_moved;
}

void se_layout_move(float *out, const float *in, int64_t n_frames,
                    const int *from, int channels)
{
    float frame[SE_LAYOUT_MAX];

    for (; n_frames > 0; n_frames--, in += channels, out += channels) {
        for (int i = 0; i < channels; i++)
            frame[i] = in[from[i]];
        memcpy(out, frame, (size_t)channels * sizeof *frame);
    }
}
