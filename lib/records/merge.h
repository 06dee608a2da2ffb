/* merge.h - parts of a set that several machines made, put together. */
#ifndef SE_RECORDS_MERGE_H
#define SE_RECORDS_MERGE_H

#include "base/pool.h"
#include "base/status.h"
#include "base/ticker.h"

/* What se_shards_merge found. */
struct se_merge_result {
    int n_parts, n_shards;
};

/* Puts the parts in a folder together: sees that all parts are complete and of
 * the same set, reads every shard against its checksum on the pool's workers,
 * writes manifest.json and statistics.json and removes the parts' files. A
 * folder that is merged already is read in the same way, and stays as it is.
 * Errors name the first part or shard that is missing. `progress` is that of
 * the shards; when it stops the work, it ends with SE_ERR_STOPPED. */
int se_shards_merge(struct se_merge_result *result, const char *folder,
                    struct se_pool *pool, const struct se_ticker *progress,
                    struct se_report *report);

#endif
