/* test_datasets.c - the table of data sets, and digests. */
#include "fetch/datasets.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void test_built_in(void **state)
{
    struct se_datasets sets;
    struct se_report report;
    int n_default = 0;

    (void)state;
    if (se_datasets_load(&sets, &report) != SE_OK)
        fail_msg("%s", report.text);
    assert_int_equal(sets.n, 10);
    for (int i = 0; i < sets.n; i++) {
        const struct se_dataset *set = &sets.set[i];

        n_default += set->is_default;
        assert_ptr_equal(se_datasets_find(&sets, set->name), set);
        assert_true(set->citation[0] && set->about[0]);
        for (int j = 0; j < set->n_sources; j++) {
            const struct se_source *source = &set->source[j];

            assert_int_equal(strncmp(source->url, "https://", 8), 0);
            assert_true(source->bytes > 0);
        }
        /* Sound does not pack to a third, nor grow when it is unpacked. */
        assert_in_range(set->unpacked, se_dataset_packed(set),
                        6 * se_dataset_packed(set));
    }
    assert_int_equal(n_default, 7);
    assert_null(se_datasets_find(&sets, "none"));
    se_datasets_free(&sets);
}

/* Some repositories publish SHA-256 values that were made up from the MD5. */
static void test_no_invented_digest(void **state)
{
    static const char *const md5s[] = {
        "42e2234ba48799c1f50f24a7926300a1", "2a93770f6d5c6c964bc36631d331a522",
        "c0e676e450a7ff2f54aeade5171606fa", "0c472d4fc0c5141eca47ad1ffeb2a7df",
        "e6f48e257286e05de56413b4779d8ffb",
    };
    struct se_datasets sets;

    (void)state;
    assert_int_equal(se_datasets_load(&sets, NULL), SE_OK);
    for (int i = 0; i < sets.n; i++) {
        for (int j = 0; j < sets.set[i].n_sources; j++) {
            const struct se_digest *digest = &sets.set[i].source[j].digest;

            for (size_t k = 0; k < sizeof md5s / sizeof *md5s; k++)
                assert_true(digest->kind != SE_DIGEST_SHA256 ||
                            strncmp(digest->hex, md5s[k], 8) != 0);
        }
    }
    se_datasets_free(&sets);
}

/* The pieces of a split zip stand together, the last one at the end. */
static void test_split_zip(void **state)
{
    struct se_datasets sets;
    const struct se_dataset *set;

    (void)state;
    assert_int_equal(se_datasets_load(&sets, NULL), SE_OK);
    set = se_datasets_find(&sets, "fsd50k");
    assert_int_equal(set->n_sources, 8);
    assert_string_equal(set->source[0].name, "FSD50K.dev_audio.z01");
    assert_string_equal(set->source[4].name, "FSD50K.dev_audio.z05");
    assert_string_equal(set->source[5].name, "FSD50K.dev_audio.zip");
    se_datasets_free(&sets);
}

/* ---- rows ---------------------------------------------------------------- */

static void test_row(void **state)
{
    struct se_datasets sets = {0};
    struct se_report report;

    (void)state;
    if (se_datasets_add(&sets, good, "good", &report) != SE_OK)
        fail_msg("%s", report.text);
    assert_int_equal(sets.n, 1);

    const struct se_dataset *set = sets.set;

    assert_string_equal(set->name, "toy");
    assert_string_equal(set->about, "two words");
    assert_int_equal(set->kind, SE_ROOMS);
    assert_string_equal(set->citation, "me, now");
    assert_int_equal(set->is_default, 1);
    assert_int_equal(set->unpacked, 123);
    assert_int_equal(set->n_folders, 2);
    assert_string_equal(set->folder[0], "toy/a b");
    assert_int_equal(set->n_sources, 2);
    assert_string_equal(set->source[0].name, "x.tar.gz");
    assert_int_equal(set->source[0].bytes, 12);
    assert_int_equal(set->source[0].bytes_certain, 0);
    assert_int_equal(set->source[0].digest.kind, SE_DIGEST_NONE);
    assert_string_equal(set->source[1].name, "x.zip");
    assert_int_equal(set->source[1].bytes_certain, 1);
    assert_int_equal(set->source[1].digest.kind, SE_DIGEST_MD5);
    assert_int_equal(set->source[1].digest_certain, 1);
    assert_string_equal(set->source[1].digest.hex,
                        "900150983cd24fb0d6963f7d28e17f72");
    assert_int_equal(se_dataset_packed(set), 19);
    se_datasets_free(&sets);
}

/* What is printed reads back as the same, the built-in rows as well. */
static void test_print(void **state)
{
    struct se_datasets sets, again = {0};
    struct se_report report;
    char *text;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    (void)state;
    assert_int_equal(se_datasets_load(&sets, &report), SE_OK);
    assert_int_equal(se_datasets_add(&sets, good, "good", &report), SE_OK);
    for (int i = 0; i < sets.n; i++)
        se_dataset_print(&sets.set[i], stream);
    fclose(stream);
    if (se_datasets_add(&again, text, "again", &report) != SE_OK)
        fail_msg("%s", report.text);
    assert_int_equal(again.n, sets.n);
    for (int i = 0; i < sets.n; i++)
        assert_memory_equal(&again.set[i], &sets.set[i], sizeof *sets.set);
    free(text);
    se_datasets_free(&sets);
    se_datasets_free(&again);
}

static void test_same_name_takes_its_place(void **state)
{
    struct se_datasets sets;
    struct se_report report;
    int n;

    (void)state;
    assert_int_equal(se_datasets_load(&sets, &report), SE_OK);
    n = sets.n;
    assert_int_equal(
        se_datasets_add(&sets,
                        "set musan\nlicence mine\nunpacked 5\nfolder a\n"
                        "archive http://h/a.zip\n",
                        "own", &report),
        SE_OK);
    assert_int_equal(sets.n, n);
    assert_string_equal(se_datasets_find(&sets, "musan")->licence, "mine");
    se_datasets_free(&sets);
}

/* The good row with `line` in place of the one that begins with its word. */
static void refuse(const char *line, const char *words)
{
    struct se_datasets sets = {0};
    struct se_report report = {""};
    char text[8192] = "set toy\nlicence CC0\nunpacked 1\nfolder a\n"
                      "archive http://h/a.zip\n";

    strcat(text, line);
    assert_int_equal(se_datasets_add(&sets, text, "own", &report),
                     SE_ERR_FORMAT);
    if (!strstr(report.text, words))
        fail_msg("'%s' without '%s'", report.text, words);
    assert_null(strchr(report.text, '\n'));
    se_datasets_free(&sets);
}

static void test_bad_lines(void **state)
{
    (void)state;
    refuse("sett x", "own:6: unknown word 'sett'");
    refuse("kind", "own:6: 'kind' without a value");
    refuse("kind music", "own:6: kind: expected speech, noise, rooms or pairs");
    refuse("default maybe", "own:6: default: expected yes or no");
    refuse("unpacked 0", "own:6: unpacked: expected a number of bytes");
    refuse("unpacked -3", "unpacked: expected a number of bytes");
    refuse("unpacked 1e9", "unpacked: expected a number of bytes");
    refuse("unpacked 99999999999999999999", "unpacked: expected a number");
    refuse("folder /etc", "folder: expected a relative name");
    refuse("folder ../x", "folder: expected a relative name");
    refuse("folder a/../../x", "folder: expected a relative name");
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
    refuse("archive http://h/a.zip", "expected a name of its own for each");
}

static void test_bad_texts(void **state)
{
    struct se_datasets sets = {0};
    struct se_report report;
    char line[1024] = "about ";

    (void)state;
    assert_int_equal(se_datasets_add(&sets, "kind noise\n", "own", &report),
                     SE_ERR_FORMAT);
    assert_string_equal(
        report.text,
        "own:1: kind: expected 'set' as the first line, found 'noise'");
    assert_int_equal(se_datasets_add(&sets, "set a\n", "own", &report),
                     SE_ERR_FORMAT);
    assert_string_equal(report.text, "own:1: set a: no 'licence'");
    memset(line + 6, 'x', 600);
    refuse(line, "about: expected at most 511 letters");
    assert_int_equal(se_datasets_add(&sets, "", "own", &report), SE_OK);
    assert_int_equal(sets.n, 0);
}

static void test_too_many(void **state)
{
    char text[4096] = "";

    (void)state;
    for (int i = 0; i < SE_MAX_FOLDERS; i++)
        strcat(text, "folder b\n");
    refuse(text, "folder: expected no more than 8");
    text[0] = '\0';
    for (int i = 0; i < SE_MAX_ARCHIVES; i++)
        sprintf(text + strlen(text), "archive http://h/%dx\n", i);
    refuse(text, "archive: expected no more than 32");
}

static void test_damaged_tables(void **state)
{
    struct se_rng rng;

    (void)state;
    se_rng_seed(&rng, 3, 1);
    for (int i = 0; i < 3000; i++) {
        struct se_datasets sets = {0};
        struct se_report report = {""};
        char text[2 * sizeof good + 1];

        memcpy(text, good, sizeof good);
        text[mutate(text, sizeof good - 1, &rng)] = '\0';

        int status = se_datasets_add(&sets, text, "own", &report);

        assert_true((status == SE_OK) == (report.text[0] == '\0'));
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
static void test_digest_files(void **state)
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
    struct se_report report;
    struct se_digest digest;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        write_bytes(in_scratch("file"), known[i].text, strlen(known[i].text));
        assert_int_equal(se_digest_file(&digest, known[i].kind,
                                        in_scratch("file"), &watch, &report),
                         SE_OK);
        assert_string_equal(digest.hex, known[i].hex);
        assert_int_equal(digest.kind, known[i].kind);
    }
    assert_int_equal(se_digest_file(&digest, SE_DIGEST_MD5, in_scratch("none"),
                                    &watch, &report),
                     SE_ERR_IO);
    watch.context = &watch; /* stop */
    assert_int_equal(se_digest_file(&digest, SE_DIGEST_MD5, in_scratch("file"),
                                    &watch, &report),
                     SE_ERR_STOPPED);
}

static void test_digest_parse(void **state)
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

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(se_digest_parse(&digest, bad[i]), SE_ERR_FORMAT);
    assert_int_equal(
        se_digest_parse(&digest, "md5:900150983cd24fb0d6963f7d28e17f72"),
        SE_OK);
    assert_string_equal(se_digest_name(digest.kind), "md5");
    assert_string_equal(se_digest_name(SE_DIGEST_SHA256), "sha256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_no_invented_digest),
        cmocka_unit_test(test_split_zip),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_same_name_takes_its_place),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_damaged_tables),
        cmocka_unit_test(test_digest_files),
        cmocka_unit_test(test_digest_parse),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
