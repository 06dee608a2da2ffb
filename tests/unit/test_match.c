/* test_match.c - which files belong together, and in which groups. */
#include "check.h"
#include "files/file.h"
#include "metrics/groups.h"

#include <stdio.h>
#include <string.h>

/* An empty file in the scratch folder; its folder is made. */
static void touch(const char *folder, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    expect_ok(se_make_folder(in_scratch(folder), &report));
    write_bytes(in_scratch(path), "", 0);
}

TEST(files_of_one_name_belong_together)
{
    const char *places[2];
    struct se_matches matches;

    touch("clean", "b.flac");
    touch("clean", "a.wav");
    touch("noisy", "a.wav");
    touch("noisy", "b.wav");
    touch("noisy", "README.md");
    places[0] = in_scratch("clean");
    places[1] = in_scratch("noisy");
    expect_ok(se_match_files(&matches, places, 2, &report));
    expect_equal(matches.n, 2);
    expect_text(matches.match[0].name, "a");
    expect_text(matches.match[1].name, "b");
    expect_contains(matches.match[1].paths[0], "clean/b.flac");
    expect_contains(matches.match[1].paths[1], "noisy/b.wav");
    se_matches_free(&matches);

    touch("noisy", "c.wav");
    places[0] = in_scratch("clean");
    places[1] = in_scratch("noisy");
    expect_error(se_match_files(&matches, places, 2, &report), SE_ERR_FORMAT,
                 "lacks 1 of the 3 files");
    expect_equal(matches.n, 0);
    places[1] = in_scratch("noisy/c.wav");
    expect_status(se_match_files(&matches, places, 2, &report), SE_ERR_ARG);
    places[0] = in_scratch("clean/a.wav");
    expect_ok(se_match_files(&matches, places, 2, &report));
    expect_equal(matches.n, 1);
    expect_text(matches.match[0].name, "c.wav");
    se_matches_free(&matches);
}

/* ---- groups -------------------------------------------------------------- */

enum { N = 14 };

static struct se_match all[N];
static const struct se_matches files = {all, N, 0};

/* Files 0..13, the last in a folder, and their table: 7 levels twice each in
 * `snr_db`, 14 of them in `level_db`, two kinds of noise. */
static const char *write_table(int n_records)
{
    static char names[N][8];
    const char *path = in_scratch("pairs.csv");
    FILE *stream = fopen(path, "w");

    expect(stream);
    fputs("id,snr_db,level_db,noise\n", stream);
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], i == N - 1 ? "x/%d" : "%d", i);
        all[i].name = names[i];
        if (i < n_records)
            fprintf(stream, "%d,%d,%d,set/%s_%d-A.wav\n", i, i / 2 * 5 - 5,
                    i - 20, i % 2 ? "rain" : "car_horn", i);
    }
    fclose(stream);
    return path;
}

static void check_group(const struct se_group *group, const char *by,
                        const char *value, int n, int first)
{
    expect_text(group->by, by);
    expect_text(group->value, value);
    expect_equal(group->n, n);
    expect_equal(group->members[0], first);
}

TEST(groups_are_in_order)
{
    struct se_groups_by by = {.path = write_table(N)};
    struct se_groups groups;

    /* Numbers in their order; -5 stands before 0, and 10 behind 5. */
    expect_ok(se_groups_read(&groups, &by, &files, &report));
    expect_equal(groups.n, 7);
    check_group(&groups.group[0], "snr_db", "-5", 2, 0);
    check_group(&groups.group[1], "snr_db", "0", 2, 2);
    check_group(&groups.group[3], "snr_db", "10", 2, 6);
    expect_equal(groups.group[6].members[1], N - 1);
    se_groups_free(&groups);

    by.columns[by.n++] = "noise";
    by.columns[by.n++] = "level";
    expect_ok(se_groups_read(&groups, &by, &files, &report));
    expect_equal(groups.n, 2 + 4);
    check_group(&groups.group[0], "noise", "car_horn", 7, 0);
    check_group(&groups.group[1], "noise", "rain", 7, 1);
    check_group(&groups.group[2], "level_db", "-20", 3, 0);
    check_group(&groups.group[5], "level_db", "-5", 1, 13);
    se_groups_free(&groups);
}

TEST(bad_tables_are_errors)
{
    struct se_groups_by by = {.path = write_table(N - 1)};
    struct se_groups groups;

    expect_error(se_groups_read(&groups, &by, &files, &report), SE_ERR_ARG,
                 "has no line for '13'");
    expect_equal(groups.n, 0);

    by.path = write_table(N);
    by.columns[by.n++] = "rt60";
    expect_error(se_groups_read(&groups, &by, &files, &report), SE_ERR_FORMAT,
                 "has no column 'rt60'");
}
