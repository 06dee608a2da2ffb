/* sounds.h - se-features's --sounds. */
#ifndef CMD_FEATURES_SOUNDS_H
#define CMD_FEATURES_SOUNDS_H

#include "base/pool.h"
#include "mix/mix.h"

/* Writes the first `n` mixtures of `seed` as sound files to `folder`:
 * noisy/000000.flac, the target to clean/000000.flac, and pairs.csv with the
 * SNR of each, as the clean signal's active power over what the noisy one has
 * besides; a failure ends the program. */
void features_sounds(const char *folder, const struct se_mixer *mixer,
                     uint64_t seed, int n, struct se_pool *pool);

#endif
