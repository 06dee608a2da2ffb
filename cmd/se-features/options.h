/* options.h - the options of se-features. */
#ifndef CMD_FEATURES_OPTIONS_H
#define CMD_FEATURES_OPTIONS_H

#include "download.h"
#include "mix/mix.h"
#include "records/tfrecord.h"

#include <stdint.h>

enum {
    FEATURES_MAX_SHARDS = 10000000,
    FEATURES_MAX_SCANS = 64,
    FEATURES_MAX_SPLITS = 3
};

struct features_options {
    const char *speech, *noise, *output, *list, *inspect, *scratch, *plot,
        *sounds;
    int plot_count; /* mixtures in it */
    struct se_mix_config mix;
    struct download_options download;
    int num; /* 0: the speech once */
    int n_records, gzip, threads;
    enum se_record_format format;
    int part, n_parts; /* --shard; 0, 0: the whole */
    int merge, strict;
    int is_forced; /* whatever room there is on the disk */
    int from_sets; /* the sets that were downloaded give speech and noise */
    int datasize_noise; /* speech files for each type of noise, -1: all; 0:
                           types are all one */
    const char *split_use;

    const char *scans[FEATURES_MAX_SCANS], *kind, *set, *speaker;
    int n_scans;
    double shares[FEATURES_MAX_SPLITS]; /* of splits: train, (valid,) test */
    int n_splits;                       /* 0: none */
    uint64_t seed;
};

/* The name of a split: "train", perhaps "valid", "test". */
const char *features_split(const struct features_options *options, int index);

/* Reads and checks the command line; --help, --version and mistakes end the
 * program. */
struct features_options features_options_parse(int argc, char **argv);

#endif
