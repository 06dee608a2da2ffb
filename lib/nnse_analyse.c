/* nnse_analyse.c - of the public library: what the net sees and says. */
#include "nnse_private.h"

#include <string.h>

_Static_assert((int)NNSE_HOP == SE_HOP && (int)NNSE_BINS == SE_BINS,
               "a frame is the library's own");

int nnse_net_features(const struct nnse_net *net)
{
    int status = se_nnse_pick_net(&net);

    return status == SE_OK ? net->model.arch.n_in : status;
}

/* Where nnse_analyse puts what the net sees and says of n frames. */
struct analysis {
    float *features, *mask;
    size_t n, n_done;
};

static void keep(void *watcher, const struct se_enhancer_view *view)
{
    struct analysis *to = watcher;
    size_t lookahead = (size_t)view->lookahead;
    size_t n_features = (size_t)view->n_features;
    size_t t = to->n_done++;

    if (to->features && t < to->n)
        memcpy(to->features + t * n_features, view->features,
               n_features * sizeof *view->features);
    if (to->mask && t >= lookahead && t - lookahead < to->n)
        memcpy(to->mask + (t - lookahead) * SE_BINS, view->mask,
               SE_BINS * sizeof *view->mask);
}

static int create_watched(struct se_enhancer **enhancer,
                          const struct nnse_net *net, enum nnse_engine engine,
                          struct analysis *to)
{
    struct nnse_config asked, known;
    struct se_enhancer_config config;
    int status;

    nnse_defaults(&asked);
    asked.engine = engine;
    status = se_nnse_read_config(&known, &asked);
    if (status == SE_OK)
        status = se_nnse_enhancer_config(&config, net, &known);
    if (status != SE_OK)
        return status;
    config.watch = keep;
    config.watcher = to;
    return se_enhancer_create(enhancer, &net->model, &config, &se_nnse_last);
}

int nnse_analyse(const struct nnse_net *net, enum nnse_engine engine,
                 float *features, float *mask, const float *in, size_t n)
{
    static const float silence[SE_HOP];
    struct analysis to = {.features = features, .mask = mask, .n = n};
    struct se_enhancer *enhancer;
    float out[SE_HOP];
    int status = se_nnse_pick_net(&net);

    if (status == SE_OK)
        status = create_watched(&enhancer, net, engine, &to);
    if (status != SE_OK)
        return status;
    for (size_t i = 0; i < n + (size_t)net->model.arch.len_lookahead; i++)
        se_enhancer_step(enhancer, out, i < n ? in + i * SE_HOP : silence);
    se_enhancer_destroy(enhancer);
    return SE_OK;
}
