/* table.c - reads JSON lines and CSV. */
#include "picture/table.h"

#include "base/file.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_BYTES = 1 << 28 };

int se_table_is_csv(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && strcasecmp(dot, ".csv") == 0;
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
    cJSON *object = cJSON_Parse(line);
    int status;

    if (cJSON_IsObject(object))
        status = add_object(table, object, place);
    else
        status = se_fail(place->report, SE_ERR_FORMAT,
                         "%s:%d: found '%.40s', expected a JSON object",
                         place->path, place->line, line);
    cJSON_Delete(object);
    return status;
}

/* ---- CSV ----------------------------------------------------------------- */

/* The field that begins at *rest, without quotes, in place; *rest goes on to
 * the next one, NULL after the last. */
static char *next_field(char **rest)
{
    char *field = *rest, *to = field, *from = field;
    int is_quoted = 0;

    for (; *from && (is_quoted || *from != ','); from++) {
        if (*from != '"') {
            *to++ = *from;
        } else if (is_quoted && from[1] == '"') {
            *to++ = '"';
            from++;
        } else {
            is_quoted = !is_quoted;
        }
    }
    *rest = *from ? from + 1 : NULL;
    *to = '\0';
    return field;
}

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
static int add_csv_names(struct se_table *table, char *line,
                         const struct place *place)
{
    int status = SE_OK;

    next_field(&line);
    while (line && status >= 0) {
        int n_before = table->n_columns;
        char *name = next_field(&line);

        status = add_column(table, name, place);
        if (status >= 0 && table->n_columns == n_before)
            status = se_fail(place->report, SE_ERR_FORMAT,
                             "%s:%d: two columns named '%s'", place->path,
                             place->line, name);
    }
    return status < 0 ? status : SE_OK;
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

static int add_csv_line(struct se_table *table, char *line,
                        const struct place *place)
{
    size_t size = strlen(line) + 1; /* commas become the spaces of a label */
    char *first = next_field(&line), *label;
    int status = add_csv_row(table, &label, first, size, place), n = 0;

    if (status != SE_OK)
        return status;
    for (; line; n++) {
        const char *field = next_field(&line);
        double value;

        if (!is_number(&value, field) && field[0] != '\0')
            strcat(strcat(label, " "), field);
        if (n < table->n_columns)
            table->column[n][table->n_rows - 1] = value;
    }
    if (n != table->n_columns)
        return se_fail(place->report, SE_ERR_FORMAT,
                       "%s:%d: found %d fields, expected %d", place->path,
                       place->line, n + 1, table->n_columns + 1);
    return SE_OK;
}

/* ---- files --------------------------------------------------------------- */

static int is_blank(const char *line)
{
    return line[strspn(line, " \t")] == '\0';
}

static int add_lines(struct se_table *table, char *text, struct place *place)
{
    int is_csv = se_table_is_csv(place->path), status = SE_OK;

    while (text && status == SE_OK) {
        char *end = strchr(text, '\n'), *line = text;

        place->line++;
        text = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        if (end > line && end[-1] == '\r')
            end[-1] = '\0';
        if (is_blank(line))
            continue;
        if (!is_csv)
            status = add_json_line(table, line, place);
        else if (table->n_columns == 0)
            status = add_csv_names(table, line, place);
        else
            status = add_csv_line(table, line, place);
    }
    return status;
}

int se_table_read(struct se_table *table, const char *path,
                  struct se_report *report)
{
    struct place place = {.path = path, .report = report};
    char *text = NULL;
    size_t n_bytes;
    int status = se_read_file(&text, &n_bytes, path, MAX_BYTES, report);

    *table = (struct se_table){0};
    if (status == SE_OK)
        status = add_lines(table, text, &place);
    free(text);
    if (status != SE_OK)
        se_table_free(table);
    return status;
}
