/* groups.h - files grouped by columns of a table of their mixtures.
 *
 * The table is comma-separated: a heading, then a record for each file, its
 * name in the first column. */
#ifndef SE_METRICS_GROUPS_H
#define SE_METRICS_GROUPS_H

#include "metrics/match.h"

#include <stddef.h>

enum { SE_GROUPS_MAX_COLUMNS = 8 };

/* What to group by: columns of the table `path`, "snr_db", or "snr" for short.
 * None: by snr and noise_type, as far as the table has them. */
struct se_groups_by {
    const char *path;
    const char *columns[SE_GROUPS_MAX_COLUMNS];
    int n;
};

/* Files with the same value in one column. */
struct se_group {
    const char *by; /* the column, "snr_db" */
    char *value;    /* "-5.0" */
    int *members;   /* [n] indices of files */
    int n;
};

/* In the order of the columns, then of the values. The column `noise` groups by
 * the kind of noise that the name of its file begins with; levels in dB with
 * more than 12 values are rounded to 5 dB. */
struct se_groups {
    struct se_group *group;
    int n;
    char *text; /* the table, taken apart */
};

/* SE_ERR_ARG: the table has no record for one of the files. Other errors: it
 * cannot be read, is no such table, or lacks a column. */
int se_groups_read(struct se_groups *groups, const struct se_groups_by *by,
                   const struct se_matches *files, struct se_report *report);

/* Leaves files out: file i is then file new_index[i], or in no group where that
 * is below 0. Groups without a file go. */
void se_groups_renumber(struct se_groups *groups, const int *new_index);
void se_groups_free(struct se_groups *groups);

/* The table pairs.csv in `folder` or beside it; returns 0 if there is none. */
int se_groups_find(char *path, size_t size, const char *folder);

#endif
