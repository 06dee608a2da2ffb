/* sets.c - what was downloaded of data sets, listed to be mixed. */
#include "sets.h"

#include "common/cli.h"
#include "corpus/scan.h"
#include "encoding/csv.h"
#include "fetch/obtain.h"
#include "files/file.h"
#include "files/path.h"
#include "scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 4096, MAX_TABLE_BYTES = 1 << 28 };

/* Manifests in the making, one for each kind. */
struct listing {
    const struct features_options *o;
    struct se_scan scan;
    struct se_catalog speech, noise;
    int n_skipped;
};

/* Entries from first on, to end. */
static void split_set(const struct features_options *o,
                      struct se_catalog *catalog, int first, int end,
                      const char *name)
{
    const char *names[FEATURES_MAX_SPLITS];
    const struct se_splits splits = {o->n_splits, names, o->shares};
    struct se_catalog own = {catalog->entries + first, end - first};
    struct se_report report;

    for (int i = 0; i < o->n_splits; i++)
        names[i] = features_split(o, i);
    if (se_catalog_split(&own, &splits, o->seed, &report) != SE_OK)
        cli_die(EXIT_FAILED, "%s: %s", name, report.text);
}

/* ---- voices -------------------------------------------------------------- */

/* Whether "a,b,c" has the label. */
static int has_label(const char *labels, const char *label)
{
    const size_t n = strlen(label);

    for (const char *at = labels; (at = strstr(at, label)); at += n)
        if ((at == labels || at[-1] == ',') && (at[n] == ',' || !at[n]))
            return 1;
    return 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keeps the names of those that have the label, in order; returns how many. */
static int pick_voices(char ***names, char *text, const char *label)
{
    char *fields[2];
    int n = 0, capacity = 0;

    *names = NULL;
    while (text) {
        if (se_csv_split(fields, 2, &text) < 2 || !has_label(fields[1], label))
            continue;
        if (n == capacity) {
            capacity = 2 * capacity + 16;
            *names = realloc(*names, (size_t)capacity * sizeof **names);
            if (!*names)
                cli_die(EXIT_FAILED, "out of memory");
        }
        (*names)[n++] = fields[0];
    }
    if (n > 0)
        qsort(*names, (size_t)n, sizeof **names, compare_texts);
    return n;
}

static int is_named(const char *path, char **names, int n)
{
    char name[256];
    char *key = name;

    snprintf(name, sizeof name, "%s", se_path_base(path));
    name[strcspn(name, ".")] = '\0';
    return n > 0 && bsearch(&key, names, (size_t)n, sizeof *names,
                            compare_texts) != NULL;
}

/* Puts clips with voices behind the others, of no split; returns where they
 * begin. */
static int set_voices_aside(const struct features_options *o,
                            struct se_catalog *catalog, int first,
                            const struct se_dataset *set)
{
    int end = catalog->n;
    char path[PATH_BYTES], *text, **names;
    struct se_report report;
    size_t n_bytes;
    int n_voices;

    snprintf(path, sizeof path, "%s/%s/%s", o->download.data_dir, set->name,
             set->voices);
    cli_check(se_read_file(&text, &n_bytes, path, MAX_TABLE_BYTES, &report),
              &report);
    n_voices = pick_voices(&names, text, set->voice_label);
    for (int i = first; i < end;) {
        struct se_entry entry = catalog->entries[i];

        if (!is_named(entry.path, names, n_voices)) {
            i++;
            continue;
        }
        cli_check(se_entry_set(&entry.split, "voices", &report), &report);
        catalog->entries[i] = catalog->entries[--end];
        catalog->entries[end] = entry;
    }
    cli_remark("%s: %d of %d clips are voices, and left out", set->name,
               catalog->n - end, catalog->n - first);
    free(names);
    free(text);
    return end;
}

/* ---- sets ---------------------------------------------------------------- */

/* Adds what the set's folders hold; some hold lists and no sound. */
static void list_set(struct listing *listing, const struct se_dataset *set)
{
    const int is_speech = set->kind == SE_SPEECH;
    struct se_catalog *catalog = is_speech ? &listing->speech : &listing->noise;
    struct se_scan_result result = {0};
    const int first = catalog->n;
    struct se_report report;
    char path[PATH_BYTES];

    listing->scan.kind = is_speech ? "speech" : "noise";
    listing->scan.set = set->name;
    for (int i = 0; i < set->n_folders; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", listing->o->download.data_dir,
                 set->name, set->folder[i]);

        int status = features_scan_folder(catalog, &result, &listing->scan,
                                          path, &report);

        if (status != SE_ERR_FORMAT)
            cli_check(status, &report);
    }
    features_tell_skipped(set->name, &result, listing->o->strict);
    if (catalog->n == first)
        cli_die(EXIT_FAILED, "%s/%s: no sound files in it",
                listing->o->download.data_dir, set->name);

    const int end = set->voices[0]
                        ? set_voices_aside(listing->o, catalog, first, set)
                        : catalog->n;

    split_set(listing->o, catalog, first, end, set->name);
    listing->n_skipped += result.n_skipped;
    se_scan_result_free(&result);
}

/* Takes sets out of the choice that are not there or neither speech nor noise;
 * returns which of the kinds remain, as bits. */
static unsigned keep_present(struct se_dataset_choice *choice,
                             const char *data_dir)
{
    const struct se_obtain how = {.data_dir = data_dir};
    struct se_report report;
    unsigned kinds = 0;
    int n = 0;

    for (int i = 0; i < choice->n; i++) {
        const struct se_dataset *set = choice->set[i];
        int there = se_obtain_present(&how, set, &report);

        if (there < 0)
            cli_check(there, &report);
        if (!there || (set->kind != SE_SPEECH && set->kind != SE_NOISE))
            continue;
        kinds |= 1u << set->kind;
        choice->set[n++] = set;
    }
    choice->n = n;
    return kinds;
}

static void say_no_features(const struct features_options *o, unsigned kinds)
{
    const char *lacks = kinds >> SE_SPEECH & 1 ? "noise" : "speech";

    if (o->download.download == 0)
        cli_die(EXIT_FAILED,
                "%s: no data set with %s (--download 1 fetches some)",
                o->download.data_dir, lacks);
    cli_remark("no features are made: the sets hold no %s", lacks);
}

static void write_manifest(const struct se_catalog *catalog, const char *path)
{
    struct se_report report;

    cli_check(se_catalog_write(catalog, path, &report), &report);
}

int sets_list(int *n_skipped, const struct features_options *o)
{
    struct listing listing = {.o = o};
    struct se_dataset_choice choice;
    struct se_datasets sets;
    struct se_report report;
    struct se_pool *pool;

    cli_check(se_datasets_read(&sets, o->download.table, &report), &report);
    cli_check(se_datasets_choose(&choice, &sets, o->download.names, &report),
              &report);
    cli_check(se_pool_create(&pool, o->threads, &report), &report);
    listing.scan.pool = pool;

    const unsigned kinds = keep_present(&choice, o->download.data_dir);
    const int both = kinds == (1u << SE_SPEECH | 1u << SE_NOISE);

    if (!both)
        say_no_features(o, kinds);
    for (int i = 0; i < choice.n && both; i++)
        list_set(&listing, choice.set[i]);
    if (both) {
        cli_check(cli_make_folder("data", &report), &report);
        write_manifest(&listing.speech, SETS_SPEECH);
        write_manifest(&listing.noise, SETS_NOISE);
    }
    *n_skipped = listing.n_skipped;
    se_catalog_free(&listing.speech);
    se_catalog_free(&listing.noise);
    se_pool_destroy(pool);
    se_dataset_choice_free(&choice);
    se_datasets_free(&sets);
    return both;
}
