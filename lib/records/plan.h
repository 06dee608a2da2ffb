/* plan.h - what a set of shards is to be: of what, how many, under which names.
 *
 * Shard n holds mixture n of the seed, cut into records of equal length, and
 * depends on nothing else: not on threads or machines, not on what is there
 * already. Several machines can share the work: part p of n makes every n-th
 * shard, beginning with the p-th. */
#ifndef SE_RECORDS_PLAN_H
#define SE_RECORDS_PLAN_H

#include "mix/mix.h"
#include "records/example.h"

enum { SE_SHARDS_PATH = 4200, SE_SHARDS_MAX = 10000000 };

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

/* Frames of a record, or SE_ERR_ARG if the records would not be equal. */
int se_shards_frames(const struct se_shards *shards, struct se_report *report);

/* How many shards the part has (all, without parts), and which. */
int se_shards_count(const struct se_shards *shards);
int se_shards_number(const struct se_shards *shards, int index);

/* Bytes that a second of mixtures takes, about, and rather too few. */
double se_shards_bytes_a_second(enum se_record_format format, int gzip);

/* File name of a shard. */
void se_shards_path(char path[SE_SHARDS_PATH], const char *folder, int number);

#endif
