/* test_json.c - JSON that is complete or an error, and limits on what is read.
 */
#include "check.h"
#include "encoding/json.h"
#include "records/manifest_private.h"
#include "train/history.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- memory that runs out ------------------------------------------------ */

static int allocations_left; /* < 0: no end */

static void *scarce_malloc(size_t size)
{
    if (allocations_left == 0)
        return NULL;
    allocations_left -= allocations_left > 0;
    return malloc(size);
}

/* Lets cJSON have n pieces of memory, or any number. */
static void limit_memory(int n)
{
    cJSON_Hooks hooks = {scarce_malloc, free};

    allocations_left = n;
    cJSON_InitHooks(n < 0 ? NULL : &hooks);
}

static int exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);

    expect(file);
    expect(text);
    expect(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

/* However little memory there is, `save` writes all of the file at `path` or
 * none and tells so. */
static void check_all_or_nothing(int (*save)(const char *folder),
                                 const char *path)
{

    unlink(path);
    expect_ok(save(scratch));

    char *whole = read_whole(path);
    int n = 0, status;

    do {
        unlink(path);
        limit_memory(n++);
        status = save(scratch);
        limit_memory(-1);
        if (status != SE_OK) {
            expect_equal(status, SE_ERR_MEMORY);
            if (exists(path))
                fail_test("%d pieces of memory: a file after an error", n - 1);
        } else {
            char *text = read_whole(path);

            expect_text(text, whole);
            free(text);
        }
        expect(n < 100000);
    } while (status != SE_OK);
    expect(n > 20);
    free(whole);
}

static int save_all_kinds(const char *folder)
{
    struct se_json json = se_json_start();
    cJSON *object = se_json_add_object(&json, json.root, "object");
    cJSON *array = se_json_add_array(&json, object, "array");
    char path[300];

    snprintf(path, sizeof path, "%s/kinds.json", folder);
    se_json_add_number(&json, object, "number", 0.1);
    se_json_add_bool(&json, json.root, "bool", 1);
    se_json_add_text(&json, array, NULL, "a \"text\"");
    se_json_add_raw(&json, array, NULL, "1.50");
    se_json_add_copy(&json, json.root, "copy", object);
    se_json_add_copy(&json, json.root, "absent", NULL);
    return se_json_save(&json, path, &report);
}

static int save_manifest(const char *folder)
{
    static struct se_statistics statistics;
    char reason[] = "x.wav: silent", *reasons[] = {reason};
    const struct se_corpus speech = {
        .n_clips = 2, .seconds = 3.5, .n_skipped = 1, .reasons = reasons};
    struct se_mixer mixer = {.speech = &speech, .noise = &speech};
    const uint32_t crcs[] = {1, 0xffffffff};
    const struct se_shards shards = {
        .mixer = &mixer,
        .speech_name = "speech.txt",
        .noise_name = "noise",
        .folder = folder,
        .n_shards = 4,
        .n_records = 1,
        .part = 2,
        .n_parts = 2,
    };

    se_mix_config_default(&mixer.config);
    statistics.kinds[0].n_frames = 10;
    return se_manifest_write(&shards, crcs, &statistics, &report);
}

static int save_statistics(const char *folder)
{
    static struct se_statistics statistics;
    char path[300];

    snprintf(path, sizeof path, "%s/statistics.json", folder);
    statistics.kinds[0].n_frames = 10;
    return se_statistics_write(&statistics, path, &report);
}

static int save_history(const char *folder)
{
    const struct se_train_epoch epoch = {.epoch = 3,
                                         .train_loss = 0.5,
                                         .valid_loss = (double)NAN,
                                         .is_best = 1,
                                         .init = "epoch_0001"};

    return se_history_add(folder, &epoch, &report);
}

TEST(all_or_nothing)
{
    check_all_or_nothing(save_all_kinds, in_scratch("kinds.json"));
    check_all_or_nothing(save_manifest, in_scratch("part-2-of-2.json"));
    check_all_or_nothing(save_statistics, in_scratch("statistics.json"));
    check_all_or_nothing(save_history, in_scratch("history.jsonl"));
}

/* ---- reading ------------------------------------------------------------- */

static const struct se_json_limits limits = {
    .n_bytes = 1000, .depth = 3, .n_commas = 5};

TEST(refused)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "not a JSON object"},
        {"[1]", "not a JSON object"},
        {"{\"a\":1}{}", "not a JSON object"},
        {"{\"a\":1", "not a JSON object"},
        {"{\"a\":1}x", "byte 7 (0x78) is out of place"},
        {"{\"a\":[[[]]]}", "byte 7 (0x5b) nests deeper"},
        {"{\"a\":[1,2,3,4,5,6,7]}", "byte 17 (0x2c) is one comma more"},
        {"{\"a\":007}", "byte 5 (0x30) starts a number with leading zeros"},
        {"{\"a\":-01}", "byte 6 (0x30) starts a number with leading zeros"},
        {"{\"a\":\"\n\"}", "byte 6 (0x0a) is a control character"},
        {"{\"a\":\"x\\u0000\"}", "byte 7 (0x5c) is a zero character"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        report.text[0] = 0;

        const struct se_json_text text = {cases[i].text, strlen(cases[i].text),
                                          "x.json"};
        cJSON *object;
        int status = se_json_parse(&object, &text, &limits, &report);

        expect(!object);
        expect_equal(status, SE_ERR_FORMAT);
        if (strncmp(report.text, "x.json: ", 8) != 0 ||
            !strstr(report.text, cases[i].part))
            fail_test("'%s': found '%s', expected '%s'", cases[i].text,
                      report.text, cases[i].part);
    }
}

TEST(limits)
{
    static const char text[] =
        " {\"a\": [[1.05, 0, -0.5, 1e05, 0e-07]], \"b]\\\"[[[,\": true} ";
    struct se_json_limits tight = {.n_bytes = sizeof text - 1,
                                   .depth = 3,
                                   .n_commas = 5,
                                   .part = "header"};
    const struct se_json_text whole = {text, sizeof text - 1, "x"};
    cJSON *object;

    expect_ok(se_json_parse(&object, &whole, &tight, &report));
    cJSON_Delete(object);

    tight.depth = 2;
    expect_status(se_json_parse(&object, &whole, &tight, &report),
                  SE_ERR_FORMAT);
    expect_contains(report.text, "x: header byte 8 ");
    tight.depth = 3;
    tight.n_commas = 4;
    expect_status(se_json_parse(&object, &whole, &tight, &report),
                  SE_ERR_FORMAT);
    tight.n_commas = 5;
    tight.n_bytes--;
    write_bytes(in_scratch("long.json"), text, sizeof text - 1);
    expect_status(
        se_json_read(&object, in_scratch("long.json"), &tight, &report),
        SE_ERR_FORMAT);
    expect_contains(report.text, "longer than");
}

TEST(members)
{
    static const char text[] = "{\"n\":12,\"x\":1.5,\"t\":\"t\",\"v\":[1,-2]}";
    double numbers[3], number;
    const char *word;
    cJSON *object;
    int count;

    expect_ok(se_json_parse(&object,
                            &(struct se_json_text){text, sizeof text - 1, "f"},
                            &limits, &report));
    expect_equal(se_json_get_count(&count, object, "n", 12), SE_OK);
    expect_equal(count, 12);
    expect_equal(se_json_get_count(&count, object, "n", 11), SE_ERR_FORMAT);
    expect_equal(se_json_get_count(&count, object, "x", 12), SE_ERR_FORMAT);
    expect_equal(se_json_get_count(&count, object, "N", 12), SE_ERR_FORMAT);
    expect_equal(se_json_get_number(&number, object, "x", 1.5), SE_OK);
    expect(number == 1.5);
    expect_equal(se_json_get_number(&number, object, "x", 2), SE_ERR_FORMAT);
    expect_equal(se_json_get_number(&number, object, "t", 0), SE_ERR_FORMAT);
    expect_equal(se_json_get_text(&word, object, "t"), SE_OK);
    expect_text(word, "t");
    expect_equal(se_json_get_text(&word, object, "n"), SE_ERR_FORMAT);
    expect_equal(se_json_get_numbers(numbers, 2, -2, object, "v"), SE_OK);
    expect(numbers[0] == 1 && numbers[1] == -2);
    expect_equal(se_json_get_numbers(numbers, 2, -1, object, "v"),
                 SE_ERR_FORMAT);
    expect_equal(se_json_get_numbers(numbers, 3, -2, object, "v"),
                 SE_ERR_FORMAT);
    expect_equal(se_json_get_numbers(numbers, 1, -2, object, "v"),
                 SE_ERR_FORMAT);
    cJSON_Delete(object);
}

/* ---- printing ------------------------------------------------------------ */

TEST(printed)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    expect(stream);
    se_json_print_text(stream, "a\"b\\c\n\x01\xc3\xa4\xff.");
    putc('\n', stream);
    se_json_print_fixed(stream, "x", 1.25, 1);
    putc('\n', stream);
    se_json_print_number(stream, "x", 1e-7, 10);
    putc('\n', stream);
    se_json_print_number(stream, "x", (double)INFINITY, 10);
    se_json_print_fixed(stream, "x", (double)NAN, 1);
    fclose(stream);
    expect_text(text, "\"a\\\"b\\\\c\\n\\u0001\xc3\xa4?.\"\n"
                      "\"x\": 1.2\n"
                      "\"x\": 1e-07\n"
                      "\"x\": null\"x\": null");
    free(text);
}
