/* skipped.h - sound files that could not be used: the others are, each of these
 * is named, and the program's status is 1. */
#ifndef CMD_COMMON_SKIPPED_H
#define CMD_COMMON_SKIPPED_H

/* Of the n_files of `name`; reasons[n_named], a line each. */
struct skipped {
    const char *name;
    const char *const *reasons;
    int n_named, n_skipped, n_files;
};

void skipped_report(const struct skipped *skipped);

/* To be called at the end: says how many were reported, if any; the exit
 * status. */
int skipped_status(void);

#endif
