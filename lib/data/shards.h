/* shards.h - a folder of TFRecord files, one mixture each, made resumably.
 *
 * Shard n holds mixture n of the seed, cut into records of equal length, and
 * depends on nothing else: not on threads, not on what is there already.
 * Shards appear whole under their names, so those that are there are kept;
 * manifest.json beside them tells what they were made of, and a folder made
 * otherwise is refused. */
#ifndef SE_DATA_SHARDS_H
#define SE_DATA_SHARDS_H

#include "base/pool.h"
#include "data/mix.h"

#include <stddef.h>

struct se_shards {
    const struct se_mixer *mixer;
    const char *speech_name, *noise_name; /* for the manifest */
    const char *folder;
    uint64_t seed;
    int n_shards;
    int n_records; /* in a shard; must divide the frames of a mixture */
    int gzip;
};

struct se_shards_result {
    int n_written, n_kept; /* kept: were there before */
};

/* Frames of a record, or SE_ERR_ARG if the records would not be equal. */
int se_shards_frames(const struct se_shards *shards, struct se_report *report);

/* File name of a shard; size 32 or more beyond the folder's name. */
void se_shards_path(char *path, size_t size, const struct se_shards *shards,
                    int number);

/* Makes the folder, checks or writes the manifest, makes what is missing on
 * the pool's workers, and closes the manifest with the CRC-32C of every file.
 * `progress` (may be NULL) is called after each shard, from one thread at a
 * time; when it returns non-zero the work ends with SE_ERR_STOPPED after the
 * shards begun, and can be resumed. */
int se_shards_write(const struct se_shards *shards,
                    struct se_shards_result *result, struct se_pool *pool,
                    int (*progress)(void *context, int n_done), void *context,
                    struct se_report *report);

#endif
