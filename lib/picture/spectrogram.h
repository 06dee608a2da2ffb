/* spectrogram.h - the levels of a sound over time and frequency, as a panel.
 *
 * 16 kHz, with the window and hop of dsp/stft.h. 0 dB is a sine of full scale.
 * Colours always go from SE_LEVEL_LO_DB to SE_LEVEL_HI_DB, so that any two
 * pictures compare. Bounded memory (track.h); joined columns show their mean
 * power. */
#ifndef SE_PICTURE_SPECTROGRAM_H
#define SE_PICTURE_SPECTROGRAM_H

#include "dsp/stft.h"
#include "picture/panels.h"
#include "picture/track.h"

enum { SE_LEVEL_LO_DB = -100, SE_LEVEL_HI_DB = 0 };

struct se_spectrogram {
    struct se_stft *stft;
    struct se_track power;
    int has_begun; /* the frame before the first sample is left out */
};

int se_spectrogram_create(struct se_spectrogram *spectrogram,
                          struct se_report *report);
void se_spectrogram_free(struct se_spectrogram *spectrogram);
void se_spectrogram_reset(struct se_spectrogram *spectrogram);

/* The next 10 ms. What a hop adds is centred 5 ms before its begin: one more
 * hop, of silence, shows the last 10 ms of a sound. */
void se_spectrogram_add(struct se_spectrogram *spectrogram,
                        const float hop[SE_HOP]);

/* What a panel has around it beside the time. */
enum {
    SE_PANEL_LEFT = 1, /* the frequency */
    SE_PANEL_BAR = 2,  /* the colour bar */
};

/* In a panel whose x is from se_axis_time, with its scale; y is set here. */
void se_panel_spectrogram(const struct se_panel *panel,
                          const struct se_spectrogram *spectrogram,
                          double scale, int parts);

/* Left and right edge of a track of 10 ms frames on a time axis. */
void se_track_edges(struct se_image *image, const struct se_track *track,
                    double scale);

#endif
