/* test_schedule.c - learning rates over time, and the history of a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "scratch.h"
#include "train/history.h"
#include "train/schedule.h"

#include <cjson/cJSON.h>
#include <math.h>

static void expect_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 + 1e-9 * fabs(want)))
        fail_msg("%.12g, expected %.12g", got, want);
}

/* ---- schedule ------------------------------------------------------------ */

static void test_constant(void **state)
{
    const struct se_schedule s = {SE_SCHEDULE_CONSTANT, 0.01, 0, 10};
    const struct se_progress p = {HUGE_VAL, 0, 0, 3};

    (void)state;
    expect_near(se_schedule_rate(&s, &p, 0), 0.01);
    expect_near(se_schedule_rate(&s, &p, 9.9), 0.01);
    expect_near(se_schedule_rate(&s, &p, 1000), 0.01);
}

static void test_cosine(void **state)
{
    const struct se_schedule s = {SE_SCHEDULE_COSINE, 0.01, 0, 8};
    const struct se_progress p = {HUGE_VAL, 0, 0, 0};
    double last = 1;

    (void)state;
    expect_near(se_schedule_rate(&s, &p, 0), 0.01);
    expect_near(se_schedule_rate(&s, &p, 4), 0.01 * 0.505);
    expect_near(se_schedule_rate(&s, &p, 8), 0.0001);
    expect_near(se_schedule_rate(&s, &p, 20), 0.0001);
    for (double epoch = 0; epoch <= 8; epoch += 0.01) {
        double rate = se_schedule_rate(&s, &p, epoch);

        assert_true(rate < last);
        last = rate;
    }
}

static void test_warm_up(void **state)
{
    const struct se_schedule s = {SE_SCHEDULE_CONSTANT, 0.01, 0.5, 8};
    const struct se_progress p = {HUGE_VAL, 0, 0, 0};
    double last = 0;

    (void)state;
    assert_true(se_schedule_rate(&s, &p, 0) < 0.0001);
    for (double epoch = 0; epoch <= 0.5; epoch += 0.05) {
        double rate = se_schedule_rate(&s, &p, epoch);

        assert_true(rate > last && rate <= 0.01);
        last = rate;
    }
    expect_near(se_schedule_rate(&s, &p, 0.5), 0.01);
}

/* Halved after three epochs in a row that are not the best, and so on. */
static void test_plateau(void **state)
{
    const struct se_schedule s = {SE_SCHEDULE_PLATEAU, 0.01, 0, 100};
    const double loss[] = {5, 4, 4, 4.5, 3, 3, 3, 3, 3, 3, 3, 2};
    const int best[] = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1};
    const int halved[] = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
    struct se_progress p = {HUGE_VAL, 0, 0, 0};

    (void)state;
    for (int i = 0; i < 12; i++) {
        assert_int_equal(se_progress_add(&p, i + 1, loss[i]), best[i]);
        expect_near(se_schedule_rate(&s, &p, i + 1), ldexp(0.01, -halved[i]));
    }
    assert_int_equal(p.best_epoch, 12);
    assert_true(p.best_loss == 2);
}

/* ---- history ------------------------------------------------------------- */

static void add(int epoch, double valid_loss)
{
    const struct se_train_epoch e = {
        .epoch = epoch,
        .train_loss = 0.1 * epoch,
        .valid_loss = valid_loss,
        .valid_si_sdr_db = 3.5,
        .noisy_si_sdr_db = -1,
        .learning_rate = 1e-3,
        .seconds = 2.5,
        .frames = 123456789,
        .is_best = epoch == 2,
    };
    struct se_report report;

    if (se_history_add(scratch, &e, &report) != SE_OK)
        fail_msg("%s", report.text);
}

/* The file must be whole lines of JSON, of these epochs. */
static void expect_epochs(const int *epochs, int n)
{
    char *text, *line;
    size_t size;

    assert_int_equal(
        se_read_file(&text, &size, in_scratch("history.jsonl"), 1 << 20, NULL),
        SE_OK);
    line = text;
    for (int i = 0; i < n; i++) {
        char *end = strchr(line, '\n');
        cJSON *object;

        assert_non_null(end);
        *end = '\0';
        object = cJSON_ParseWithOpts(line, NULL, 1);
        assert_true(cJSON_IsObject(object));
        assert_int_equal(cJSON_GetObjectItem(object, "epoch")->valueint,
                         epochs[i]);
        cJSON_Delete(object);
        line = end + 1;
    }
    assert_string_equal(line, "");
    free(text);
}

static void test_history_lines(void **state)
{
    char *text;
    size_t size;

    (void)state;
    unlink(in_scratch("history.jsonl"));
    add(1, 0.125);
    add(2, nan(""));
    assert_int_equal(
        se_read_file(&text, &size, in_scratch("history.jsonl"), 1 << 20, NULL),
        SE_OK);
    assert_string_equal(
        text, "{\"epoch\":1,\"train_loss\":0.1,\"valid_loss\":0.125,"
              "\"valid_si_sdr_db\":3.5,\"noisy_si_sdr_db\":-1,"
              "\"learning_rate\":0.001,\"frames\":123456789,\"seconds\":2.5,"
              "\"best\":false}\n"
              "{\"epoch\":2,\"train_loss\":0.2,\"valid_loss\":null,"
              "\"valid_si_sdr_db\":3.5,\"noisy_si_sdr_db\":-1,"
              "\"learning_rate\":0.001,\"frames\":123456789,\"seconds\":2.5,"
              "\"best\":true}\n");
    free(text);
}

static void test_history_of_a_run_taken_up_again(void **state)
{
    (void)state;
    unlink(in_scratch("history.jsonl"));
    for (int epoch = 1; epoch <= 5; epoch++)
        add(epoch, 1);
    expect_epochs((int[]){1, 2, 3, 4, 5}, 5);
    add(5, 1);
    expect_epochs((int[]){1, 2, 3, 4, 5}, 5);
    add(3, 1);
    expect_epochs((int[]){1, 2, 3}, 3);
    add(7, 1);
    expect_epochs((int[]){1, 2, 3, 7}, 4);
    add(1, 1);
    expect_epochs((int[]){1}, 1);
}

/* What a crash or a person left in the file does not stay in it. */
static void test_history_with_rubbish(void **state)
{
    const char text[] = "{\"epoch\":1,\"valid_loss\":3}\n"
                        "\n"
                        "rubbish\n"
                        "{\"valid_loss\":3}\n"
                        "{\"epoch\":\"2\"}\n"
                        "[]\n"
                        "{\"epoch\":2,\"valid";

    (void)state;
    write_bytes(in_scratch("history.jsonl"), text, strlen(text));
    add(3, 1);
    expect_epochs((int[]){1, 3}, 2);
}

static void test_history_cannot_be_written(void **state)
{
    const struct se_train_epoch epoch = {.epoch = 1};
    struct se_report report;

    (void)state;
    assert_int_equal(se_history_add(in_scratch("no"), &epoch, &report),
                     SE_ERR_IO);
    assert_non_null(strstr(report.text, "no/history.jsonl: cannot write"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_cosine),
        cmocka_unit_test(test_warm_up),
        cmocka_unit_test(test_plateau),
        cmocka_unit_test(test_history_lines),
        cmocka_unit_test(test_history_of_a_run_taken_up_again),
        cmocka_unit_test(test_history_with_rubbish),
        cmocka_unit_test(test_history_cannot_be_written),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
