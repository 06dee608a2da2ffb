/* test_schedule.c - learning rates over time, and the history of a run. */
#include "check.h"
#include "files/file.h"
#include "train/history.h"
#include "train/schedule.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <unistd.h>

static void expect_close(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 + 1e-9 * fabs(want)))
        fail_test("%.12g, expected %.12g", got, want);
}

/* ---- schedule ------------------------------------------------------------ */

TEST(constant)
{
    const struct se_schedule s = {SE_SCHEDULE_CONSTANT, 0.01, 0, 10};
    const struct se_progress p = {HUGE_VAL, 0, 0, 3};

    expect_close(se_schedule_rate(&s, &p, 0), 0.01);
    expect_close(se_schedule_rate(&s, &p, 9.9), 0.01);
    expect_close(se_schedule_rate(&s, &p, 1000), 0.01);
}

TEST(cosine)
{
    const struct se_schedule s = {SE_SCHEDULE_COSINE, 0.01, 0, 8};
    const struct se_progress p = {HUGE_VAL, 0, 0, 0};
    double last = 1;

    expect_close(se_schedule_rate(&s, &p, 0), 0.01);
    expect_close(se_schedule_rate(&s, &p, 4), 0.01 * 0.505);
    expect_close(se_schedule_rate(&s, &p, 8), 0.0001);
    expect_close(se_schedule_rate(&s, &p, 20), 0.0001);
    for (double epoch = 0; epoch <= 8; epoch += 0.01) {
        double rate = se_schedule_rate(&s, &p, epoch);

        expect(rate < last);
        last = rate;
    }
}

TEST(warm_up)
{
    const struct se_schedule s = {SE_SCHEDULE_CONSTANT, 0.01, 0.5, 8};
    const struct se_progress p = {HUGE_VAL, 0, 0, 0};
    double last = 0;

    expect(se_schedule_rate(&s, &p, 0) < 0.0001);
    for (double epoch = 0; epoch <= 0.5; epoch += 0.05) {
        double rate = se_schedule_rate(&s, &p, epoch);

        expect(rate > last && rate <= 0.01);
        last = rate;
    }
    expect_near(se_schedule_rate(&s, &p, 0.25), 0.005, 0.00002);
    expect_close(se_schedule_rate(&s, &p, 0.5), 0.01);
}

/* Halved after three epochs in a row that are not the best, and so on. */
TEST(plateau)
{
    const struct se_schedule s = {SE_SCHEDULE_PLATEAU, 0.01, 0, 100};
    const double loss[] = {5, 4, 4, 4.5, 3, 3, 3, 3, 3, 3, 3, 2};
    const int best[] = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1};
    const int halved[] = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
    struct se_progress p = {HUGE_VAL, 0, 0, 0};

    for (int i = 0; i < 12; i++) {
        expect_equal(se_progress_add(&p, i + 1, loss[i]), best[i]);
        expect_close(se_schedule_rate(&s, &p, i + 1), ldexp(0.01, -halved[i]));
    }
    expect_equal(p.best_epoch, 12);
    expect(p.best_loss == 2);
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
        .valid_pesq_wb_aligned = epoch == 2 ? 1.5 : nan(""),
        .learning_rate = 1e-3,
        .seconds = 2.5,
        .frames = 123456789,
        .is_best = epoch == 2,
    };

    expect_ok(se_history_add(scratch, &e, &report));
}

/* The file must be whole lines of JSON, of these epochs. */
static void expect_epochs(const int *epochs, int n)
{
    char *text, *line;
    size_t size;

    expect_ok(se_read_file(&text, &size, in_scratch("history.jsonl"), 1 << 20,
                           &report));
    line = text;
    for (int i = 0; i < n; i++) {
        char *end = strchr(line, '\n');
        cJSON *object;

        expect(end);
        *end = '\0';
        object = cJSON_ParseWithOpts(line, NULL, 1);
        expect(cJSON_IsObject(object));
        expect_equal(cJSON_GetObjectItem(object, "epoch")->valueint, epochs[i]);
        cJSON_Delete(object);
        line = end + 1;
    }
    expect_text(line, "");
    free(text);
}

TEST(history_lines)
{
    char *text;
    size_t size;

    unlink(in_scratch("history.jsonl"));
    add(1, 0.125);
    add(2, nan(""));
    expect_ok(se_read_file(&text, &size, in_scratch("history.jsonl"), 1 << 20,
                           &report));
    expect_text(text,
                "{\"epoch\":1,\"train_loss\":0.1,\"valid_loss\":0.125,"
                "\"valid_si_sdr_db\":3.5,\"noisy_si_sdr_db\":-1,"
                "\"learning_rate\":0.001,\"frames\":123456789,\"seconds\":2.5,"
                "\"best\":false}\n"
                "{\"epoch\":2,\"train_loss\":0.2,\"valid_loss\":null,"
                "\"valid_si_sdr_db\":3.5,\"noisy_si_sdr_db\":-1,"
                "\"learning_rate\":0.001,\"frames\":123456789,\"seconds\":2.5,"
                "\"valid_pesq_wb_aligned\":1.5,\"best\":true}\n");
    free(text);
}

TEST(history_of_a_run_taken_up_again)
{
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
TEST(history_with_rubbish)
{
    const char text[] = "{\"epoch\":1,\"valid_loss\":3}\n"
                        "\n"
                        "rubbish\n"
                        "{\"valid_loss\":3}\n"
                        "{\"epoch\":\"2\"}\n"
                        "[]\n"
                        "{\"epoch\":2,\"valid";

    write_bytes(in_scratch("history.jsonl"), text, strlen(text));
    add(3, 1);
    expect_epochs((int[]){1, 3}, 2);
}

/* It is said before a run goes on, which would lose it. */
TEST(history_is_checked)
{
    static const struct {
        const char *text, *reason; /* NULL: it is sound */
    } cases[] = {
        {"{\"epoch\":1,\"valid_loss\":3}\n{\"epoch\":2}\n", NULL},
        {"{\"epoch\":1}\n{\"epoch\":2,\"valid", NULL},
        {"", NULL},
        {"{\"epoch\":1}\n{\"epoch\":2,\n{\"epoch\":3}\n", "jsonl:2: expected"},
        {"{\"epoch\":1}\n\n{\"epoch\":3}\n", "jsonl:2: expected"},
        {"{\"epoch\":0}\n", "jsonl:1: expected a JSON object with an epoch"},
        {"{\"epoch\":\"1\"}\n", "jsonl:1: expected"},
        {"[]\n", "jsonl:1: expected"},
    };

    unlink(in_scratch("history.jsonl"));
    expect_ok(se_history_check(scratch, &report));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_bytes(in_scratch("history.jsonl"), cases[i].text,
                    strlen(cases[i].text));
        if (cases[i].reason)
            expect_error(se_history_check(scratch, &report), SE_ERR_FORMAT,
                         cases[i].reason);
        else
            expect_ok(se_history_check(scratch, &report));
    }
    write_bytes(in_scratch("history.jsonl"), "{\"epoch\":1}\n\0", 14);
    expect_error(se_history_check(scratch, &report), SE_ERR_FORMAT,
                 "not a text file");
}

TEST(history_cannot_be_written)
{
    const struct se_train_epoch epoch = {.epoch = 1};

    expect_error(se_history_add(in_scratch("no"), &epoch, &report), SE_ERR_IO,
                 "no/history.jsonl: cannot write");
}
