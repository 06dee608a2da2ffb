/* datasets.c - reads and writes the table of data sets. */
#include "fetch/datasets.h"

#include "encoding/decimal.h"
#include "files/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {"speech", "noise", "rooms", "pairs"};

enum {
    N_KINDS = sizeof kind_names / sizeof *kind_names,
    MAX_TABLE_BYTES = 1 << 20
};

const char *se_dataset_kind_name(enum se_dataset_kind kind)
{
    return kind_names[kind];
}

/* Where the reader is. */
struct table {
    struct se_datasets *sets;
    struct se_dataset row;
    int in_row;
    const char *name; /* of the text */
    int line, row_line;
    struct se_report *report;
};

/* ---- values -------------------------------------------------------------- */

static int bad(struct table *t, const char *key, const char *value,
               const char *expected)
{
    return se_fail(t->report, SE_ERR_FORMAT,
                   "%s:%d: %s: expected %s, found "
                   "'%.100s'",
                   t->name, t->line, key, expected, value);
}

static int take_text(struct table *t, char *to, size_t size, const char *key,
                     const char *value)
{
    char expected[64];

    snprintf(expected, sizeof expected, "at most %zu letters", size - 1);
    if (strlen(value) >= size)
        return bad(t, key, value, expected);
    memcpy(to, value, strlen(value) + 1);
    return SE_OK;
}

/* A name becomes the name of a file or folder: nothing that could leave it. */
static int is_plain(const char *name, const char *more)
{
    if (!isalnum((unsigned char)name[0]))
        return 0;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && !strchr(more, *name))
            return 0;
    }
    return 1;
}

/* Whole numbers up to 2^53, so that they stay exact wherever they go. */
static int read_bytes(int64_t *bytes, const char *text)
{
    char *end;

    errno = 0;
    *bytes = strtoll(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && !errno &&
           *bytes > 0 && *bytes <= INT64_C(1) << 53;
}

static int take_kind(struct table *t, const char *value)
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        if (strcmp(value, kind_names[kind]) == 0) {
            t->row.kind = (enum se_dataset_kind)kind;
            return SE_OK;
        }
    }
    return bad(t, "kind", value, "speech, noise, rooms or pairs");
}

static int take_default(struct table *t, const char *value)
{
    t->row.is_default = strcmp(value, "yes") == 0;
    if (!t->row.is_default && strcmp(value, "no") != 0)
        return bad(t, "default", value, "yes or no");
    return SE_OK;
}

static int take_folder(struct table *t, const char *value)
{
    struct se_dataset *row = &t->row;

    if (row->n_folders == SE_MAX_FOLDERS)
        return bad(t, "folder", value, "no more than 8 of them");
    if (!is_plain(value, "._-/ ") || strstr(value, ".."))
        return bad(t, "folder", value, "a relative name");
    return take_text(t, row->folder[row->n_folders++], SE_MAX_NAME, "folder",
                     value);
}

/* The last part of the URL's path. */
static void name_of_url(char name[SE_MAX_NAME], const char *url)
{
    size_t end = strcspn(url, "?#"), start = end;

    while (start > 0 && url[start - 1] != '/')
        start--;
    snprintf(name, SE_MAX_NAME, "%.*s", (int)(end - start), url + start);
}

/* One word after the URL: bytes, digest or name. */
/* "toy/labels.csv Human" */
static int take_voices(struct table *t, char *value)
{
    char *label = value;
    const char *name = strsep(&label, " \t");

    if (!label || !*label || !is_plain(name, "._-/") || strstr(name, ".."))
        return bad(t, "voices", name, "a relative name and a label");

    int status = take_text(t, t->row.voices, SE_MAX_NAME, "voices", name);

    return status == SE_OK
               ? take_text(t, t->row.voice_label, sizeof t->row.voice_label,
                           "voices", label + strspn(label, " \t"))
               : status;
}

static int take_source_word(struct table *t, struct se_archive *source,
                            const char *word)
{
    int certain = word[0] != '~';
    const char *value = word + !certain;
    struct se_digest digest;
    int64_t bytes;

    if (se_digest_parse(&digest, value) == SE_OK) {
        source->digest = digest;
        source->digest_certain = certain;
        return SE_OK;
    }
    if (read_bytes(&bytes, value)) {
        source->bytes = bytes;
        source->bytes_certain = certain;
        return SE_OK;
    }
    if (certain && isalnum((unsigned char)word[0]) && is_plain(word, "._-") &&
        word[strspn(word, "0123456789")]) /* those are bytes, or nothing */
        return take_text(t, source->name, SE_MAX_NAME, "archive", word);
    return bad(t, "archive", word,
               "bytes, md5:, sha256: or a file name after the URL");
}

static int check_source_name(struct table *t, const char *name)
{
    if (!is_plain(name, "._-"))
        return bad(t, "archive", name, "a file name after the URL");
    for (int i = 0; i < t->row.n_sources; i++) {
        if (strcmp(name, t->row.source[i].name) == 0)
            return bad(t, "archive", name, "a name of its own for each");
    }
    return SE_OK;
}

static int take_archive(struct table *t, char *value)
{
    struct se_archive source = {0};
    char *url = strsep(&value, " \t"), *word;

    if (t->row.n_sources == SE_MAX_ARCHIVES)
        return bad(t, "archive", url, "no more than 32 of them");
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        return bad(t, "archive", url, "a URL with http:// or https://");
    name_of_url(source.name, url);

    int status = take_text(t, source.url, sizeof source.url, "archive", url);

    while (status == SE_OK && (word = strsep(&value, " \t"))) {
        if (*word)
            status = take_source_word(t, &source, word);
    }
    if (status == SE_OK)
        status = check_source_name(t, source.name);
    t->row.source[t->row.n_sources++] = source;
    return status;
}

static int take_unpacked(struct table *t, const char *value)
{
    if (!read_bytes(&t->row.unpacked, value))
        return bad(t, "unpacked", value, "a number of bytes");
    return SE_OK;
}

static int take_hours(struct table *t, const char *value)
{
    double hours;

    if (!se_decimal_read(&hours, value) || !(hours > 0 && hours <= 1e6))
        return bad(t, "hours", value, "a number of hours");
    t->row.hours = hours;
    return SE_OK;
}

/* ---- rows ---------------------------------------------------------------- */

static int keep_row(struct table *t)
{
    struct se_datasets *sets = t->sets;
    const struct se_dataset *row = &t->row;
    const char *missing = !row->licence[0]      ? "licence"
                          : !row->unpacked      ? "unpacked"
                          : row->n_folders == 0 ? "folder"
                          : row->n_sources == 0 ? "archive"
                                                : NULL;

    if (missing)
        return se_fail(t->report, SE_ERR_FORMAT, "%s:%d: set %s: no '%s'",
                       t->name, t->row_line, row->name, missing);
    for (int i = 0; i < sets->n; i++) {
        if (strcmp(sets->set[i].name, row->name) == 0) {
            sets->set[i] = *row;
            return SE_OK;
        }
    }

    struct se_dataset *set =
        realloc(sets->set, (size_t)(sets->n + 1) * sizeof *set);

    if (!set)
        return se_fail_memory(t->report, "the table of data sets");
    sets->set = set;
    set[sets->n++] = *row;
    return SE_OK;
}

static int end_row(struct table *t)
{
    int status = t->in_row ? keep_row(t) : SE_OK;

    t->in_row = 0;
    return status;
}

static int begin_row(struct table *t, const char *name)
{
    int status = end_row(t);

    if (status != SE_OK)
        return status;
    t->row = (struct se_dataset){0};
    t->row_line = t->line;
    t->in_row = 1;
    /* No dot: NAME.archives and NAME.unpacking are names, too. */
    if (!is_plain(name, "_-"))
        return bad(t, "set", name, "a name of letters, digits, - and _");
    return take_text(t, t->row.name, sizeof t->row.name, "set", name);
}

static int take_line(struct table *t, const char *key, char *value)
{
    struct se_dataset *row = &t->row;

    if (strcmp(key, "set") == 0)
        return begin_row(t, value);
    if (!t->in_row)
        return bad(t, key, value, "'set' as the first line");
    if (strcmp(key, "about") == 0)
        return take_text(t, row->about, sizeof row->about, key, value);
    if (strcmp(key, "licence") == 0)
        return take_text(t, row->licence, sizeof row->licence, key, value);
    if (strcmp(key, "citation") == 0)
        return take_text(t, row->citation, sizeof row->citation, key, value);
    if (strcmp(key, "kind") == 0)
        return take_kind(t, value);
    if (strcmp(key, "default") == 0)
        return take_default(t, value);
    if (strcmp(key, "unpacked") == 0)
        return take_unpacked(t, value);
    if (strcmp(key, "hours") == 0)
        return take_hours(t, value);
    if (strcmp(key, "folder") == 0)
        return take_folder(t, value);
    if (strcmp(key, "voices") == 0)
        return take_voices(t, value);
    if (strcmp(key, "archive") == 0)
        return take_archive(t, value);
    return se_fail(t->report, SE_ERR_FORMAT,
                   "%s:%d: unknown word '%.100s', expected set, about, kind, "
                   "licence, citation, default, unpacked, hours, folder, "
                   "voices or archive",
                   t->name, t->line, key);
}

static char *trim(char *text)
{
    size_t n;

    text += strspn(text, " \t");
    for (n = strlen(text); n > 0 && isspace((unsigned char)text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

static int take_lines(struct table *t, char *text)
{
    char *line;

    while ((line = strsep(&text, "\n"))) {
        t->line++;
        line = trim(line);
        if (line[0] == '\0' || line[0] == '#')
            continue;

        char *key = strsep(&line, " \t");
        char *value = line ? trim(line) : NULL;

        if (!value)
            return se_fail(t->report, SE_ERR_FORMAT,
                           "%s:%d: '%.100s' without a value", t->name, t->line,
                           key);

        int status = take_line(t, key, value);

        if (status != SE_OK)
            return status;
    }
    return end_row(t);
}

int se_datasets_add(struct se_datasets *sets, const char *text,
                    const char *name, struct se_report *report)
{
    struct table table = {.sets = sets, .name = name, .report = report};
    char *copy = strdup(text);

    if (!copy)
        return se_fail_memory(report, name);

    int status = take_lines(&table, copy);

    free(copy);
    return status;
}

int se_datasets_load(struct se_datasets *sets, struct se_report *report)
{
    int status = SE_OK;

    *sets = (struct se_datasets){0};
    for (int i = 0; se_datasets_table[i] && status == SE_OK; i++)
        status = se_datasets_add(sets, se_datasets_table[i], "built-in table",
                                 report);
    if (status != SE_OK)
        se_datasets_free(sets);
    return status;
}

int se_datasets_read(struct se_datasets *sets, const char *path,
                     struct se_report *report)
{
    int status = se_datasets_load(sets, report);
    char *text;
    size_t n;

    if (status != SE_OK || !path)
        return status;
    status = se_read_text(&text, &n, path, MAX_TABLE_BYTES, report);
    if (status == SE_OK) {
        status = se_datasets_add(sets, text, path, report);
        free(text);
    }
    if (status != SE_OK)
        se_datasets_free(sets);
    return status;
}

void se_datasets_free(struct se_datasets *sets)
{
    free(sets->set);
    *sets = (struct se_datasets){0};
}

/* ---- use ----------------------------------------------------------------- */

const struct se_dataset *se_datasets_find(const struct se_datasets *sets,
                                          const char *name)
{
    for (int i = 0; i < sets->n; i++) {
        if (strcmp(sets->set[i].name, name) == 0)
            return &sets->set[i];
    }
    return NULL;
}

/* Each set once. */
static void choose(struct se_dataset_choice *choice,
                   const struct se_dataset *set)
{
    for (int i = 0; i < choice->n; i++) {
        if (choice->set[i] == set)
            return;
    }
    choice->set[choice->n++] = set;
}

static int choose_named(struct se_dataset_choice *choice,
                        const struct se_datasets *sets, const char *names,
                        struct se_report *report)
{
    char *copy = strdup(names), *rest = copy, *name;
    int status = copy ? SE_OK : se_fail_memory(report, "the data sets");

    while (status == SE_OK && (name = strsep(&rest, ","))) {
        const struct se_dataset *set = se_datasets_find(sets, name);

        if (set)
            choose(choice, set);
        else
            status = se_fail(report, SE_ERR_ARG, "no set '%s'", name);
    }
    free(copy);
    return status;
}

int se_datasets_choose(struct se_dataset_choice *choice,
                       const struct se_datasets *sets, const char *names,
                       struct se_report *report)
{
    int status = SE_OK;

    *choice = (struct se_dataset_choice){
        calloc((size_t)sets->n + 1, sizeof *choice->set), 0};
    if (!choice->set)
        return se_fail_memory(report, "the data sets");
    if (names && strcmp(names, "all") != 0) {
        status = choose_named(choice, sets, names, report);
    } else {
        for (int i = 0; i < sets->n; i++) {
            if (names || sets->set[i].is_default)
                choose(choice, &sets->set[i]);
        }
    }
    if (status != SE_OK)
        se_dataset_choice_free(choice);
    return status;
}

void se_dataset_choice_free(struct se_dataset_choice *choice)
{
    free(choice->set);
    *choice = (struct se_dataset_choice){0};
}

int64_t se_dataset_packed(const struct se_dataset *set)
{
    int64_t bytes = 0;

    for (int i = 0; i < set->n_sources; i++)
        bytes += set->source[i].bytes;
    return bytes;
}

static void print_source(const struct se_archive *source, FILE *stream)
{
    fprintf(stream, "archive   %s", source->url);
    if (source->bytes > 0)
        fprintf(stream, " %s%lld", source->bytes_certain ? "" : "~",
                (long long)source->bytes);
    if (source->digest.kind != SE_DIGEST_NONE)
        fprintf(stream, " %s%s:%s", source->digest_certain ? "" : "~",
                se_digest_name(source->digest.kind), source->digest.hex);
    /* Digits alone would be read as bytes. */
    if (source->name[strspn(source->name, "0123456789")])
        fprintf(stream, " %s", source->name);
    fputc('\n', stream);
}

void se_dataset_print(const struct se_dataset *set, FILE *stream)
{
    fprintf(stream, "set       %s\n", set->name);
    if (set->about[0])
        fprintf(stream, "about     %s\n", set->about);
    fprintf(stream, "kind      %s\nlicence   %s\n", kind_names[set->kind],
            set->licence);
    if (set->citation[0])
        fprintf(stream, "citation  %s\n", set->citation);
    fprintf(stream, "default   %s\nunpacked  %lld\n",
            set->is_default ? "yes" : "no", (long long)set->unpacked);
    if (set->hours > 0)
        fprintf(stream, "hours     %g\n", set->hours);
    for (int i = 0; i < set->n_folders; i++)
        fprintf(stream, "folder    %s\n", set->folder[i]);
    if (set->voices[0])
        fprintf(stream, "voices    %s %s\n", set->voices, set->voice_label);
    for (int i = 0; i < set->n_sources; i++)
        print_source(&set->source[i], stream);
}
