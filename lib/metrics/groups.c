/* groups.c - groups of files, and the table that says which is which. */
#include "metrics/groups.h"

#include "corpus/speaker.h"
#include "encoding/csv.h"
#include "files/path.h"
#include "files/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_BYTES = 64 << 20, MAX_FIELDS = 64, MAX_LEVELS = 12 };

struct table {
    const char *path;
    char *heading[MAX_FIELDS];
    int n_columns;
    char *(*rows)[MAX_FIELDS];
    int n_rows;
};

/* ---- the table ----------------------------------------------------------- */

static int take_row(struct table *table, char **fields, int n, int record,
                    struct se_report *report)
{
    if (n < 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: record %d: a quote without its end", table->path,
                       record);
    if (n != table->n_columns)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: record %d: %d fields, expected %d", table->path,
                       record, n, table->n_columns);

    void *rows =
        realloc(table->rows, (size_t)(table->n_rows + 1) * sizeof *table->rows);

    if (!rows)
        return se_fail_memory(report, table->path);
    table->rows = rows;
    memcpy(table->rows[table->n_rows++], fields, (size_t)n * sizeof *fields);
    return SE_OK;
}

/* *text, which is taken apart, must outlive the table. */
static int read_table(struct table *table, char **text, const char *path,
                      struct se_report *report)
{
    char *fields[MAX_FIELDS], *next;
    size_t size;
    char separator;
    int status = se_read_text(text, &size, path, MAX_BYTES, report);

    *table = (struct table){.path = path};
    if (status != SE_OK)
        return status;
    next = *text;
    separator = se_csv_separator(next);
    table->n_columns =
        se_csv_split_by(table->heading, MAX_FIELDS, &next, separator);
    if (table->n_columns < 2 || table->n_columns > MAX_FIELDS)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: expected a heading of 2 to %d columns", path,
                       MAX_FIELDS);
    for (int record = 2; next && status == SE_OK; record++) {
        int n = se_csv_split_by(fields, MAX_FIELDS, &next, separator);

        if (n != 0)
            status = take_row(table, fields, n, record, report);
    }
    return status;
}

/* Its index; "snr" also finds "snr_db"; -1 if there is none. */
static int find_column(const struct table *table, const char *name)
{
    size_t length = strlen(name);

    for (int c = 1; c < table->n_columns; c++) {
        if (strcmp(table->heading[c], name) == 0)
            return c;
    }
    for (int c = 1; c < table->n_columns; c++) {
        if (strncmp(table->heading[c], name, length) == 0 &&
            table->heading[c][length] == '_')
            return c;
    }
    return -1;
}

/* The record of a file, named with its folder or without; NULL: none. */
static char **find_row(const struct table *table, const char *name)
{
    const char *base = se_path_base(name);

    for (int i = 0; i < table->n_rows; i++) {
        if (strcmp(table->rows[i][0], name) == 0)
            return table->rows[i];
    }
    return base > name ? find_row(table, base) : NULL;
}

/* ---- values -------------------------------------------------------------- */

static int is_number(const char *text, double *value)
{
    char *end;

    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

static int compare_values(const void *a, const void *b)
{
    const char *text_a = *(char *const *)a, *text_b = *(char *const *)b;
    double value_a, value_b;

    if (is_number(text_a, &value_a) && is_number(text_b, &value_b) &&
        value_a != value_b)
        return value_a < value_b ? -1 : 1;
    return strcmp(text_a, text_b);
}

static char *noise_type(const char *path)
{
    char kind[256];

    se_noise_of_path(kind, sizeof kind, path);
    return strdup(kind);
}

static int has_many_levels(char *const *values, int n)
{
    char *levels[MAX_LEVELS];
    int n_levels = 0;

    for (int i = 0; i < n; i++) {
        int known = 0;

        for (int k = 0; k < n_levels; k++)
            known |= strcmp(levels[k], values[i]) == 0;
        if (!known && n_levels == MAX_LEVELS)
            return 1;
        if (!known)
            levels[n_levels++] = values[i];
    }
    return 0;
}

/* Decibels drawn from a range make groups of their nearest 5 dB. */
static int round_levels(char **values, int n, struct se_report *report)
{
    double value;

    for (int i = 0; i < n; i++) {
        if (!is_number(values[i], &value))
            return SE_OK;
    }
    for (int i = 0; i < n; i++) {
        char text[32];

        is_number(values[i], &value);
        snprintf(text, sizeof text, "%.0f", 5.0 * round(value / 5.0) + 0.0);
        free(values[i]);
        values[i] = strdup(text);
        if (!values[i])
            return se_fail_memory(report, "groups of files");
    }
    return SE_OK;
}

static void free_values(char **values, int n)
{
    for (int i = 0; values && i < n; i++)
        free(values[i]);
    free(values);
}

/* values[files->n], each by malloc; those of all files or of none. */
static int read_values(char **values, const struct table *table, int column,
                       const struct se_matches *files, struct se_report *report)
{
    const char *heading = table->heading[column];
    size_t length = strlen(heading);
    int n = files->n, is_noise = strcmp(heading, "noise") == 0;

    for (int i = 0; i < n; i++) {
        char **row = find_row(table, files->match[i].name);

        if (!row)
            return se_fail(report, SE_ERR_ARG, "%s: has no line for '%s'",
                           table->path, se_path_base(files->match[i].name));
        values[i] = is_noise ? noise_type(row[column]) : strdup(row[column]);
        if (!values[i])
            return se_fail_memory(report, "groups of files");
    }
    if (length > 3 && strcmp(heading + length - 3, "_db") == 0 &&
        has_many_levels(values, n))
        return round_levels(values, n, report);
    return SE_OK;
}

/* ---- groups -------------------------------------------------------------- */

static struct se_group *find_group(const struct se_groups *groups, int first,
                                   const char *value)
{
    for (int i = first; i < groups->n; i++) {
        if (strcmp(groups->group[i].value, value) == 0)
            return &groups->group[i];
    }
    return NULL;
}

/* With room for n_max members; NULL without memory. Takes *value over. */
static struct se_group *add_group(struct se_groups *groups, const char *by,
                                  char **value, int n_max)
{
    struct se_group *larger =
        realloc(groups->group, (size_t)(groups->n + 1) * sizeof *groups->group);
    int *members = malloc((size_t)n_max * sizeof *members);

    if (larger)
        groups->group = larger;
    if (!larger || !members) {
        free(members);
        return NULL;
    }

    struct se_group *group = &groups->group[groups->n++];

    *group = (struct se_group){.by = by, .value = *value, .members = members};
    *value = NULL;
    return group;
}

static int compare_groups(const void *a, const void *b)
{
    return compare_values(&((const struct se_group *)a)->value,
                          &((const struct se_group *)b)->value);
}

static int group_by(struct se_groups *groups, const struct table *table,
                    int column, const struct se_matches *files,
                    struct se_report *report)
{
    int first = groups->n, n = files->n;
    char **values = calloc((size_t)n, sizeof *values);
    int status = values ? read_values(values, table, column, files, report)
                        : se_fail_memory(report, "groups of files");

    for (int i = 0; i < n && status == SE_OK; i++) {
        struct se_group *group = find_group(groups, first, values[i]);

        if (!group)
            group = add_group(groups, table->heading[column], &values[i], n);
        if (group)
            group->members[group->n++] = i;
        else
            status = se_fail_memory(report, "groups of files");
    }
    free_values(values, n);
    if (groups->n > first)
        qsort(groups->group + first, (size_t)(groups->n - first),
              sizeof *groups->group, compare_groups);
    return status;
}

static int group_by_all(struct se_groups *groups, const struct table *table,
                        const struct se_groups_by *by,
                        const struct se_matches *files,
                        struct se_report *report)
{
    static const char *const usual[] = {"snr", "noise_type"};
    const char *const *columns = by->n > 0 ? by->columns : usual;
    int n = by->n > 0 ? by->n : 2, status = SE_OK;

    for (int i = 0; i < n && status == SE_OK; i++) {
        int column = find_column(table, columns[i]);

        if (column >= 0)
            status = group_by(groups, table, column, files, report);
        else if (by->n > 0)
            status = se_fail(report, SE_ERR_FORMAT, "%s: has no column '%s'",
                             by->path, columns[i]);
    }
    return status;
}

int se_groups_read(struct se_groups *groups, const struct se_groups_by *by,
                   const struct se_matches *files, struct se_report *report)
{
    struct table table;

    *groups = (struct se_groups){0};

    int status = read_table(&table, &groups->text, by->path, report);

    if (status == SE_OK)
        status = group_by_all(groups, &table, by, files, report);
    free(table.rows);
    if (status != SE_OK)
        se_groups_free(groups);
    return status;
}

void se_groups_renumber(struct se_groups *groups, const int *new_index)
{
    int n_groups = 0;

    for (int g = 0; g < groups->n; g++) {
        struct se_group group = groups->group[g];
        int n = 0;

        for (int i = 0; i < group.n; i++)
            if (new_index[group.members[i]] >= 0)
                group.members[n++] = new_index[group.members[i]];
        group.n = n;
        if (n > 0) {
            groups->group[n_groups++] = group;
        } else {
            free(group.value);
            free(group.members);
        }
    }
    groups->n = n_groups;
}

void se_groups_free(struct se_groups *groups)
{
    for (int i = 0; i < groups->n; i++) {
        free(groups->group[i].value);
        free(groups->group[i].members);
    }
    free(groups->group);
    free(groups->text);
    *groups = (struct se_groups){0};
}

int se_groups_find(char *path, size_t size, const char *folder)
{
    static const char *const forms[] = {"%s/pairs.csv", "%s/../pairs.csv"};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        int length = snprintf(path, size, forms[i], folder);

        if (length < (int)size && access(path, F_OK) == 0)
            return 1;
    }
    return 0;
}
