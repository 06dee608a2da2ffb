/* test_datasets.c - the table of data sets, and digests. */
#include "check.h"
#include "damage.h"
#include "fetch/datasets.h"
#include "fetch/obtain.h"
#include "files/file.h"

#include <unistd.h>

static const char good[] = "# mine\n"
                           "set toy\n"
                           "  about \t two words \n"
                           "kind rooms\r\n"
                           "licence CC0\n"
                           "citation me, now\n"
                           "default yes\n"
                           "\n"
                           "unpacked 123\n"
                           "folder toy/a b\n"
                           "folder toy-2\n"
                           "archive http://h/d/x.tar.gz?y=1&z=/w ~12\n"
                           "archive https://h/content 7 x.zip "
                           "md5:900150983CD24FB0D6963F7D28E17F72\n";

/* ---- the built-in table -------------------------------------------------- */

TEST(built_in)
{
    struct se_datasets sets;
    int n_default = 0;

    expect_ok(se_datasets_load(&sets, &report));
    expect_equal(sets.n, 10);
    for (int i = 0; i < sets.n; i++) {
        const struct se_dataset *set = &sets.set[i];

        n_default += set->is_default;
        expect(se_datasets_find(&sets, set->name) == set);
        expect(set->citation[0] && set->about[0]);
        for (int j = 0; j < set->n_sources; j++) {
            const struct se_archive *source = &set->source[j];

            expect_equal(strncmp(source->url, "https://", 8), 0);
            expect(source->bytes > 0);
        }
        /* Sound does not pack to a third, nor grow when it is unpacked. */
        expect_range(set->unpacked, se_dataset_packed(set),
                     6 * se_dataset_packed(set));
    }
    expect_equal(n_default, 7);
    expect(!se_datasets_find(&sets, "none"));
    se_datasets_free(&sets);
}

/* Some repositories publish SHA-256 values that were made up from the MD5. */
TEST(no_invented_digest)
{
    static const char *const md5s[] = {
        "42e2234ba48799c1f50f24a7926300a1", "2a93770f6d5c6c964bc36631d331a522",
        "c0e676e450a7ff2f54aeade5171606fa", "0c472d4fc0c5141eca47ad1ffeb2a7df",
        "e6f48e257286e05de56413b4779d8ffb",
    };
    struct se_datasets sets;

    expect_ok(se_datasets_load(&sets, &report));
    for (int i = 0; i < sets.n; i++) {
        for (int j = 0; j < sets.set[i].n_sources; j++) {
            const struct se_digest *digest = &sets.set[i].source[j].digest;

            for (size_t k = 0; k < sizeof md5s / sizeof *md5s; k++)
                expect(digest->kind != SE_DIGEST_SHA256 ||
                       strncmp(digest->hex, md5s[k], 8) != 0);
        }
    }
    se_datasets_free(&sets);
}

/* The pieces of a split zip stand together, the last one at the end. */
TEST(split_zip)
{
    struct se_datasets sets;
    const struct se_dataset *set;

    expect_ok(se_datasets_load(&sets, &report));
    set = se_datasets_find(&sets, "fsd50k");
    expect_equal(set->n_sources, 8);
    expect_text(set->source[0].name, "FSD50K.dev_audio.z01");
    expect_text(set->source[4].name, "FSD50K.dev_audio.z05");
    expect_text(set->source[5].name, "FSD50K.dev_audio.zip");
    se_datasets_free(&sets);
}

/* ---- rows ---------------------------------------------------------------- */

TEST(row)
{
    struct se_datasets sets = {0};

    expect_ok(se_datasets_add(&sets, good, "good", &report));
    expect_equal(sets.n, 1);

    const struct se_dataset *set = sets.set;

    expect_text(set->name, "toy");
    expect_text(set->about, "two words");
    expect_equal(set->kind, SE_ROOMS);
    expect_text(set->citation, "me, now");
    expect_equal(set->is_default, 1);
    expect_equal(set->unpacked, 123);
    expect_equal(set->n_folders, 2);
    expect_text(set->folder[0], "toy/a b");
    expect_equal(set->n_sources, 2);
    expect_text(set->source[0].name, "x.tar.gz");
    expect_equal(set->source[0].bytes, 12);
    expect_equal(set->source[0].bytes_certain, 0);
    expect_equal(set->source[0].digest.kind, SE_DIGEST_NONE);
    expect_text(set->source[1].name, "x.zip");
    expect_equal(set->source[1].bytes_certain, 1);
    expect_equal(set->source[1].digest.kind, SE_DIGEST_MD5);
    expect_equal(set->source[1].digest_certain, 1);
    expect_text(set->source[1].digest.hex, "900150983cd24fb0d6963f7d28e17f72");
    expect_equal(se_dataset_packed(set), 19);
    se_datasets_free(&sets);
}

/* What is printed reads back as the same, the built-in rows as well. */
TEST(print)
{
    struct se_datasets sets, again = {0};
    char *text;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    expect_ok(se_datasets_load(&sets, &report));
    expect_ok(se_datasets_add(&sets, good, "good", &report));
    for (int i = 0; i < sets.n; i++)
        se_dataset_print(&sets.set[i], stream);
    fclose(stream);
    expect_ok(se_datasets_add(&again, text, "again", &report));
    expect_equal(again.n, sets.n);
    for (int i = 0; i < sets.n; i++)
        expect_bytes(&again.set[i], &sets.set[i], sizeof *sets.set);
    free(text);
    se_datasets_free(&sets);
    se_datasets_free(&again);
}

TEST(same_name_takes_its_place)
{
    struct se_datasets sets;
    int n;

    expect_ok(se_datasets_load(&sets, &report));
    n = sets.n;
    expect_ok(se_datasets_add(&sets,
                              "set musan\nlicence mine\nunpacked 5\nfolder a\n"
                              "archive http://h/a.zip\n",
                              "own", &report));
    expect_equal(sets.n, n);
    expect_text(se_datasets_find(&sets, "musan")->licence, "mine");
    se_datasets_free(&sets);
}

/* The good row with `line` in place of the one that begins with its word. */
static void refuse(const char *line, const char *words)
{
    struct se_datasets sets = {0};
    char text[8192] = "set toy\nlicence CC0\nunpacked 1\nfolder a\n"
                      "archive http://h/a.zip\n";

    strcat(text, line);
    expect_status(se_datasets_add(&sets, text, "own", &report), SE_ERR_FORMAT);
    if (!strstr(report.text, words))
        fail_test("'%s' without '%s'", report.text, words);
    expect(!strchr(report.text, '\n'));
    se_datasets_free(&sets);
}

TEST(bad_lines)
{
    refuse("sett x", "own:6: unknown word 'sett'");
    refuse("kind", "own:6: 'kind' without a value");
    refuse("kind music", "own:6: kind: expected speech, noise, rooms or pairs");
    refuse("default maybe", "own:6: default: expected yes or no");
    refuse("unpacked 0", "own:6: unpacked: expected a number of bytes");
    refuse("unpacked -3", "unpacked: expected a number of bytes");
    refuse("unpacked 1e9", "unpacked: expected a number of bytes");
    refuse("unpacked 99999999999999999999", "unpacked: expected a number");
    refuse("hours -1", "own:6: hours: expected a number of hours");
    refuse("hours nan", "own:6: hours: expected a number of hours");
    refuse("hours 2 h", "own:6: hours: expected a number of hours");
    refuse("folder /etc", "folder: expected a relative name");
    refuse("folder ../x", "folder: expected a relative name");
    refuse("folder a/../../x", "folder: expected a relative name");
    refuse("voices a/../../x y", "voices: expected a relative name and");
    refuse("voices a/x.csv", "voices: expected a relative name and a label");
    refuse("set ../x", "set: expected a name of letters");
    refuse("set x.archives", "set: expected a name of letters");
    refuse("set y\nlicence x", "own:6: set y: no 'unpacked'");
    refuse("archive ftp://h/b.zip", "expected a URL with http:// or https://");
    refuse("archive file:///etc/passwd", "expected a URL with http");
    refuse("archive http://h/b.zip md5:12", "expected bytes, md5:");
    refuse("archive http://h/b.zip sha1:12", "expected bytes, md5:");
    refuse("archive http://h/b.zip ../b", "expected bytes, md5:");
    refuse("archive http://h/", "expected a file name after the URL");
    refuse("archive http://h/..", "expected a file name after the URL");
    refuse("archive http://h/t.zip 0000", "after the URL");
    refuse("archive http://h/a.zip", "expected a name of its own for each");
}

TEST(bad_texts)
{
    struct se_datasets sets = {0};
    char line[1024] = "about ";

    expect_status(se_datasets_add(&sets, "kind noise\n", "own", &report),
                  SE_ERR_FORMAT);
    expect_contains(report.text, "own:1: kind: expected 'set'");
    expect_status(se_datasets_add(&sets, "set a\n", "own", &report),
                  SE_ERR_FORMAT);
    expect_contains(report.text, "own:1: set a: no 'licence'");
    memset(line + 6, 'x', 600);
    refuse(line, "about: expected at most 511 letters");
    expect_ok(se_datasets_add(&sets, "", "own", &report));
    expect_equal(sets.n, 0);
}

TEST(too_many)
{
    char text[4096] = "";

    for (int i = 0; i < SE_MAX_FOLDERS; i++)
        strcat(text, "folder b\n");
    refuse(text, "folder: expected no more than 8");
    text[0] = '\0';
    for (int i = 0; i < SE_MAX_ARCHIVES; i++)
        sprintf(text + strlen(text), "archive http://h/%dx\n", i);
    refuse(text, "archive: expected no more than 32");
}

TEST(damaged_tables)
{
    struct se_rng rng;

    se_rng_seed(&rng, 3, 1);
    for (int i = 0; i < 3000; i++) {
        struct se_datasets sets = {0};
        char text[2 * sizeof good + 1];

        memcpy(text, good, sizeof good);
        text[mutate(text, sizeof good - 1, &rng)] = '\0';

        report.text[0] = '\0';

        int status = se_datasets_add(&sets, text, "own", &report);

        expect((status == SE_OK) == (report.text[0] == '\0'));
        se_datasets_free(&sets);
    }
}

/* ---- digests ------------------------------------------------------------- */

static int go_on(void *context, const char *doing, int64_t done, int64_t total)
{
    (void)doing, (void)done, (void)total;
    return context != NULL;
}

/* RFC 1321, section A.5; FIPS 180-2, appendix B.1; and of nothing. */
TEST(digest_files)
{
    static const struct {
        const char *text;
        enum se_digest_kind kind;
        const char *hex;
    } known[] = {
        {"", SE_DIGEST_MD5, "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", SE_DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72"},
        {"", SE_DIGEST_SHA256,
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", SE_DIGEST_SHA256,
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    struct se_watch watch = {go_on, NULL, NULL};
    struct se_digest digest;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        write_bytes(in_scratch("file"), known[i].text, strlen(known[i].text));
        expect_ok(se_digest_file(&digest, known[i].kind, in_scratch("file"),
                                 &watch, &report));
        expect_text(digest.hex, known[i].hex);
        expect_equal(digest.kind, known[i].kind);
    }
    expect_status(se_digest_file(&digest, SE_DIGEST_MD5, in_scratch("none"),
                                 &watch, &report),
                  SE_ERR_IO);
    watch.context = &watch; /* stop */
    expect_status(se_digest_file(&digest, SE_DIGEST_MD5, in_scratch("file"),
                                 &watch, &report),
                  SE_ERR_STOPPED);
}

TEST(digest_parse)
{
    static const char *const bad[] = {
        "",
        ":",
        "md5",
        "md5:",
        "md5:12",
        "MD5:900150983cd24fb0d6963f7d28e17f72",
        "md5:900150983cd24fb0d6963f7d28e17f7x",
        "md5:900150983cd24fb0d6963f7d28e17f720",
        "sha256:900150983cd24fb0d6963f7d28e17f72",
    };
    struct se_digest digest;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_status(se_digest_parse(&digest, bad[i]), SE_ERR_FORMAT);
    expect_ok(se_digest_parse(&digest, "md5:900150983cd24fb0d6963f7d28e17f72"));
    expect_text(se_digest_name(digest.kind), "md5");
    expect_text(se_digest_name(SE_DIGEST_SHA256), "sha256");
}

/* ---- choosing, obtaining ------------------------------------------------- */

static const char three_sets[] =
    "set one\nkind noise\nlicence L\nunpacked 10\nfolder f\n"
    "archive https://h.example/1.zip\n"
    "set two\nkind noise\nlicence L\nunpacked 9007199254740992\nfolder f\n"
    "archive https://h.example/2.zip\n"
    "set three\nkind noise\nlicence L\ndefault yes\nunpacked 10\nfolder f\n"
    "archive https://h.example/3.zip\n";

TEST(choice)
{
    struct se_datasets sets = {0};
    struct se_dataset_choice choice;

    expect_ok(se_datasets_add(&sets, three_sets, "x", &report));
    expect_ok(se_datasets_choose(&choice, &sets, NULL, &report));
    expect_equal(choice.n, 1);
    expect_text(choice.set[0]->name, "three");
    se_dataset_choice_free(&choice);
    expect_ok(se_datasets_choose(&choice, &sets, "all", &report));
    expect_equal(choice.n, 3);
    se_dataset_choice_free(&choice);
    expect_ok(se_datasets_choose(&choice, &sets, "two,one,two", &report));
    expect_equal(choice.n, 2);
    expect_text(choice.set[0]->name, "two");
    expect_text(choice.set[1]->name, "one");
    se_dataset_choice_free(&choice);
    expect_error(se_datasets_choose(&choice, &sets, "one,four", &report),
                 SE_ERR_ARG, "no set 'four'");
    expect_error(se_datasets_choose(&choice, &sets, "", &report), SE_ERR_ARG,
                 "no set ''");
    se_datasets_free(&sets);
}

TEST(table_of_a_file)
{
    struct se_datasets sets;
    int n_built_in;

    expect_ok(se_datasets_read(&sets, NULL, &report));
    n_built_in = sets.n;
    se_datasets_free(&sets);
    write_bytes(in_scratch("table"), three_sets, sizeof three_sets - 1);
    expect_ok(se_datasets_read(&sets, in_scratch("table"), &report));
    expect_equal(sets.n, n_built_in + 3);
    se_datasets_free(&sets);
    write_bytes(in_scratch("bad"), "set one\nsize 3\n", 15);
    expect_error(se_datasets_read(&sets, in_scratch("bad"), &report),
                 SE_ERR_FORMAT, "bad:2: unknown word 'size'");
    expect_error(se_datasets_read(&sets, in_scratch("none"), &report),
                 SE_ERR_IO, "none: cannot open");
}

static void count_remark(void *context, const char *text)
{
    (void)text;
    ++*(int *)context;
}

static void count_done(void *context, const struct se_obtained *what)
{
    (void)what;
    ++*(int *)context;
}

/* A set that is there is left out; where the disk has no room for the rest,
 * nothing is begun. */
TEST(room_comes_first)
{
    int n_remarks = 0, n_done = 0;
    const struct se_watch watch = {go_on, count_remark, &n_remarks};
    const struct se_obtain how = {.data_dir = in_scratch("data"),
                                  .watch = &watch};
    struct se_datasets sets = {0};
    struct se_dataset_choice choice;

    expect_ok(se_datasets_add(&sets, three_sets, "x", &report));
    expect_ok(se_datasets_choose(&choice, &sets, "one,two", &report));
    expect_ok(se_make_folder(in_scratch("data/one"), &report));
    expect_error(se_obtain_leave_absent(&choice, &how, &report), SE_ERR_FORMAT,
                 "one: is in the way");
    write_bytes(in_scratch("data/one/dataset.txt"), three_sets,
                (size_t)(strstr(three_sets, "set two") - three_sets));
    expect_ok(se_obtain_leave_absent(&choice, &how, &report));
    expect_equal(n_remarks, 1);
    expect_equal(choice.n, 1);
    expect_error(se_obtain_all(&how, &choice, count_done, &n_done, &report),
                 SE_ERR_IO, "of free disk are needed");
    expect_equal(n_done, 0);
    expect_equal(access(in_scratch("data/two.archives"), F_OK), -1);
    se_dataset_choice_free(&choice);
    se_datasets_free(&sets);
}
