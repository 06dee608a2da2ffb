/* shards.h - a folder of TFRecord files, one mixture each, made resumably.
 *
 * Shard n holds mixture n of the seed, cut into records of equal length, and
 * depends on nothing else: not on threads or machines, not on what is there
 * already. Shards appear whole under their names, so those that are there are
 * kept; a damaged one is made again. Beside them are, once all are there,
 * manifest.json, which tells what they were made of (a folder made otherwise
 * is refused), and statistics.json (see statistics.h).
 *
 * Several machines can share the work: part p of n makes every n-th shard,
 * beginning with the p-th, and leaves part-P-of-N.json; se_shards_merge then
 * puts the two files together. While it is worked on, a folder is locked:
 * parts can work in it beside each other, but nobody twice. */
#ifndef SE_RECORDS_SHARDS_H
#define SE_RECORDS_SHARDS_H

#include "base/pool.h"
#include "mix/mix.h"
#include "records/tfrecord.h"

#include <stddef.h>

struct se_shards {
    const struct se_mixer *mixer;
    const char *speech_name, *noise_name; /* for the manifest */
    const char *folder;
    uint64_t seed;
    int n_shards;
    int n_records; /* in a shard; must divide the frames of a mixture */
    int gzip;
    enum se_record_format format;
    int part, n_parts; /* 1..n_parts; 0, 0: the whole */
};

struct se_shards_result {
    int n_written, n_kept; /* kept: were there before */
    int n_damaged;         /* of the written: were there, but damaged */
};

/* Frames of a record, or SE_ERR_ARG if the records would not be equal. */
int se_shards_frames(const struct se_shards *shards, struct se_report *report);

/* How many shards the part has (all, without parts), and which. */
int se_shards_count(const struct se_shards *shards);
int se_shards_number(const struct se_shards *shards, int index);

/* File name of a shard; size 32 or more beyond the folder's name. */
void se_shards_path(char *path, size_t size, const struct se_shards *shards,
                    int number);

/* CRC-32C of a file. */
int se_shards_crc(uint32_t *crc, const char *path, struct se_report *report);

/* Makes the folder, checks or writes the manifest, makes what is missing on
 * the pool's workers, and closes the manifest with the CRC-32C of every file.
 * `progress` (may be NULL) is called after each shard, from one thread at a
 * time; when it returns non-zero the work ends with SE_ERR_STOPPED after the
 * shards begun, and can be resumed. */
int se_shards_write(const struct se_shards *shards,
                    struct se_shards_result *result, struct se_pool *pool,
                    int (*progress)(void *context, int n_done), void *context,
                    struct se_report *report);

/* What se_shards_merge found. */
struct se_merge_result {
    int n_parts, n_shards;
};

/* Puts the parts in a folder together: sees that all parts are complete and of
 * the same set, reads every shard against its checksum on the pool's workers,
 * writes manifest.json and statistics.json and removes the parts' files. A
 * folder that is merged already is read in the same way, and stays as it is.
 * Errors name the first part or
 * shard that is missing. `progress` is as above, and is told of how many. */
int se_shards_merge(struct se_merge_result *result, const char *folder,
                    struct se_pool *pool,
                    int (*progress)(void *context, int n_done, int n_all),
                    void *context, struct se_report *report);

#endif
