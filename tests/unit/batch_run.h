/* batch_run.h - gradient steps on toy data, for tests of batches. */
#ifndef SE_TESTS_BATCH_RUN_H
#define SE_TESTS_BATCH_RUN_H

#include "check.h"
#include "nn/net.h"
#include "toy.h"
#include "train/batch.h"

enum { ROWS = 5, MANY = 37, STEPS = 10, FRAMES = 40, N_SEQUENCES = 12 };

static struct toy toy;

/* Everything that steps need, with `workers` threads. */
struct run {
    struct se_model model;
    struct se_loss loss;
    struct se_sequences set;
    struct se_pool *pool;
    struct se_batch *batch;
    struct se_adam adam;
};

static const char small[] = "input_neurons 8\n"
                            "layer_type conv1d\nnum_filters 6\nkernel_size 3\n"
                            "activation tanh\n"
                            "layer_type lstm\nlayer_neurons 5\n"
                            "layer_type fc\nlayer_neurons 257\n"
                            "activation sigmoid\n";
static const char with_drop_out[] =
    "input_neurons 8\ndropprob 0.2\n"
    "layer_type conv1d\nnum_filters 6\nkernel_size 3\n"
    "activation tanh\ndropprob 0.3\n"
    "layer_type lstm\nlayer_neurons 5\ndropprob 0.3\n"
    "layer_type fc\nlayer_neurons 257\n"
    "activation sigmoid\n";

static inline struct se_batch_config batch_of(const struct run *run, int rows)
{
    return (struct se_batch_config){.model = &run->model,
                                    .loss = &run->loss,
                                    .sequences = &run->set,
                                    .rows = rows,
                                    .frames = STEPS,
                                    .seed = 11};
}

static inline void open_run(struct run *run, const char *arch_text,
                            const char *loss, int rows, int workers)
{
    struct se_arch arch;
    struct se_batch_config config;
    size_t n;

    *run = (struct run){0};
    expect_ok(se_arch_parse(&arch, arch_text, "test", &report));
    expect_ok(se_model_create(&run->model, &arch, SE_FEAT_MEL, &report));
    expect_ok(se_net_initialise(run->model.parameters, &arch, 3, &report));
    expect_ok(se_loss_parse(&run->loss, loss, &report));
    expect_ok(se_sequences_from_mixer(
        &run->set, &(struct se_mixtures){&toy.mixer, 5, N_SEQUENCES}, STEPS,
        &report));
    expect_ok(se_pool_create(&run->pool, workers, &report));
    config = batch_of(run, rows);
    expect(se_batch_bytes(&config, workers) > 0);
    expect_ok(se_batch_create(&run->batch, &config, run->pool, &report));
    n = (size_t)run->model.n_parameters;
    run->adam = (struct se_adam){.beta1 = 0.9f,
                                 .beta2 = 0.999f,
                                 .epsilon = 1e-7f,
                                 .m = calloc(n, sizeof(float)),
                                 .v = calloc(n, sizeof(float))};
    expect(run->adam.m && run->adam.v);
}

static inline void close_run(struct run *run)
{
    se_batch_destroy(run->batch);
    se_pool_destroy(run->pool);
    se_model_free(&run->model);
    free(run->adam.m);
    free(run->adam.v);
}

static inline void start(struct run *run, int rows, int64_t first)
{
    int64_t numbers[MANY];

    for (int i = 0; i < rows; i++)
        numbers[i] = first < 0 ? -1 : first + i;
    expect_ok(se_batch_start(run->batch, numbers, &report));
}

static inline int train_at(struct run *run, struct se_batch_result *result,
                           float learning_rate, float clip_norm,
                           uint64_t number)
{
    const struct se_batch_step step = {
        .parameters = run->model.parameters,
        .adam = &run->adam,
        .learning_rate = learning_rate,
        .clip_norm = clip_norm,
        .number = number,
    };

    return se_batch_train(run->batch, result, &step, &report);
}

static inline int train_step(struct run *run, struct se_batch_result *result,
                             uint64_t number)
{
    return train_at(run, result, 0.01f, 1, number);
}

/* Two sequences a row, from start to end; the last block's mean loss. */
static inline double train_some(struct run *run, int rows)
{
    struct se_batch_result result = {0};
    uint64_t number = 0;

    for (int64_t first = 0; first < 2 * rows; first += rows) {
        start(run, rows, first);
        for (int i = 0; i < FRAMES / STEPS; i++) {
            expect_ok(train_step(run, &result, number++));
            expect(result.n_frames == rows * STEPS);
            expect(result.gradient_norm > 0);
        }
    }
    return result.loss_sum / result.n_frames;
}

#endif
