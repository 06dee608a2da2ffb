/* test_grouping.c - clips by group: how often each comes, and who is left out.
 */
#include "check.h"
#include "corpus/catalog.h"
#include "corpus/grouping.h"
#include "corpus/list.h"
#include "corpus/speaker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- groups -------------------------------------------------------------- */

static const char *const names[] = {"rain", "click", "rain", "wind", "rain"};
static const double seconds[] = {30, 2.5, 300, 11, 40};

TEST(members)
{
    struct se_grouping groups;
    const int of[] = {1, 0, 1, 2, 1}, members[] = {1, 0, 2, 4, 3};
    const int starts[] = {0, 1, 4, 5};

    expect_equal(se_grouping_create(&groups, names, seconds, 5, NULL), 0);
    expect_equal(groups.n, 3);
    expect_bytes(groups.of, of, sizeof of);
    expect_bytes(groups.members, members, sizeof members);
    expect_bytes(groups.starts, starts, sizeof starts);
    se_grouping_free(&groups);
    expect_equal(groups.n, 0);
}

/* 10 s and more count alike, 2.5 s a quarter of that. */
TEST(odds)
{
    enum { N = 20000 };
    struct se_grouping groups;
    struct se_rng rng;
    int n[3] = {0}, clips[5] = {0};

    expect_equal(se_grouping_create(&groups, names, seconds, 5, NULL), 0);
    se_rng_seed(&rng, 1, 1);
    for (int i = 0; i < N; i++) {
        int group = se_grouping_draw(&groups, -1, &rng);

        n[group]++;
        clips[se_grouping_draw_clip(&groups, group, &rng)]++;
    }
    expect_near(n[0], N / 9.0, 200);
    expect_near(n[1], N * 4 / 9.0, 300);
    expect_near(n[2], N * 4 / 9.0, 300);
    expect_equal(clips[1], n[0]);
    for (int i = 0; i < 5; i += 2) /* a group's clips alike */
        expect_near(clips[i], n[1] / 3.0, 250);

    for (int i = 0; i < 1000; i++)
        expect(se_grouping_draw(&groups, 1, &rng) != 1);
    se_grouping_free(&groups);

    /* The only one comes even if it should not. */
    expect_equal(se_grouping_create(&groups, names, seconds, 1, NULL), 0);
    expect_equal(se_grouping_draw(&groups, 0, &rng), 0);
    se_grouping_free(&groups);
}

/* ---- names --------------------------------------------------------------- */

static void check_kind(const char *path, const char *want)
{
    char kind[32];

    se_noise_of_path(kind, sizeof kind, path);
    expect_text(kind, want);
}

TEST(kind_of_path)
{
    check_kind("noise/esc10/chainsaw_1-116765-A.ogg", "chainsaw");
    check_kind("glass_breaking_4-212698-A.flac", "glass_breaking");
    check_kind("a/b.c/printer_3d_2.ogg", "printer");
    check_kind("rain.wav", "rain");
    check_kind("rain-12.wav", "rain");
    check_kind("7-up.wav", "7-up");
    check_kind("x/traffic 03", "traffic");
}

static struct se_list read_list(const char *text, const char *name,
                                const char *kind)
{
    const struct se_list_filter filter = {.kind = kind, .most = -1};
    struct se_list list;

    write_bytes(in_scratch("list.csv"), text, strlen(text));
    expect_ok(se_list_read_filtered(&list, in_scratch(name), "wav", &filter,
                                    &report));
    return list;
}

TEST(groups_of_lists)
{
    const char manifest[] = "path,kind,speaker\n"
                            "a/p225_1.wav,speech,ann\n"
                            "b/p226_1.wav,speech,\n"
                            "c/rain_2.wav,noise:drizzle,\n"
                            "c/wind_2.wav,noise,\n";
    struct se_list list;

    list = read_list(manifest, "list.csv", "speech");
    expect_equal(list.n, 2);
    expect_text(list.groups[0], "ann");
    expect_text(list.groups[1], "p226");
    se_list_free(&list);
    list = read_list(manifest, "list.csv", "noise");
    expect_equal(list.n, 2);
    expect_text(list.groups[0], "drizzle");
    expect_text(list.groups[1], "wind");
    se_list_free(&list);
    list = read_list("x/p225_1.wav\nx/1034-121119-0005.flac\n", "list.csv",
                     "speech");
    expect_text(list.groups[0], "p225");
    expect_text(list.groups[1], "1034");
    se_list_free(&list);
}

/* ---- leaving out --------------------------------------------------------- */

enum { SPEAKERS = 300 };

static int matches(const struct se_entry *entry, const char *selection)
{
    return se_entry_matches(entry, selection);
}

/* leave_out and left_out are two halves of the whole; a speaker is in one of
 * them with all that is spoken, and who is left out stays so when more are. */
TEST(leave_out)
{
    int n_out = 0;

    for (int i = 0; i < SPEAKERS; i++) {
        char speaker[16], path[16] = "x";
        struct se_entry entry = {path, "speech", speaker, "", "", 1, 1, 1};
        struct se_entry noise = {path, "noise:rain", "", "", "", 1, 1, 1};

        snprintf(speaker, sizeof speaker, "s%d", i);

        int out = matches(&entry, "kind=speech,left_out=0.333");

        expect_equal(matches(&entry, "leave_out=0.333"), !out);
        expect(!out || matches(&entry, "left_out=0.5"));
        snprintf(path, sizeof path, "y%d", i);
        expect_equal(matches(&entry, "left_out=0.333"), out);
        expect_equal(
            matches(&noise, "left_out=0.5"),
            matches(&(struct se_entry){"x", "noise:rain", "", "", "", 1, 1, 1},
                    "left_out=0.5"));
        expect_equal(matches(&entry, "left_out=1"), 1);
        expect_equal(matches(&entry, "left_out=0"), 0);
        n_out += out;
    }
    expect(n_out > SPEAKERS / 4 && n_out < SPEAKERS * 5 / 12);
}

TEST(leave_out_bad)
{
    const struct se_entry entry = {"x", "speech", "s", "", "", 1, 1, 1};

    expect_equal(matches(&entry, "leave_out="), -1);
    expect_equal(matches(&entry, "leave_out=x"), -1);
    expect_equal(matches(&entry, "left_out=1.5"), -1);
    expect_equal(matches(&entry, "left_out=-1"), -1);
    expect_equal(matches(&entry, "leave_out=nan"), -1);
    expect_equal(matches(&entry, "leave_ou=0.1"), -1);
}

/* Lists that were made must come again elsewhere. */
TEST(hash)
{
    expect(se_grouping_hash("", 1) == 0x85dd69e431d7567au);
    expect(se_grouping_hash("rain", 1) == 0xea079d646c288bf7u);
    expect(se_grouping_hash("rain", 2) != se_grouping_hash("rain", 1));
}
