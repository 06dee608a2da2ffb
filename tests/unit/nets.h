/* nets.h - small nets for tests, from a few lines of text. */
#ifndef SE_TESTS_NETS_H
#define SE_TESTS_NETS_H

#include "base/rng.h"
#include "check.h"
#include "model/model.h"

/* A net of mel features; its weights are 0. */
static inline void make_net(struct se_model *model, const char *text)
{
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, text, "test", &report));
    expect_ok(se_model_create(model, &arch, SE_FEAT_MEL, &report));
}

/* Random weights, and statistics near those of speech: a net whose mask depends
 * on what it gets. */
static inline void draw_net(struct se_model *model)
{
    struct se_rng rng;

    se_rng_seed(&rng, 5, 0);
    for (int64_t i = 0; i < model->n_parameters; i++)
        model->parameters[i] = (float)(0.5 * se_rng_normal(&rng));
    for (int i = 0; i < model->arch.n_in; i++) {
        model->mean[i] = -2.0f;
        model->inv_std[i] = 1.5f;
    }
}

/* A checkpoint of a net with weights 0. */
static inline void write_net(const char *path, const char *text)
{
    struct se_model model;

    make_net(&model, text);
    expect_ok(se_model_write(path, &model, "test", &report));
    se_model_free(&model);
}

#endif
