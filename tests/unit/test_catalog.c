/* test_catalog.c - manifests of sound files: read, chosen from, split. */
#include "check.h"
#include "corpus/catalog.h"
#include "corpus/list.h"
#include "corpus/scan.h"
#include "corpus/speaker.h"
#include "encoding/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- comma-separated values ---------------------------------------------- */

TEST(csv)
{
    char text[] = "a,\"b, \"\"c\"\"\nd\",e\r\n\n,\nlast,\"\"";
    char *rest = text, *fields[4];

    expect_equal(se_csv_split(fields, 4, &rest), 3);
    expect_text(fields[0], "a");
    expect_text(fields[1], "b, \"c\"\nd");
    expect_text(fields[2], "e");
    expect_equal(se_csv_split(fields, 4, &rest), 0);
    expect_equal(se_csv_split(fields, 4, &rest), 2);
    expect_text(fields[0], "");
    expect_text(fields[1], "");
    expect_equal(se_csv_split(fields, 4, &rest), 2);
    expect_text(fields[0], "last");
    expect_text(fields[1], "");
    expect(!rest);

    char open[] = "a,\"b";

    rest = open;
    expect_equal(se_csv_split(fields, 4, &rest), -1);

    char many[] = "1,2,3,4,5";

    rest = many;
    expect_equal(se_csv_split(fields, 2, &rest), 5);
    expect_text(fields[1], "2");
}

/* Any names come back from a written manifest. */
TEST(round_trip)
{
    const char *const names[] = {"plain.wav", "with, comma.wav",
                                 "with \"quotes\".wav", "two\nlines.wav",
                                 "- -"};
    struct se_catalog catalog = {0}, again;
    enum { N = sizeof names / sizeof *names };

    for (int i = 0; i < N; i++) {
        expect_ok(se_catalog_add(&catalog, names[i], &report));
        expect_ok(se_entry_set(&catalog.entries[i].speaker, names[N - 1 - i],
                               &report));
        catalog.entries[i].seconds = 1.5 * i;
        catalog.entries[i].rate_hz = 16000;
        catalog.entries[i].channels = i;
    }

    const char *path = in_scratch("names.csv");
    char text[1000];

    expect_ok(se_catalog_write(&catalog, path, &report));

    FILE *file = fopen(path, "rb");

    expect(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    expect(se_catalog_is(text));
    expect_ok(se_catalog_parse(&again, text, path, &report));
    expect_equal(again.n, N);
    for (int i = 0; i < N; i++) {
        expect_text(again.entries[i].path, names[i]);
        expect_text(again.entries[i].speaker, names[N - 1 - i]);
        expect(again.entries[i].seconds == 1.5 * i);
        expect_equal(again.entries[i].rate_hz, 16000);
        expect_equal(again.entries[i].channels, i);
    }
    se_catalog_free(&again);
    se_catalog_free(&catalog);
}

static void expect_parse_error(const char *text, const char *wanted)
{
    struct se_catalog catalog;
    char *copy = strdup(text);

    expect(copy);
    expect_error(se_catalog_parse(&catalog, copy, "x.csv", &report),
                 SE_ERR_FORMAT, wanted);
    free(copy);
}

TEST(bad_manifests)
{
    expect(se_catalog_is("path\r\na.wav\n"));
    expect(se_catalog_is("kind,file,seconds\n"));
    expect(!se_catalog_is("my,kind,of.wav\n"));
    expect(!se_catalog_is("a.wav,b.wav\n"));
    expect(!se_catalog_is(""));
    expect(se_catalog_is("kind,path\r\n"));
    expect_parse_error("kind,seconds\na,b\n", "line 1: expected a column");
    expect_parse_error("path,kind\na\n", "record 2: other columns, expected 2");
    expect_parse_error("path,kind\na,b\nc,\"d\n", "record 3: a quote has no");
    expect_parse_error("path,kind\n,,\n,b\n", "record 3: expected a path");
}

/* Blanks behind commas, and names of columns in capitals. */
TEST(written_by_hand)
{
    char text[] = "Path, Kind\t,SPEAKER\na.wav, noise:x , \nb.wav,speech,b b\n";
    struct se_catalog catalog;

    expect(se_catalog_is(text));
    expect_ok(se_catalog_parse(&catalog, text, "x.csv", &report));
    expect_equal(catalog.n, 2);
    expect_text(catalog.entries[0].path, "a.wav");
    expect_text(catalog.entries[0].kind, "noise:x");
    expect_text(catalog.entries[0].speaker, "");
    expect_text(catalog.entries[1].speaker, "b b");
    se_catalog_free(&catalog);
}

/* Rows of separators alone, as spreadsheets write them. */
TEST(blank_rows)
{
    char text[] = "path,kind\n,\na,b\n,,,\n\n\"\",\n";
    struct se_catalog catalog;

    expect_ok(se_catalog_parse(&catalog, text, "x.csv", &report));
    expect_equal(catalog.n, 1);
    expect_text(catalog.entries[0].path, "a");
    se_catalog_free(&catalog);
}

/* ---- selections ---------------------------------------------------------- */

TEST(selections)
{
    char path[] = "p", kind[] = "noise:street", speaker[] = "bob";
    char set[] = "own", split[] = "train";
    const struct se_entry entry = {path, kind, speaker, set, split, 0, 0, 0};

    expect_equal(se_entry_matches(&entry, NULL), 1);
    expect_equal(se_entry_matches(&entry, ""), 1);
    expect_equal(se_entry_matches(&entry, "kind=noise"), 1);
    expect_equal(se_entry_matches(&entry, "kind=noise:street"), 1);
    expect_equal(se_entry_matches(&entry, "kind=noise:str"), 0);
    expect_equal(se_entry_matches(&entry, "kind=nois"), 0);
    expect_equal(se_entry_matches(&entry, "split=train,speaker=bob"), 1);
    expect_equal(se_entry_matches(&entry, "split=test,speaker=bob"), 0);
    expect_equal(se_entry_matches(&entry, "set=ow"), 0);
    expect_equal(se_entry_matches(&entry, "split=train,colour=red"), -1);
    expect_equal(se_entry_matches(&entry, "train"), -1);
    expect_equal(se_entry_matches(&entry, "path=p"), -1);
}

static void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

static void expect_list(const char *name, const struct se_list_filter *filter,
                        const char *wanted)
{
    char found[500] = "";
    struct se_list list;
    int status = se_list_read_filtered(&list, name, "wav", filter, &report);

    if (status != SE_OK) {
        expect_contains(report.text, wanted);
        expect_equal(list.n, 0);
        return;
    }
    for (int i = 0; i < list.n; i++) {
        const char *slash = strrchr(list.paths[i], '/');

        strcat(found, i ? " " : "");
        strcat(found, slash ? slash + 1 : list.paths[i]);
    }
    expect_text(found, wanted);
    se_list_free(&list);
}

TEST(lists_of_manifests)
{
    const struct se_list_filter all = {.most = -1};
    const struct se_list_filter noise = {.kind = "noise", .most = -1};
    const struct se_list_filter trained = {
        .kind = "noise", .split = "train", .most = -1};
    const char *path = in_scratch("corpus.csv");
    char name[600];

    write_text(path, "split,path,kind\ntrain,a.wav,speech\ntest,b.wav,speech\n"
                     "train,c.wav,noise:x\ntest,d.wav,noise\n");
    write_text(in_scratch("c.wav"), "");
    expect_list(path, &all, "a.wav b.wav c.wav d.wav");
    expect_list(path, &noise, "c.wav d.wav");
    expect_list(path, &trained, "c.wav");
    snprintf(name, sizeof name, "%s:split=test", path);
    expect_list(name, &trained, "d.wav");
    snprintf(name, sizeof name, "%s:kind=speech", path);
    expect_list(name, &trained, "a.wav");
    snprintf(name, sizeof name, "%s:split=valid", path);
    expect_list(name, &all, "nothing in it with split=valid");
    snprintf(name, sizeof name, "%s:colour=red", path);
    expect_list(name, &all, "expected COLUMN=VALUE");

    /* A file beside the manifest is found there, others stay as they are. */
    struct se_list list;

    expect_ok(se_list_read(&list, path, "wav", &report));
    expect_text(list.paths[0], "a.wav");
    expect_text(list.paths[2], in_scratch("c.wav"));
    se_list_free(&list);

    /* Without kinds, whatever is wanted of them does not count. */
    write_text(in_scratch("bare.csv"), "path,seconds\na.wav,1\n");
    expect_list(in_scratch("bare.csv"), &noise, "a.wav");
    write_text(in_scratch("plain.csv"), "a.wav\nb.wav\n");
    expect_list(in_scratch("plain.csv"), &noise, "a.wav b.wav");
    snprintf(name, sizeof name, "%s:split=x", in_scratch("plain.csv"));
    expect_list(name, &all, "not a manifest");
}

/* ---- a few of them ------------------------------------------------------- */

TEST(datasize)
{
    struct se_list_filter filter = {.most = 3, .by_type = 1};
    char text[2000] = "", line[64];
    struct se_list list, again;
    int hits[10] = {0};

    for (int i = 0; i < 10; i++) {
        snprintf(line, sizeof line, "set/%s/%d.wav\n",
                 i < 7 ? "street" : "office", i);
        strcat(text, line);
    }
    write_text(in_scratch("noises.txt"), text);
    for (filter.seed = 0; filter.seed < 300; filter.seed++) {
        expect_ok(se_list_read_filtered(&list, in_scratch("noises.txt"), "wav",
                                        &filter, &report));
        expect_equal(list.n, 3);
        for (int i = 0; i < 3; i++) {
            int number = list.paths[i][strlen("set/street/")] - '0';

            expect_text(list.groups[i],
                        number < 7 ? "set/street" : "set/office");
            hits[number]++;
        }
        if (filter.seed == 7) {
            expect_ok(se_list_read_filtered(&again, in_scratch("noises.txt"),
                                            "wav", &filter, &report));
            for (int i = 0; i < list.n; i++)
                expect_text(list.paths[i], again.paths[i]);
            se_list_free(&again);
        }
        se_list_free(&list);
    }
    /* 90 expected, 4 deviations of 8 */
    for (int i = 0; i < 10; i++)
        expect_range(hits[i], 58, 122);
}

/* ---- speakers and splits ------------------------------------------------- */

static void expect_speaker(const char *path, const char *wanted)
{
    char speaker[64];

    se_speaker_of_path(speaker, sizeof speaker, path);
    expect_text(speaker, wanted);
}

TEST(speakers)
{
    expect_speaker("train-clean-100/1034/121119/1034-121119-0005.flac", "1034");
    expect_speaker("wav48/p226/p226_001.wav", "p226");
    expect_speaker("p226_001_mic1.flac", "p226");
    expect_speaker("clean_testset_wav/p257_434.wav", "p257");
    expect_speaker("data/A11_0.wav", "A11");
    expect_speaker("own/alice/take_1.wav", "alice");
    expect_speaker("alice/take_1.wav", "alice");
    expect_speaker("carl_1.wav", "carl");
    expect_speaker("carl-b.wav", "carl");
    expect_speaker("dora.wav", "dora");
    expect_speaker("eve", "eve");
    expect_speaker("people/p1_3.wav", "people");
}

static void fill(struct se_catalog *catalog, int n_speakers)
{
    char path[32], speaker[32];

    *catalog = (struct se_catalog){0};
    for (int i = 0; i < 5 * n_speakers; i++) {
        snprintf(path, sizeof path, "%d.wav", i);
        snprintf(speaker, sizeof speaker, "s%d", i % n_speakers);
        expect_ok(se_catalog_add(catalog, path, &report));
        expect_ok(se_entry_set(&catalog->entries[i].speaker, speaker, &report));
        catalog->entries[i].seconds = 1 + i % 3;
    }
}

/* No speaker in two splits, shares about as asked for. */
TEST(split)
{
    const char *const names[] = {"train", "valid", "test"};
    const double shares[] = {80, 10, 10};
    const struct se_entry *e;
    struct se_catalog catalog, again;
    double seconds[3] = {0}, all = 0;

    fill(&catalog, 100);
    fill(&again, 100);
    expect_ok(se_catalog_split(&catalog, &(struct se_splits){3, names, shares},
                               1, &report));
    expect_ok(se_catalog_split(&again, &(struct se_splits){3, names, shares}, 1,
                               &report));
    for (int i = 0; i < catalog.n; i++) {
        e = &catalog.entries[i];
        expect_text(e->split, again.entries[i].split);
        expect_text(e->split, catalog.entries[i % 100].split);
        for (int j = 0; j < 3; j++)
            seconds[j] += strcmp(e->split, names[j]) == 0 ? e->seconds : 0;
        all += e->seconds;
    }
    for (int j = 0; j < 3; j++)
        expect(seconds[j] > (shares[j] - 2) / 100 * all &&
               seconds[j] < (shares[j] + 2) / 100 * all);

    /* Another seed, other speakers. */
    int n_moved = 0;

    expect_ok(se_catalog_split(&again, &(struct se_splits){3, names, shares}, 2,
                               &report));
    for (int i = 0; i < 100; i++)
        n_moved +=
            strcmp(catalog.entries[i].split, again.entries[i].split) != 0;
    expect_range(n_moved, 10, 60);
    se_catalog_free(&catalog);
    se_catalog_free(&again);
}

/* As few speakers as splits: one for each, whatever the shares. */
TEST(few_speakers)
{
    const char *const names[] = {"train", "valid", "test"};
    const double shares[] = {1000, 1, 1};
    struct se_catalog catalog;

    for (int n = 1; n <= 4; n++) {
        int found[3] = {0};

        fill(&catalog, n);

        int status = se_catalog_split(
            &catalog, &(struct se_splits){3, names, shares}, 5, &report);

        if (n < 3) {
            expect_equal(status, SE_ERR_ARG);
            expect_contains(report.text, "cannot be split into 3");
        } else {
            expect_equal(status, SE_OK);
            for (int i = 0; i < n; i++)
                for (int j = 0; j < 3; j++)
                    found[j] += strcmp(catalog.entries[i].split, names[j]) == 0;
            expect_equal(found[0], n - 2);
            expect_equal(found[1], 1);
            expect_equal(found[2], 1);
        }
        se_catalog_free(&catalog);
    }
}
