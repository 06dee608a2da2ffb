/* table.c - reads JSON lines and CSV. */
#include "picture/table.h"

#include "encoding/csv.h"
#include "encoding/json.h"
#include "files/path.h"
#include "files/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 28 };

int se_table_is_csv(const char *path)
{
    return se_path_has_extension(path, "csv");
}

void se_table_free(struct se_table *table)
{
    for (int i = 0; i < table->n_columns; i++) {
        free(table->name[i]);
        free(table->column[i]);
    }
    for (int r = 0; r < table->n_rows && table->label; r++)
        free(table->label[r]);
    free(table->label);
    *table = (struct se_table){0};
}

const double *se_table_find(const struct se_table *table, const char *name)
{
    for (int i = 0; i < table->n_columns; i++) {
        if (strcmp(table->name[i], name) == 0)
            return table->column[i];
    }
    return NULL;
}

/* ---- building ------------------------------------------------------------ */

/* Where the reader is, for messages. */
struct place {
    const char *path;
    int line;
    struct se_report *report;
};

static int no_memory(const struct place *place)
{
    return se_fail_memory(place->report, place->path);
}

/* Index of the column, which is made if it is new; or a status. */
static int add_column(struct se_table *table, const char *name,
                      const struct place *place)
{
    int i = 0;

    while (i < table->n_columns && strcmp(table->name[i], name) != 0)
        i++;
    if (i < table->n_columns)
        return i;
    if (i == SE_TABLE_COLUMNS)
        return se_fail(place->report, SE_ERR_FORMAT,
                       "%s:%d: more than %d columns", place->path, place->line,
                       SE_TABLE_COLUMNS);

    size_t n = (size_t)table->capacity + 1;

    table->name[i] = strdup(name);
    table->column[i] = malloc(n * sizeof **table->column);
    if (!table->name[i] || !table->column[i]) {
        free(table->name[i]);
        free(table->column[i]);
        return no_memory(place);
    }
    for (int r = 0; r < table->capacity; r++)
        table->column[i][r] = (double)NAN;
    table->n_columns++;
    return i;
}

static int grow(struct se_table *table, const struct place *place)
{
    int capacity = table->capacity ? 2 * table->capacity : 64;

    if (table->capacity >= SE_TABLE_ROWS)
        return se_fail(place->report, SE_ERR_FORMAT, "%s: more than %d lines",
                       place->path, SE_TABLE_ROWS);
    for (int i = 0; i < table->n_columns; i++) {
        double *longer =
            realloc(table->column[i], ((size_t)capacity + 1) * sizeof *longer);

        if (!longer)
            return no_memory(place);
        table->column[i] = longer;
        for (int r = table->capacity; r < capacity; r++)
            longer[r] = (double)NAN;
    }
    table->capacity = capacity;
    return SE_OK;
}

/* A row of NANs. */
static int add_row(struct se_table *table, const struct place *place)
{
    int status = SE_OK;

    if (table->n_rows == table->capacity)
        status = grow(table, place);
    if (status == SE_OK)
        table->n_rows++;
    return status;
}

/* ---- JSON lines ---------------------------------------------------------- */

static int add_object(struct se_table *table, const cJSON *object,
                      const struct place *place)
{
    int status = add_row(table, place);
    const cJSON *item;

    if (status != SE_OK)
        return status;
    cJSON_ArrayForEach(item, object)
    {
        if (!cJSON_IsNumber(item) && !cJSON_IsBool(item))
            continue;

        int i = add_column(table, item->string, place);

        if (i < 0)
            return i;
        table->column[i][table->n_rows - 1] =
            cJSON_IsBool(item) ? cJSON_IsTrue(item) : item->valuedouble;
    }
    return SE_OK;
}

static int add_json_line(struct se_table *table, char *line,
                         const struct place *place)
{
    cJSON *object;
    int status = se_json_parse_line(&object, line, place->path, place->report);

    if (status == SE_OK)
        status = add_object(table, object, place);
    else if (status == SE_ERR_FORMAT)
        status = se_fail(place->report, SE_ERR_FORMAT,
                         "%s:%d: found '%.40s', expected a JSON object",
                         place->path, place->line, line);
    cJSON_Delete(object);
    return status;
}

/* ---- CSV ----------------------------------------------------------------- */

/* One field more than a table can take. */
enum { MAX_FIELDS = SE_TABLE_COLUMNS + 2 };

/* Whether the field is a number; *value: it, or NAN. */
static int is_number(double *value, const char *text)
{
    char *end;

    *value = strtod(text, &end);
    if (end != text && *end == '\0')
        return 1;
    *value = (double)NAN;
    return 0;
}

/* The line of names: the first stands over the labels. */
static int add_csv_names(struct se_table *table, char *const *fields, int n,
                         const struct place *place)
{
    for (int i = 1; i < n && i < MAX_FIELDS; i++) {
        int n_before = table->n_columns;
        int status = add_column(table, fields[i], place);

        if (status < 0)
            return status;
        if (table->n_columns == n_before)
            return se_fail(place->report, SE_ERR_FORMAT,
                           "%s:%d: two columns named '%s'", place->path,
                           place->line, fields[i]);
    }
    return SE_OK;
}

/* A row of NANs, labelled with `first` in *label, which has room for `size`
 * bytes with their end. */
static int add_csv_row(struct se_table *table, char **label, const char *first,
                       size_t size, const struct place *place)
{
    char **longer =
        realloc(table->label, ((size_t)table->n_rows + 1) * sizeof *longer);

    if (!longer)
        return no_memory(place);
    table->label = longer;
    *label = malloc(size);
    if (!*label)
        return no_memory(place);
    longer[table->n_rows] = strcpy(*label, first);

    int status = add_row(table, place);

    if (status != SE_OK)
        free(*label);
    return status;
}

static int add_csv_values(struct se_table *table, char *const *fields, int n,
                          const struct place *place)
{
    size_t size = 1;
    char *label;

    if (n != table->n_columns + 1)
        return se_fail(place->report, SE_ERR_FORMAT,
                       "%s:%d: found %d fields, expected %d", place->path,
                       place->line, n, table->n_columns + 1);
    for (int i = 0; i < n; i++)
        size += strlen(fields[i]) + 1;

    int status = add_csv_row(table, &label, fields[0], size, place);

    if (status != SE_OK)
        return status;
    for (int i = 1; i < n; i++) {
        double *value = &table->column[i - 1][table->n_rows - 1];

        if (!is_number(value, fields[i]) && fields[i][0] != '\0')
            strcat(strcat(label, " "), fields[i]);
    }
    return SE_OK;
}

/* ---- files --------------------------------------------------------------- */

static int is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\0';
}

/* A record with line ends in quotes counts as one line. */
static int add_csv(struct se_table *table, char *text, struct place *place)
{
    char *fields[MAX_FIELDS];
    int status = SE_OK;

    while (text && status == SE_OK) {
        int n = se_csv_split(fields, MAX_FIELDS, &text);

        place->line++;
        if (n == 0 || (n == 1 && is_blank(fields[0])))
            continue;
        if (n < 0)
            status =
                se_fail(place->report, SE_ERR_FORMAT,
                        "%s:%d: a quote has no end", place->path, place->line);
        else if (table->n_columns == 0)
            status = add_csv_names(table, fields, n, place);
        else
            status = add_csv_values(table, fields, n, place);
    }
    return status;
}

static int add_json(struct se_table *table, char *text, struct place *place)
{
    int status = SE_OK;
    char *line;

    while (status == SE_OK && (line = strsep(&text, "\n"))) {
        place->line++;
        if (!is_blank(line))
            status = add_json_line(table, line, place);
    }
    return status;
}

int se_table_read(struct se_table *table, const char *path,
                  struct se_report *report)
{
    struct place place = {.path = path, .report = report};
    char *text = NULL;
    size_t n_bytes;
    int status = se_read_text(&text, &n_bytes, path, MAX_BYTES, report);

    *table = (struct se_table){0};
    if (status == SE_OK)
        status = se_table_is_csv(path) ? add_csv(table, text, &place)
                                       : add_json(table, text, &place);
    free(text);
    if (status != SE_OK)
        se_table_free(table);
    return status;
}
