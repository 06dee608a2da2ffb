/* groups.c - files grouped by what pairs.csv says of them. */
#include "common/cli.h"
#include "eval.h"

#include "base/csv.h"
#include "base/file.h"
#include "base/path.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_BYTES = 64 << 20, MAX_FIELDS = 64, MAX_LEVELS = 12 };

/* pairs.csv: a heading, then a line for each pair, its name in front. */
struct table {
    const char *path;
    char *heading[MAX_FIELDS];
    int n_columns;
    char *(*rows)[MAX_FIELDS];
    int n_rows;
};

void eval_by_take(struct eval_by *by, char *text)
{
    by->none = strcmp(text, "none") == 0;
    for (char *rest = text, *word; !by->none && (word = strsep(&rest, ","));) {
        if (by->n == EVAL_MAX_COLUMNS || !*word)
            cli_die(EXIT_USAGE, "--by: expected 1 to %d names of columns",
                    EVAL_MAX_COLUMNS);
        by->columns[by->n++] = word;
    }
}

/* ---- the table ----------------------------------------------------------- */

static void take_row(struct table *table, char **fields, int n, int line)
{
    if (n != table->n_columns)
        cli_die(EXIT_FAILED, "%s: record %d: %d fields, expected %d",
                table->path, line, n, table->n_columns);
    table->rows = eval_memory(realloc(table->rows, (size_t)(table->n_rows + 1) *
                                                       sizeof *table->rows));
    memcpy(table->rows[table->n_rows++], fields, (size_t)n * sizeof *fields);
}

static void read_table(struct table *table, char **text, const char *path)
{
    char *fields[MAX_FIELDS], *next;
    struct se_report report;
    size_t size;

    *table = (struct table){.path = path};
    cli_check(se_read_file(text, &size, path, MAX_BYTES, &report), &report);
    next = *text;
    table->n_columns = se_csv_split(table->heading, MAX_FIELDS, &next);
    if (table->n_columns < 2 || table->n_columns > MAX_FIELDS)
        cli_die(EXIT_FAILED, "%s: expected a heading of 2 to %d columns", path,
                MAX_FIELDS);
    for (int line = 2; next; line++) {
        int n = se_csv_split(fields, MAX_FIELDS, &next);

        if (n < 0)
            cli_die(EXIT_FAILED, "%s: record %d: a quote without its end", path,
                    line);
        if (n > 0)
            take_row(table, fields, n, line);
    }
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

static char **find_row(const struct table *table, const char *name)
{
    const char *base = se_path_base(name);

    for (int i = 0; i < table->n_rows; i++) {
        if (strcmp(table->rows[i][0], name) == 0)
            return table->rows[i];
    }
    if (base > name)
        return find_row(table, base);
    cli_die(EXIT_FAILED, "%s: has no line for '%s' (--by none goes without)",
            table->path, name);
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

/* "glass_breaking" of "noise/glass_breaking_4-212698-A.flac". */
static char *noise_type(const char *path)
{
    const char *name = se_path_base(path);
    size_t length = strcspn(name, ".");

    for (size_t i = 1; i + 1 < length; i++) {
        if (strchr("_- ", name[i]) && isdigit((unsigned char)name[i + 1]))
            length = i;
    }
    return eval_memory(strndup(name, length));
}

/* Decibels drawn from a range make groups of their nearest 5 dB. */
static void round_levels(char **values, int n)
{
    double value;

    for (int i = 0; i < n; i++) {
        if (!is_number(values[i], &value))
            return;
    }
    for (int i = 0; i < n; i++) {
        char text[32];

        is_number(values[i], &value);
        snprintf(text, sizeof text, "%.0f", 5.0 * round(value / 5.0) + 0.0);
        free(values[i]);
        values[i] = eval_memory(strdup(text));
    }
}

static int count_distinct(char *const *values, int n)
{
    char **sorted = eval_memory(malloc((size_t)n * sizeof *sorted));
    int n_distinct = n > 0;

    memcpy(sorted, values, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_values);
    for (int i = 1; i < n; i++)
        n_distinct += strcmp(sorted[i], sorted[i - 1]) != 0;
    free(sorted);
    return n_distinct;
}

/* [eval->n_files], each by malloc. */
static char **values_of(const struct table *table, int column,
                        const struct eval *eval)
{
    const char *heading = table->heading[column];
    size_t length = strlen(heading);
    int n = eval->n_files;
    char **values = eval_memory(malloc((size_t)n * sizeof *values));

    for (int i = 0; i < n; i++) {
        const char *text = find_row(table, eval->files[i].name)[column];

        values[i] = strcmp(heading, "noise") == 0 ? noise_type(text)
                                                  : eval_memory(strdup(text));
    }
    if (length > 3 && strcmp(heading + length - 3, "_db") == 0 &&
        count_distinct(values, n) > MAX_LEVELS)
        round_levels(values, n);
    return values;
}

/* ---- groups -------------------------------------------------------------- */

static struct eval_group *find_group(struct eval_groups *groups, int first,
                                     const char *value)
{
    for (int i = first; i < groups->n; i++) {
        if (strcmp(groups->groups[i].value, value) == 0)
            return &groups->groups[i];
    }
    return NULL;
}

static struct eval_group *add_group(struct eval_groups *groups, const char *by,
                                    const char *value)
{
    groups->groups = eval_memory(realloc(
        groups->groups, (size_t)(groups->n + 1) * sizeof *groups->groups));

    struct eval_group *group = &groups->groups[groups->n++];

    *group = (struct eval_group){
        .by = by,
        .value = eval_memory(strdup(value)),
    };
    return group;
}

static int compare_groups(const void *a, const void *b)
{
    return compare_values(&((const struct eval_group *)a)->value,
                          &((const struct eval_group *)b)->value);
}

static void group_by(struct eval_groups *groups, const struct table *table,
                     int column, const struct eval *eval)
{
    char **values = values_of(table, column, eval);
    int first = groups->n, n = eval->n_files;

    for (int i = 0; i < n; i++) {
        struct eval_group *group = find_group(groups, first, values[i]);

        if (!group) {
            group = add_group(groups, table->heading[column], values[i]);
            group->members =
                eval_memory(malloc((size_t)n * sizeof *group->members));
        }
        group->members[group->n++] = i;
        free(values[i]);
    }
    free(values);
    qsort(groups->groups + first, (size_t)(groups->n - first),
          sizeof *groups->groups, compare_groups);
}

/* Whether there is a pairs.csv in the folder or beside it. */
static int find_pairs(char path[PATH_MAX], const char *noisy)
{
    static const char *const forms[] = {"%s/pairs.csv", "%s/../pairs.csv"};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (snprintf(path, PATH_MAX, forms[i], noisy) < PATH_MAX &&
            access(path, F_OK) == 0)
            return 1;
    }
    return 0;
}

void eval_groups_open(struct eval_groups *groups, const struct eval_by *by,
                      const char *noisy, const struct eval *eval)
{
    static const char *const usual[] = {"snr", "noise_type"};
    char found[PATH_MAX];
    const char *path = by->pairs;
    struct table table;

    *groups = (struct eval_groups){0};
    if (by->none)
        return;
    if (!path && find_pairs(found, noisy))
        path = found;
    if (!path && by->n > 0)
        cli_die(EXIT_FAILED,
                "%s: no pairs.csv in it or beside it, which --by needs (or "
                "--pairs)",
                noisy);
    if (!path)
        return;
    read_table(&table, &groups->text, path);
    for (int i = 0; i < by->n; i++) {
        int column = find_column(&table, by->columns[i]);

        if (column < 0)
            cli_die(EXIT_FAILED, "%s: has no column '%s'", path,
                    by->columns[i]);
        group_by(groups, &table, column, eval);
    }
    for (int i = 0; by->n == 0 && i < 2; i++) {
        int column = find_column(&table, usual[i]);

        if (column > 0)
            group_by(groups, &table, column, eval);
    }
    free(table.rows);
}

void eval_groups_close(struct eval_groups *groups)
{
    for (int i = 0; i < groups->n; i++) {
        free(groups->groups[i].value);
        free(groups->groups[i].members);
    }
    free(groups->groups);
    free(groups->text);
}
