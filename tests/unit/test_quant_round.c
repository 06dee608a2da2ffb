/* test_quant_round.c - weights rounded to 8 bits, and training for them. */
#include "nn/infer.h"
#include "quant/quantise.h"
#include "quant/round.h"
#include "training_run.h"

#define NET                                                                    \
    "input_neurons 8\n"                                                        \
    "layer_type conv1d\nnum_filters 7\nkernel_size 3\nactivation tanh\n"       \
    "layer_type lstm\nlayer_neurons 5\n"                                       \
    "layer_type fc\nlayer_neurons 6\nactivation linear\n"                      \
    "layer_type fc\nlayer_neurons 9\nactivation relu6\n"                       \
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n"

static void make_net(struct se_model *model)
{
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, NET, "test", &report));
    expect_ok(se_model_create(model, &arch, SE_FEAT_MEL, &report));
    expect_ok(se_net_initialise(model->parameters, &arch, 3, &report));
}

static float *round_of(const struct se_model *model, const float *parameters)
{
    float *rounded = malloc((size_t)model->n_parameters * sizeof *rounded);

    expect(rounded);
    expect_ok(se_fake_quantise(rounded, model, parameters, &report));
    return rounded;
}

/* ---- rounding ------------------------------------------------------------ */

/* Every weight moves by less than 3 % of its row's largest, some do; biases
 * stay; and what is rounded stays. */
TEST(round)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_model model;
    float *rounded, *again;
    int n;

    make_net(&model);
    n = se_arch_tensors(&model.arch, tensors);
    rounded = round_of(&model, model.parameters);
    for (int t = 0; t < n; t++) {
        const float *before = model.parameters + tensors[t].offset;
        const float *after = rounded + tensors[t].offset;
        int columns = tensors[t].columns, n_moved = 0;

        for (int o = 0; o < columns; o++) {
            float largest = 0.0f;

            for (int c = 0; c < tensors[t].rows; c++)
                largest = fmaxf(largest, fabsf(before[c * columns + o]));
            for (int c = 0; c < tensors[t].rows; c++) {
                int i = c * columns + o;

                expect(fabsf(after[i] - before[i]) <= 0.03f * largest);
                n_moved += after[i] != before[i];
            }
        }
        expect(tensors[t].is_bias ? n_moved == 0 : n_moved > 0);
    }
    again = round_of(&model, rounded);
    expect_bytes(again, rounded, (size_t)model.n_parameters * sizeof *rounded);
    free(again);
    free(rounded);
    se_model_free(&model);
}

/* Largest difference of the float net's masks from the integer net's. */
static double mask_difference(const struct se_model *model,
                              const float *parameters,
                              const struct se_quant_net *net)
{
    void *memory = aligned_alloc(8, (net->memory_bytes + 7) / 8 * 8);
    struct se_infer *infer;
    float x[8], mask[SE_BINS];
    struct nnsp nnsp;
    struct se_rng rng;
    double worst = 0.0;

    expect_equal(nnsp_init(&nnsp, &net->net, memory, net->memory_bytes),
                 NNSP_OK);
    expect_ok(se_infer_create(&infer, &model->arch, parameters, &report));
    for (int i = 0; i < 8; i++)
        x[i] = (float)nnsp.features[i] / 256.0f;
    se_infer_reset(infer, x);
    se_rng_seed(&rng, 4, 0);
    for (int t = 0; t < 50; t++) {
        for (int i = 0; i < 8; i++) {
            nnsp.features[i] = (int16_t)(300.0 * se_rng_normal(&rng));
            x[i] = (float)nnsp.features[i] / 256.0f;
        }
        nnsp_infer(&nnsp);
        se_infer_frame(infer, mask, x);
        for (int k = 0; k < SE_BINS; k++)
            worst = fmax(worst, fabs(nnsp.mask[k] / 32768.0 - (double)mask[k]));
    }
    se_infer_destroy(infer);
    free(memory);
    return worst;
}

/* The rounded float net is the integer net of the weights it came from. */
TEST(is_integer_net)
{
    struct se_quant_net *net;
    struct se_model model;
    double with, without;
    float *rounded;

    make_net(&model);
    rounded = round_of(&model, model.parameters);
    expect_ok(se_quantise(&net, &model, NULL, &report));
    with = mask_difference(&model, rounded, net);
    without = mask_difference(&model, model.parameters, net);
    printf("masks differ by %.5f, without rounding by %.5f\n", with, without);
    expect(with < 3e-4);
    expect(without > 4 * with);
    se_quant_net_free(net);
    free(rounded);
    se_model_free(&model);
}

TEST(refused)
{
    struct se_model model;
    float rounded[16];

    make_net(&model);
    model.parameters[3] = 100.0f;
    expect_error(se_fake_quantise(rounded, &model, model.parameters, &report),
                 SE_ERR_ARG, "layer 1");
    se_model_free(&model);
}

/* ---- training ------------------------------------------------------------ */

static void one_step(struct se_batch_result *result, float *parameters,
                     const struct se_model *model, int is_rounded)
{
    const int64_t numbers[BATCH] = {0, 1, 2, 3};
    struct se_sequences set;
    struct se_loss loss;
    struct se_batch_config config = {
        .model = model,
        .loss = &loss,
        .sequences = &set,
        .rows = BATCH,
        .frames = STEPS,
        .fake_quantise = is_rounded ? se_fake_quantise : NULL,
    };
    size_t n = (size_t)model->n_parameters;
    struct se_adam adam = {.beta1 = 0.9f,
                           .beta2 = 0.999f,
                           .epsilon = 1e-7f,
                           .m = calloc(n, sizeof(float)),
                           .v = calloc(n, sizeof(float))};
    struct se_batch *batch;

    expect_ok(se_loss_parse(&loss, "blend", &report));
    expect_ok(se_sequences_from_mixer(
        &set, &(struct se_mixtures){&toy.mixer, 1, N_TRAIN}, STEPS, &report));
    expect_ok(se_batch_create(&batch, &config, toy.pool, &report));
    expect_ok(se_batch_start(batch, numbers, &report));
    expect_ok(se_batch_train(batch, result,
                             &(struct se_batch_step){.parameters = parameters,
                                                     .adam = &adam,
                                                     .learning_rate = 0.001f,
                                                     .clip_norm = 1},
                             &report));
    se_batch_destroy(batch);
    free(adam.m);
    free(adam.v);
}

/* A step on rounded weights has the loss and the gradient of those, and moves
 * the fine ones. */
TEST(straight_through)
{
    struct se_batch_result a, b;
    struct se_model model;
    float *fine, *coarse;
    size_t n;

    make_net(&model);
    n = (size_t)model.n_parameters;
    coarse = round_of(&model, model.parameters);
    fine = malloc(n * sizeof *fine);
    memcpy(fine, model.parameters, n * sizeof *fine);
    one_step(&a, fine, &model, 1);
    one_step(&b, coarse, &model, 0);
    expect(a.loss_sum == b.loss_sum);
    expect(a.gradient_norm == b.gradient_norm);
    memcpy(coarse, model.parameters, n * sizeof *fine);
    one_step(&b, coarse, &model, 0);
    expect(a.loss_sum != b.loss_sum);
    for (size_t i = 0; i < n; i++) /* Adam's first step is the rate at most */
        expect(fabsf(fine[i] - model.parameters[i]) < 0.00101f);
    expect(memcmp(fine, model.parameters, n * sizeof *fine) != 0);
    free(fine);
    free(coarse);
    se_model_free(&model);
}

static void read_last(struct se_model *model, const struct run *run)
{
    char path[1024];

    expect_ok(
        se_model_epoch_path(path, sizeof path, run->folder, EPOCHS, &report));
    expect_ok(se_model_read(model, path, &report));
}

static void prepare_rounded(struct run *run, const char *folder)
{
    prepare(run, folder, mel);
    run->config.fake_quantise = se_fake_quantise;
}

/* The checkpoints hold rounded weights, and these learn. A run that was
 * stopped ends at the same ones: the fine weights were not lost. */
TEST(run)
{
    struct run whole, stopped;
    struct se_model model;
    float *rounded;

    prepare_rounded(&whole, "whole");
    train(&whole, 0);
    expect(whole.epoch[EPOCHS - 1].valid_loss < whole.epoch[0].valid_loss);
    read_last(&model, &whole);
    rounded = round_of(&model, model.parameters);
    expect_bytes(rounded, model.parameters,
                 (size_t)model.n_parameters * sizeof *rounded);
    free(rounded);
    se_model_free(&model);

    prepare_rounded(&stopped, "stopped");
    stopped.stop_after = 6;
    expect_status(go(&stopped, 0, toy.pool), SE_ERR_STOPPED);
    stopped.stop_after = 0;
    stopped.config.fake_quantise = NULL;
    expect_error(go(&stopped, 1, toy.pool), SE_ERR_ARG,
                 "rounded weights: blend");
    stopped.config.fake_quantise = se_fake_quantise;
    train(&stopped, 1);
    expect_same_epochs(&whole, &stopped, EPOCHS, EPOCHS);
}
