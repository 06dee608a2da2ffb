/* plot.h - se-features's --plot. */
#ifndef CMD_FEATURES_PLOT_H
#define CMD_FEATURES_PLOT_H

#include "mix/mix.h"

/* Draws the first `n` mixtures of `seed` to the file `path`; a failure ends the
 * program. */
void features_plot(const char *path, const struct se_mixer *mixer,
                   uint64_t seed, int n);

#endif
