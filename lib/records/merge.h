/* merge.h - parts of a set that several machines made, put together. */
#ifndef SE_RECORDS_MERGE_H
#define SE_RECORDS_MERGE_H

#include "base/pool.h"
#include "base/status.h"

/* What se_shards_merge found. */
struct se_merge_result {
    int n_parts, n_shards;
};

/* Puts the parts in a folder together: sees that all parts are complete and of
 * the same set, reads every shard against its checksum on the pool's workers,
 * writes manifest.json and statistics.json and removes the parts' files. A
 * folder that is merged already is read in the same way, and stays as it is.
 * Errors name the first part or shard that is missing. `progress` (may be NULL)
 * is called after each shard, from one thread at a time; when it returns
 * non-zero the work ends with SE_ERR_STOPPED. */
int se_shards_merge(struct se_merge_result *result, const char *folder,
                    struct se_pool *pool,
                    int (*progress)(void *context, int n_done, int n_all),
                    void *context, struct se_report *report);

#endif
