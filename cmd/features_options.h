/* features_options.h - the options of se-features. */
#ifndef CMD_FEATURES_OPTIONS_H
#define CMD_FEATURES_OPTIONS_H

#include "data/mix.h"

#include <stdint.h>

enum { FEATURES_MAX_SHARDS = 10000000 };

struct features_options {
    const char *speech, *noise, *output, *list, *inspect;
    struct se_mix_config mix;
    int num; /* 0: the speech once */
    int n_records, gzip, threads;
    uint64_t seed;
};

/* Reads and checks the command line; --help, --version and mistakes end the
 * program. */
struct features_options features_options_parse(int argc, char **argv);

#endif
