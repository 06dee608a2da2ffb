/* download.h - the options and the dialogue about downloading data sets. */
#ifndef CMD_FEATURES_DOWNLOAD_H
#define CMD_FEATURES_DOWNLOAD_H

#include "common/options.h"
#include "fetch/download.h"

struct download_options {
    int download; /* -1: not asked for; 0: what is there will do; 1 */
    int only;     /* make no features */
    int list;
    const char *names, *data_dir, *mirror, *table;
    int accept, keep;
    struct se_retry retry;
};

/* What is to be made of the sets once they are there. */
struct download_use {
    const char *folder; /* where that goes; NULL: there is nothing to check */
    double bytes_a_second; /* of speech; 0: `bytes` does not depend on it */
    double bytes;
};

/* Exits if the disk of `folder` has fewer bytes free. */
void download_check_room(const char *folder, double bytes);

/* For struct download_options. */
extern const struct option_row download_option_rows[];

/* Prints the table of data sets to standard output. */
void download_list(const struct download_options *options);

/* Downloads what was asked for and is not there; returns the exit status. */
int download_run(const struct download_options *options,
                 const struct download_use *use);

#endif
