/* download.h - the options and the conversation of loading data sets. */
#ifndef CMD_FEATURES_DOWNLOAD_H
#define CMD_FEATURES_DOWNLOAD_H

#include "fetch/download.h"

#include <getopt.h>

struct download_options {
    int download, list;
    int any; /* one of the options below was given */
    const char *names, *data_dir, *mirror, *table;
    int accept, keep;
    struct se_patience patience;
};

/* For a program's table: values from DOWNLOAD_OPTION_FIRST on are these. */
enum {
    DOWNLOAD_OPTION_FIRST = 2000,
    DOWNLOAD_DOWNLOAD = DOWNLOAD_OPTION_FIRST,
    DOWNLOAD_LIST,
    DOWNLOAD_DATASETS,
    DOWNLOAD_DATA_DIR,
    DOWNLOAD_MIRROR,
    DOWNLOAD_TABLE,
    DOWNLOAD_ACCEPT,
    DOWNLOAD_KEEP,
    DOWNLOAD_TRIES,
    DOWNLOAD_WAIT,
    DOWNLOAD_STALL,
    DOWNLOAD_OPTION_LAST = DOWNLOAD_STALL
};

/* clang-format off */
#define DOWNLOAD_LONG_OPTIONS                                                  \
    {"download", required_argument, NULL, DOWNLOAD_DOWNLOAD},                  \
    {"list_datasets", no_argument, NULL, DOWNLOAD_LIST},                       \
    {"datasets", required_argument, NULL, DOWNLOAD_DATASETS},                  \
    {"data_dir", required_argument, NULL, DOWNLOAD_DATA_DIR},                  \
    {"mirror", required_argument, NULL, DOWNLOAD_MIRROR},                      \
    {"dataset_table", required_argument, NULL, DOWNLOAD_TABLE},                \
    {"accept_licences", no_argument, NULL, DOWNLOAD_ACCEPT},                   \
    {"keep_archives", no_argument, NULL, DOWNLOAD_KEEP},                       \
    {"tries", required_argument, NULL, DOWNLOAD_TRIES},                        \
    {"wait", required_argument, NULL, DOWNLOAD_WAIT},                          \
    {"stall", required_argument, NULL, DOWNLOAD_STALL}
/* clang-format on */

/* Their part of --help. */
extern const char download_help[];

void download_options_default(struct download_options *options);

/* Stores the value of one of them; a bad one ends the program. */
void download_option_take(struct download_options *options, int option,
                          const char *text);

/* Prints the table of data sets to standard output. */
void download_list(const struct download_options *options);

/* Loads what was asked for; returns the exit status. */
int download_run(const struct download_options *options);

#endif
