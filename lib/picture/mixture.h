/* mixture.h - mixtures for training, to be checked by eye: the input of the
 * net, its target, and the difference. */
#ifndef SE_PICTURE_MIXTURE_H
#define SE_PICTURE_MIXTURE_H

#include "mix/mix.h"
#include "picture/canvas.h"

enum { SE_MIXTURES_WIDTH = 842, SE_MAX_MIXTURES = 20 };

/* Height of the page of n <= SE_MAX_MIXTURES mixtures, in points. */
double se_mixtures_height(int n);

/* What is drawn: mixtures 0..n-1 of a seed. */
struct se_mixture_plot {
    const struct se_mixer *mixer;
    uint64_t seed;
    int n;
    const char *title;
};

/* A row of three spectrograms each, with the levels of spectrogram.h. */
int se_mixtures_draw(struct se_canvas *canvas,
                     const struct se_mixture_plot *mixtures,
                     struct se_report *report);

#endif
