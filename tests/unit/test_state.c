/* test_state.c - state.safetensors: what is written is read, and no number that
 * cannot be is. */
#include "check.h"
#include "train/state.h"

#include <math.h>

static struct se_model model;
static float moments[2][257 * 2];
static const struct se_train_identity identity = {.n_settings = 0};

static void make_model(void)
{
    static const char text[] = "input_neurons 1\nlayer_type fc\n"
                               "layer_neurons 257\nactivation sigmoid\n";
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, text, "test", &report));
    expect_ok(se_model_create(&model, &arch, SE_FEAT_MEL, &report));
    expect_equal(model.n_parameters, 2 * 257);
}

/* In the third round of epoch 2. */
static struct se_train_state good_state(void)
{
    return (struct se_train_state){
        .epoch = 2,
        .round = 3,
        .n_blocks = 11,
        .loss_sum = 12.5,
        .frames = 4800,
        .seconds = 1.5,
        .progress = {.best_loss = 0.5, .best_epoch = 1},
        .adam = {.m = moments[0], .v = moments[1], .step = 11},
    };
}

static int pass_on(struct se_train_state *read,
                   const struct se_train_state *written)
{
    *read = good_state();
    expect_ok(se_state_write(scratch, written, &model, &identity, &report));
    return se_state_read(read, &model, scratch, &identity, &report);
}

TEST(states)
{
    struct se_train_state written = good_state(), read;

    make_model();
    expect_ok(pass_on(&read, &written));
    expect_equal(read.epoch, 2);
    expect_equal(read.round, 3);
    expect_equal(read.adam.step, 11);
    expect_near(read.loss_sum, 12.5, 0);
    expect_near(read.progress.best_loss, 0.5, 0);

    /* Nothing yet, no best one. */
    written = good_state();
    written.round = 0;
    written.loss_sum = written.frames = written.seconds = 0;
    written.progress.best_loss = HUGE_VAL;
    written.progress.best_epoch = 0;
    expect_ok(pass_on(&read, &written));
    se_model_free(&model);
}

/* One change to a good state. */
struct change {
    int number; /* which one becomes */
    double value;
};

static void apply(struct se_train_state *state, const struct change *change)
{
    double x = change->value;

    switch (change->number) {
    case 0:
        state->epoch = (int)x;
        break;
    case 1:
        state->round = (int64_t)x;
        break;
    case 2:
        state->n_blocks = (uint64_t)x;
        break;
    case 3:
        state->loss_sum = x;
        break;
    case 4:
        state->frames = x;
        break;
    case 5:
        state->seconds = x;
        break;
    case 6:
        state->progress.best_loss = x;
        break;
    case 7:
        state->progress.best_epoch = (int)x;
        break;
    case 8:
        state->progress.epochs_since_cut = (int)x;
        break;
    case 9:
        state->progress.n_cuts = (int)x;
        break;
    default:
        state->adam.step = (int64_t)x;
        break;
    }
}

TEST(impossible_states)
{
    static const struct change changes[] = {
        {0, 0},           {0, -1},       {0, 2e9},         {1, -1},
        {1, 1e16},        {1, 0},        {2, 1e16},        {3, (double)NAN},
        {3, HUGE_VAL},    {3, 1e300},    {3, -1e300},      {4, -1},
        {4, (double)NAN}, {4, HUGE_VAL}, {4, 0},           {5, -1},
        {5, (double)NAN}, {5, 1e300},    {6, (double)NAN}, {6, -HUGE_VAL},
        {7, -1},          {7, 2},        {7, 2e9},         {8, -1},
        {8, 2e9},         {9, -1},       {9, 2e9},         {10, -1},
        {10, 1e16},       {2, 2},        {2, 12},          {5, 2e9},
        {6, HUGE_VAL},    {6, 2e9},      {6, -2e9},        {7, 0},
        {8, 1},           {8, 3},        {9, 1},           {10, 10},
        {10, 0},
    };

    make_model();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct se_train_state written = good_state(), read;

        apply(&written, &changes[i]);
        if (pass_on(&read, &written) != SE_ERR_FORMAT)
            fail_test("number %d of %g was read", changes[i].number,
                      changes[i].value);
        expect_contains(report.text, "a number that cannot be");
    }
    se_model_free(&model);
}

/* Nor in the arrays. */
TEST(impossible_moments)
{
    static const float values[] = {NAN, HUGE_VALF, -1.0f};

    make_model();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct se_train_state written = good_state(), read;
        float before = moments[1][7];

        moments[1][7] = values[i];
        expect_equal(pass_on(&read, &written), SE_ERR_FORMAT);
        expect_contains(report.text, "adam.v[7]");
        moments[1][7] = before;
    }
    se_model_free(&model);
}
