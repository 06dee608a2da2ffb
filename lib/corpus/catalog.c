/* catalog.c - manifests of sound files: read, written, split by speaker. */
#include "corpus/catalog.h"

#include "corpus/grouping.h"
#include "encoding/csv.h"
#include "encoding/decimal.h"
#include "files/atomic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_COLUMNS = 64, MAX_HEADER_BYTES = 4096, LEAVE_OUT_SEED = 1 };

enum column {
    PATH,
    KIND,
    SECONDS,
    RATE,
    CHANNELS,
    SPEAKER,
    SET,
    SPLIT,
    N_COLUMNS
};

static const char *const column_names[N_COLUMNS] = {
    "path", "kind", "seconds", "rate", "channels", "speaker", "set", "split"};

/* ---- entries ------------------------------------------------------------- */

int se_entry_set(char **field, const char *text, struct se_report *report)
{
    char *copy = strdup(text);

    if (!copy)
        return se_fail_memory(report, "a manifest");
    free(*field);
    *field = copy;
    return SE_OK;
}

static void free_entry(struct se_entry *entry)
{
    free(entry->path);
    free(entry->kind);
    free(entry->speaker);
    free(entry->set);
    free(entry->split);
}

int se_catalog_add(struct se_catalog *catalog, const char *path,
                   struct se_report *report)
{
    /* Grows at powers of two: the capacity is the next one from n. */
    if ((catalog->n & (catalog->n - 1)) == 0) {
        size_t capacity = catalog->n ? 2 * (size_t)catalog->n : 1;
        void *entries =
            realloc(catalog->entries, capacity * sizeof *catalog->entries);

        if (!entries)
            return se_fail_memory(report, "a manifest");
        catalog->entries = entries;
    }

    struct se_entry entry = {.path = strdup(path),
                             .kind = strdup(""),
                             .speaker = strdup(""),
                             .set = strdup(""),
                             .split = strdup("")};

    if (!entry.path || !entry.kind || !entry.speaker || !entry.set ||
        !entry.split) {
        free_entry(&entry);
        return se_fail_memory(report, "a manifest");
    }
    catalog->entries[catalog->n++] = entry;
    return SE_OK;
}

void se_catalog_free(struct se_catalog *catalog)
{
    for (int i = 0; i < catalog->n; i++)
        free_entry(&catalog->entries[i]);
    free(catalog->entries);
    *catalog = (struct se_catalog){0};
}

/* The field of a column of text, NULL for numbers. */
static char **text_of(struct se_entry *entry, enum column column)
{
    switch (column) {
    case PATH:
        return &entry->path;
    case KIND:
        return &entry->kind;
    case SPEAKER:
        return &entry->speaker;
    case SET:
        return &entry->set;
    case SPLIT:
        return &entry->split;
    default:
        return NULL;
    }
}

/* ---- selection ----------------------------------------------------------- */

/* Whose entry it is, as a whole is left out: the speaker's, or else the kind
 * of noise's. */
static const char *whole_of(const struct se_entry *entry)
{
    if (entry->speaker[0])
        return entry->speaker;
    return strchr(entry->kind, ':') ? entry->kind : entry->path;
}

/* Whether the entry is of those that leave_out=SHARE leaves; -1: no share. */
static int is_left_out(const struct se_entry *entry, const char *share,
                       size_t n)
{
    uint64_t place = se_grouping_hash(whole_of(entry), LEAVE_OUT_SEED);
    char text[32];
    double limit;

    if (n >= sizeof text)
        return -1;
    memcpy(text, share, n);
    text[n] = '\0';
    if (!se_decimal_read(&limit, text) || !(limit >= 0 && limit <= 1))
        return -1;
    return ldexp((double)(place >> 11), -53) < limit;
}

static int is_word(const char *word, const char *text, size_t n)
{
    return strlen(word) == n && memcmp(word, text, n) == 0;
}

/* Whether one condition, "kind=noise", of n bytes holds. */
static int condition_holds(const struct se_entry *entry, const char *text,
                           size_t n)
{
    const char *equals = memchr(text, '=', n);

    if (!equals)
        return -1;

    const char *value = equals + 1;
    size_t n_name = (size_t)(equals - text), n_value = n - n_name - 1;

    if (is_word("left_out", text, n_name))
        return is_left_out(entry, value, n_value);
    if (is_word("leave_out", text, n_name)) {
        int out = is_left_out(entry, value, n_value);

        return out < 0 ? -1 : !out;
    }
    for (enum column i = KIND; i < N_COLUMNS; i++) {
        char **field = text_of((struct se_entry *)entry, i);

        if (!field || !is_word(column_names[i], text, n_name))
            continue;
        if (strncmp(*field, value, n_value) != 0)
            return 0;
        return (*field)[n_value] == '\0' ||
               (i == KIND && (*field)[n_value] == ':');
    }
    return -1;
}

int se_entry_matches(const struct se_entry *entry, const char *selection)
{
    while (selection && *selection) {
        size_t n = strcspn(selection, ",");
        int holds = condition_holds(entry, selection, n);

        if (holds != 1)
            return holds;
        selection += n + (selection[n] == ',');
    }
    return 1;
}

/* ---- reading and writing ------------------------------------------------- */

/* Without the blanks around it, which people put behind commas. */
static char *trim(char *text)
{
    size_t n;

    text += strspn(text, " \t");
    for (n = strlen(text); n > 0 && strchr(" \t", text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

/* Where each column is, -1: nowhere. The name of one that is there twice, or
 * NULL. */
static const char *find_columns(int where[N_COLUMNS], char **fields, int n)
{
    const char *twice = NULL;

    for (int i = 0; i < N_COLUMNS; i++) {
        where[i] = -1;
        for (int j = 0; j < n; j++) {
            if (strcasecmp(trim(fields[j]), column_names[i]) != 0)
                continue;
            if (where[i] >= 0)
                twice = column_names[i];
            where[i] = j;
        }
    }
    return twice;
}

int se_catalog_is(const char *text)
{
    text += se_csv_preamble(text);

    size_t n = strcspn(text, "\n");
    char line[MAX_HEADER_BYTES], *rest = line, *fields[MAX_COLUMNS];
    int where[N_COLUMNS], n_known = 0;
    char separator = se_csv_separator(text);

    if (n >= sizeof line)
        return 0;
    memcpy(line, text, n);
    line[n] = '\0';

    int n_fields = se_csv_split_by(fields, MAX_COLUMNS, &rest, separator);

    if (n_fields < 1 || n_fields > MAX_COLUMNS)
        return 0;
    find_columns(where, fields, n_fields);
    for (int i = 0; i < N_COLUMNS; i++)
        n_known += where[i] >= 0;
    return where[PATH] >= 0 || n_known >= 2;
}

/* Spreadsheets write rows of separators alone. */
static int is_blank(char **fields, int n)
{
    while (n > 0 && !fields[n - 1][0])
        n--;
    return n == 0;
}

static int parse_line(struct se_catalog *catalog, char **fields,
                      const int where[N_COLUMNS], struct se_report *report)
{
    int status = se_catalog_add(catalog, fields[where[PATH]], report);

    if (status != SE_OK)
        return status;

    struct se_entry *entry = &catalog->entries[catalog->n - 1];

    for (enum column i = KIND; i < N_COLUMNS && status == SE_OK; i++) {
        char **field = text_of(entry, i);

        if (field && where[i] >= 0)
            status = se_entry_set(field, trim(fields[where[i]]), report);
    }
    if (where[SECONDS] >= 0) {
        char *comma = strchr(fields[where[SECONDS]], ',');

        /* Of decimals, where a semicolon stands between values. */
        if (comma)
            *comma = '.';
        entry->seconds = strtod(fields[where[SECONDS]], NULL);
    }
    if (where[RATE] >= 0)
        entry->rate_hz = atoi(fields[where[RATE]]);
    if (where[CHANNELS] >= 0)
        entry->channels = atoi(fields[where[CHANNELS]]);
    return status;
}

int se_catalog_parse(struct se_catalog *catalog, char *text, const char *name,
                     struct se_report *report)
{
    char *fields[MAX_COLUMNS], *rest = text + se_csv_preamble(text);
    char separator = se_csv_separator(rest);
    int where[N_COLUMNS], n_columns, status = SE_OK;

    *catalog = (struct se_catalog){0};
    n_columns = se_csv_split_by(fields, MAX_COLUMNS, &rest, separator);
    if (n_columns < 1 || n_columns > MAX_COLUMNS)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: line 1: expected names of columns", name);

    const char *twice = find_columns(where, fields, n_columns);

    if (twice)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: line 1: two columns named '%s'", name, twice);
    if (where[PATH] < 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: line 1: expected a column \"path\"", name);
    for (int record = 2; rest && status == SE_OK; record++) {
        int n = se_csv_split_by(fields, MAX_COLUMNS, &rest, separator);

        if (n >= 0 && n <= MAX_COLUMNS && is_blank(fields, n))
            continue;
        if (n != n_columns)
            status = se_fail(
                report, SE_ERR_FORMAT, "%s: record %d: %s, expected %d columns",
                name, record, n < 0 ? "a quote has no end" : "other columns",
                n_columns);
        else if (!fields[where[PATH]][0])
            status = se_fail(report, SE_ERR_FORMAT,
                             "%s: record %d: expected a path, found none", name,
                             record);
        else
            status = parse_line(catalog, fields, where, report);
    }
    if (status != SE_OK)
        se_catalog_free(catalog);
    return status;
}

int se_catalog_write(const struct se_catalog *catalog, const char *path,
                     struct se_report *report)
{
    struct se_atomic_file file;
    int status = se_atomic_open(&file, path, report);

    if (status != SE_OK)
        return status;
    for (int i = 0; i < N_COLUMNS; i++)
        fprintf(file.stream, "%s%s", i ? "," : "", column_names[i]);
    putc('\n', file.stream);
    for (int i = 0; i < catalog->n; i++) {
        const struct se_entry *entry = &catalog->entries[i];

        se_csv_write(file.stream, entry->path);
        putc(',', file.stream);
        se_csv_write(file.stream, entry->kind);
        fprintf(file.stream, ",%.3f,%d,%d,", entry->seconds, entry->rate_hz,
                entry->channels);
        se_csv_write(file.stream, entry->speaker);
        putc(',', file.stream);
        se_csv_write(file.stream, entry->set);
        putc(',', file.stream);
        se_csv_write(file.stream, entry->split);
        putc('\n', file.stream);
    }
    return se_atomic_commit(&file, report);
}

/* ---- splitting ----------------------------------------------------------- */

/* All that one speaker says. */
struct voice {
    uint64_t order; /* of the name and the seed */
    const char *name;
    double seconds;
    int first, n; /* among the entries sorted by name */
};

/* Whom an entry belongs to. */
static const char *owner(const struct se_entry *entry)
{
    return entry->speaker[0] ? entry->speaker : entry->path;
}

static int compare_owners(const void *a, const void *b)
{
    const struct se_entry *x = *(struct se_entry *const *)a;
    const struct se_entry *y = *(struct se_entry *const *)b;

    return strcmp(owner(x), owner(y));
}

static int compare_order(const void *a, const void *b)
{
    const struct voice *x = a, *y = b;

    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int find_voices(struct voice *voices, struct se_entry **sorted, int n,
                       uint64_t seed)
{
    int n_voices = 0;

    for (int i = 0; i < n; i++) {
        const char *name = owner(sorted[i]);

        if (n_voices == 0 || strcmp(voices[n_voices - 1].name, name) != 0)
            voices[n_voices++] =
                (struct voice){.order = se_grouping_hash(name, seed),
                               .name = name,
                               .first = i};
        /* An unknown length counts a little, so that voices have a share. */
        voices[n_voices - 1].seconds += sorted[i]->seconds + 1e-3;
        voices[n_voices - 1].n++;
    }
    return n_voices;
}

static int label_voice(const struct voice *voice, struct se_entry **sorted,
                       const char *name, struct se_report *report)
{
    int status = SE_OK;

    for (int i = 0; i < voice->n && status == SE_OK; i++)
        status = se_entry_set(&sorted[voice->first + i]->split, name, report);
    return status;
}

/* In the order of their hashes, the voices fill one split after another; each
 * split gets one at least. */
static int deal(struct voice *voices, int n_voices, struct se_entry **sorted,
                const struct se_splits *splits, struct se_report *report)
{
    double all = 0, sum = 0, seconds = 0, limit = 0;
    int split = -1, got = 1, status = SE_OK;

    for (int i = 0; i < n_voices; i++)
        seconds += voices[i].seconds;
    for (int i = 0; i < splits->n; i++)
        all += splits->shares[i];
    qsort(voices, (size_t)n_voices, sizeof *voices, compare_order);
    for (int i = 0; i < n_voices && status == SE_OK; i++) {
        /* The next split when this one would be more over than under. */
        int full = got > 0 && sum + voices[i].seconds / 2 > limit;
        int must = splits->n - 1 - split >= n_voices - i;

        if (split < 0 ||
            (split < splits->n - 1 && (full || (got > 0 && must)))) {
            limit += seconds * splits->shares[++split] / all;
            got = 0;
        }
        got++;
        sum += voices[i].seconds;
        status = label_voice(&voices[i], sorted, splits->names[split], report);
    }
    return status;
}

int se_catalog_split(struct se_catalog *catalog, const struct se_splits *splits,
                     uint64_t seed, struct se_report *report)
{
    size_t size = (size_t)catalog->n + 1;
    struct se_entry **sorted = calloc(size, sizeof(struct se_entry *));
    struct voice *voices = calloc(size, sizeof *voices);
    int status = SE_OK;

    if (!sorted || !voices)
        status = se_fail_memory(report, "the speakers");
    if (status == SE_OK) {
        for (int i = 0; i < catalog->n; i++)
            sorted[i] = &catalog->entries[i];
        qsort(sorted, (size_t)catalog->n, sizeof *sorted, compare_owners);

        int n_voices = find_voices(voices, sorted, catalog->n, seed);

        if (n_voices < splits->n)
            status = se_fail(report, SE_ERR_ARG,
                             "%d speakers cannot be split into %d sets that "
                             "share none",
                             n_voices, splits->n);
        else
            status = deal(voices, n_voices, sorted, splits, report);
    }
    free(sorted);
    free(voices);
    return status;
}
