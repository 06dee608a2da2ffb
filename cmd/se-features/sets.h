/* sets.h - what was downloaded of data sets, listed to be mixed. */
#ifndef CMD_FEATURES_SETS_H
#define CMD_FEATURES_SETS_H

#include "options.h"

/* Where the lists of a whole set go, for se-train as well: as in the
 * original. */
#define SETS_SPEECH   "data/speech.csv"
#define SETS_NOISE    "data/noise.csv"
#define SETS_FEATURES "data/%s_tfrecords_se.csv" /* of a split */
#define SETS_FOLDER   "tfrecords"

/* Lists the recordings of the chosen sets in SETS_SPEECH and SETS_NOISE, each
 * set split for itself. Returns 0 and says so where there is only one of the
 * two. *n_skipped are files that cannot be opened. */
int sets_list(int *n_skipped, const struct features_options *options);

#endif
