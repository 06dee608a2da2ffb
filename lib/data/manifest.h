/* manifest.h - manifest.json: what the shards of a folder were made of. */
#ifndef SE_DATA_MANIFEST_H
#define SE_DATA_MANIFEST_H

#include "data/shards.h"

/* SE_OK if the folder has no manifest or one that fits: same seed, corpora and
 * options; the number of shards may differ. Otherwise the report names the
 * first difference. */
int se_manifest_check(const struct se_shards *shards, struct se_report *report);

/* Writes it; crcs[n_shards] of the files, or NULL while shards are missing. */
int se_manifest_write(const struct se_shards *shards, const uint32_t *crcs,
                      struct se_report *report);

#endif
