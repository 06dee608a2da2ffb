/* table.h - named columns of numbers, out of JSON lines or a CSV file. */
#ifndef SE_PICTURE_TABLE_H
#define SE_PICTURE_TABLE_H

#include "base/status.h"

enum { SE_TABLE_COLUMNS = 32, SE_TABLE_ROWS = 1000000 };

/* What is missing or no number is NAN; true is 1, false 0. */
struct se_table {
    int n_rows, n_columns;
    char *name[SE_TABLE_COLUMNS];
    double *column[SE_TABLE_COLUMNS]; /* [n_rows] each */
    char **label; /* [n_rows] of a CSV file: the first field of each row, and
                     its others that are words; of JSON lines NULL */
    int capacity; /* table.c's own, like the rest */
};

/* A name that ends in .csv: fields between commas, in double quotes where they
 * hold one, under a line of names; the first field and words label a row.
 * Other names: an object a line, as in a training's history.jsonl; a name is a
 * column. Errors name file and line. A table without rows is one, too. */
int se_table_read(struct se_table *table, const char *path,
                  struct se_report *report);
void se_table_free(struct se_table *table);

/* Whether the path's name ends in .csv. */
int se_table_is_csv(const char *path);

/* The column of that name; NULL: there is none. */
const double *se_table_find(const struct se_table *table, const char *name);

#endif
