/* shards.h - a folder of TFRecord files, one mixture each, made resumably.
 *
 * Shards appear whole under their names, so those that are there are kept; a
 * damaged one is made again. Beside them are, once all are there,
 * manifest.json, which says what they were made of (a folder made otherwise
 * is refused), and statistics.json (see statistics.h); a part leaves
 * part-P-of-N.json until merge.h puts the parts together. While it is worked
 * on, a folder is locked: parts can work in it beside each other, but nobody
 * twice. */
#ifndef SE_RECORDS_SHARDS_H
#define SE_RECORDS_SHARDS_H

#include "base/pool.h"
#include "base/ticker.h"
#include "records/plan.h"

struct se_shards_result {
    int n_written, n_kept; /* kept: were there before */
    int n_damaged;         /* of the written: were there, but damaged */
};

/* Makes the folder, checks or writes the manifest, makes what is missing on
 * the pool's workers, and closes the manifest with the CRC-32C of every file.
 * `progress` is that of the shards; when it stops the work, it ends with
 * SE_ERR_STOPPED after the shards begun, and can be resumed. */
int se_shards_write(struct se_shards_result *result,
                    const struct se_shards *shards, struct se_pool *pool,
                    const struct se_ticker *progress, struct se_report *report);

#endif
