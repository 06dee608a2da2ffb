/* json.c - JSON built, printed and read, with checks around cJSON. */
#include "encoding/json.h"

#include "base/utf8.h"
#include "files/atomic.h"
#include "files/file.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- building ------------------------------------------------------------ */

struct se_json se_json_start(void)
{
    cJSON *root = cJSON_CreateObject();

    return (struct se_json){root, !root};
}

/* Takes the item over; NULL: there was no memory for it. */
static cJSON *add(struct se_json *json, cJSON *to, const char *key, cJSON *item)
{
    if (to && item &&
        (key ? cJSON_AddItemToObject(to, key, item)
             : cJSON_AddItemToArray(to, item)))
        return item;
    cJSON_Delete(item);
    json->failed = 1;
    return NULL;
}

cJSON *se_json_add_object(struct se_json *json, cJSON *to, const char *key)
{
    return add(json, to, key, cJSON_CreateObject());
}

cJSON *se_json_add_array(struct se_json *json, cJSON *to, const char *key)
{
    return add(json, to, key, cJSON_CreateArray());
}

void se_json_add_number(struct se_json *json, cJSON *to, const char *key,
                        double value)
{
    add(json, to, key, cJSON_CreateNumber(value));
}

void se_json_add_bool(struct se_json *json, cJSON *to, const char *key,
                      int value)
{
    add(json, to, key, cJSON_CreateBool(value));
}

void se_json_add_text(struct se_json *json, cJSON *to, const char *key,
                      const char *text)
{
    cJSON *item = cJSON_CreateString(text);

    if (item)
        se_utf8_mend(item->valuestring);
    add(json, to, key, item);
}

void se_json_add_raw(struct se_json *json, cJSON *to, const char *key,
                     const char *number)
{
    add(json, to, key, cJSON_CreateRaw(number));
}

void se_json_add_copy(struct se_json *json, cJSON *to, const char *key,
                      const cJSON *item)
{
    if (item)
        add(json, to, key, cJSON_Duplicate(item, 1));
}

void se_json_drop(struct se_json *json)
{
    cJSON_Delete(json->root);
    json->root = NULL;
}

int se_json_save(struct se_json *json, const char *path,
                 struct se_report *report)
{
    char *text = json->failed ? NULL : cJSON_Print(json->root);
    struct se_atomic_file file;

    se_json_drop(json);
    if (!text)
        return se_fail_memory(report, path);

    int status = se_atomic_open(&file, path, report);

    if (status == SE_OK) {
        /* A failed write is kept in the stream for the commit to find. */
        fprintf(file.stream, "%s\n", text);
        status = se_atomic_commit(&file, report);
    }
    cJSON_free(text);
    return status;
}

char *se_json_line(struct se_json *json)
{
    char *text = json->failed ? NULL : cJSON_PrintUnformatted(json->root);

    se_json_drop(json);
    return text;
}

double se_json_decimal(float value)
{
    char text[32];

    snprintf(text, sizeof text, "%.7g", (double)value);
    return strtod(text, NULL);
}

/* ---- printing ------------------------------------------------------------ */

void se_json_print_text(FILE *stream, const char *text)
{
    static const char shorts[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    size_t n = strlen(text);

    putc('"', stream);
    while (n > 0) {
        int length = se_utf8_length(text, n);
        const char *found = strchr(shorts, *text);

        if (length == 0)
            putc('?', stream);
        else if (found)
            fprintf(stream, "\\%c", letters[found - shorts]);
        else if ((unsigned char)*text < ' ')
            fprintf(stream, "\\u%04x", (unsigned)*text);
        else
            fwrite(text, 1, (size_t)length, stream);
        text += length ? length : 1;
        n -= (size_t)(length ? length : 1);
    }
    putc('"', stream);
}

void se_json_print_fixed(FILE *stream, const char *key, double value,
                         int n_decimals)
{
    if (isfinite(value))
        fprintf(stream, "\"%s\": %.*f", key, n_decimals, value);
    else
        fprintf(stream, "\"%s\": null", key);
}

void se_json_print_number(FILE *stream, const char *key, double value,
                          int n_digits)
{
    if (isfinite(value))
        fprintf(stream, "\"%s\": %.*g", key, n_digits, value);
    else
        fprintf(stream, "\"%s\": null", key);
}

/* ---- reading ------------------------------------------------------------- */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether text[i] is the first of several digits of a number, and zero. */
static int is_leading_zero(const char *text, size_t i)
{
    size_t sign = i > 0 && text[i - 1] == '-';
    char before = i > sign ? text[i - 1 - sign] : ' ';

    if (text[i] != '0' || !is_digit(text[i + 1]))
        return 0;
    return !is_digit(before) && !strchr(".eE+", before);
}

/* What is wrong outside of a string with byte i, or NULL. */
static const char *wrong_outside(const char *text, size_t i, int depth,
                                 int n_commas,
                                 const struct se_json_limits *limits)
{
    const char *outside = limits->outside
                              ? limits->outside
                              : "{}[]:,\" \t\r\n0123456789+-.eEtrufalsn";

    if (!text[i] || !strchr(outside, text[i]))
        return "is out of place";
    if (is_leading_zero(text, i))
        return "starts a number with leading zeros";
    if (depth > limits->depth)
        return "nests deeper than expected";
    if (n_commas > limits->n_commas)
        return "is one comma more than expected";
    return NULL;
}

static int check_text(const struct se_json_text *whole,
                      const struct se_json_limits *limits,
                      struct se_report *report)
{
    const char *text = whole->bytes;
    int in_string = 0, depth = 0, n_commas = 0;

    for (size_t i = 0; i < whole->n; i++) {
        const char c = text[i];
        const char *wrong = NULL;

        if (!in_string) {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            n_commas += c == ',';
            wrong = wrong_outside(text, i, depth, n_commas, limits);
        } else if ((unsigned char)c < ' ') {
            wrong = "is a control character in a string";
        } else if (c == '\\' && strncmp(text + i, "\\u0000", 6) == 0) {
            wrong = "is a zero character in a string";
        }
        if (wrong)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: %s%sbyte %zu (0x%02x) %s", whole->path,
                           limits->part ? limits->part : "",
                           limits->part ? " " : "", i, (unsigned char)c, wrong);
        if (c == '"')
            in_string = !in_string;
        else if (in_string && c == '\\')
            i++;
    }
    return SE_OK;
}

int se_json_parse(cJSON **object, const struct se_json_text *text,
                  const struct se_json_limits *limits, struct se_report *report)
{
    const char *path = text->path;

    *object = NULL;
    if (text->n > limits->n_bytes)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: longer than the %zu bytes expected", path,
                       limits->n_bytes);

    int status = check_text(text, limits, report);

    if (status != SE_OK)
        return status;

    errno = 0;

    /* The zero after the text counts: cJSON must find it behind the value. */
    cJSON *root = cJSON_ParseWithLengthOpts(text->bytes, text->n + 1, NULL, 1);

    if (cJSON_IsObject(root)) {
        *object = root;
        return SE_OK;
    }
    cJSON_Delete(root);
    if (!root && errno == ENOMEM)
        return se_fail_memory(report, path);
    if (limits->part)
        return se_fail(report, SE_ERR_FORMAT, "%s: the %s is not a JSON object",
                       path, limits->part);
    return se_fail(report, SE_ERR_FORMAT, "%s: not a JSON object", path);
}

int se_json_parse_line(cJSON **object, const char *line, const char *path,
                       struct se_report *report)
{
    static const struct se_json_limits limits = {
        .n_bytes = 1 << 16, .depth = 4, .n_commas = 1000};

    return se_json_parse(object,
                         &(struct se_json_text){line, strlen(line), path},
                         &limits, report);
}

int se_json_read(cJSON **object, const char *path,
                 const struct se_json_limits *limits, struct se_report *report)
{
    size_t n;
    char *text;
    int status = se_read_file(&text, &n, path, limits->n_bytes, report);

    *object = NULL;
    if (status == SE_OK)
        status = se_json_parse(object, &(struct se_json_text){text, n, path},
                               limits, report);
    free(text);
    return status;
}

const cJSON *se_json_at(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

int se_json_get_number(double *value, const cJSON *object, const char *key,
                       double least)
{
    const cJSON *item = se_json_at(object, key);

    if (!cJSON_IsNumber(item) || !(item->valuedouble >= least))
        return SE_ERR_FORMAT;
    *value = item->valuedouble;
    return SE_OK;
}

int se_json_get_count(int *value, const cJSON *object, const char *key,
                      int most)
{
    double number;

    if (se_json_get_number(&number, object, key, 1) != SE_OK || number > most ||
        number != floor(number))
        return SE_ERR_FORMAT;
    *value = (int)number;
    return SE_OK;
}

int se_json_get_text(const char **text, const cJSON *object, const char *key)
{
    *text = cJSON_GetStringValue(se_json_at(object, key));
    return *text ? SE_OK : SE_ERR_FORMAT;
}

int se_json_get_numbers(double *numbers, int n, double least,
                        const cJSON *object, const char *key)
{
    const cJSON *array = se_json_at(object, key);
    const cJSON *item = cJSON_IsArray(array) ? array->child : NULL;

    for (int i = 0; i < n; i++, item = item->next) {
        if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble) ||
            item->valuedouble < least)
            return SE_ERR_FORMAT;
        numbers[i] = item->valuedouble;
    }
    return item ? SE_ERR_FORMAT : SE_OK;
}

static void show(char *text, size_t size, const cJSON *item,
                 const char *missing)
{
    char *printed = item ? cJSON_PrintUnformatted(item) : NULL;

    snprintf(text, size, "%s", printed ? printed : missing);
    cJSON_free(printed);
}

static const char *find_difference(const cJSON *before, const cJSON *now)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, now)
    {
        if (!cJSON_Compare(se_json_at(before, item->string), item, 1))
            return item->string;
    }
    cJSON_ArrayForEach(item, before)
    {
        if (!se_json_at(now, item->string))
            return item->string;
    }
    return NULL;
}

int se_json_differ(struct se_json_difference *difference, const cJSON *before,
                   const cJSON *now, const char *missing)
{
    const char *name = find_difference(before, now);

    if (!name)
        return 0;
    difference->name = name;
    show(difference->was, sizeof difference->was, se_json_at(before, name),
         "unknown");
    show(difference->is, sizeof difference->is, se_json_at(now, name), missing);
    return 1;
}
