/* pesq.c - the score, from the disturbances of all frames. */
#include "metrics/pesq.h"
#include "metrics/pesq_private.h"

#include <math.h>

enum {
    SPURT = 20,      /* frames that are taken together, every 10 frames */
    MAX_EVEN = 1000, /* frames up to which all times weigh the same */
};

/* Frames of faint speech weigh more. */
static void weigh_frames(struct se_pesq_model *model)
{
    for (int f = 0; f <= model->last; f++) {
        double weight = pow((model->audible[f] + 1e5) / 1e7, -0.04);

        model->symmetric[f] = fmin(weight * model->symmetric[f], 45.0);
        model->asymmetric[f] = fmin(weight * model->asymmetric[f], 45.0);
    }
}

/* In long files, the beginning is partly forgotten. */
static double time_weight(const struct se_pesq_model *model, int frame)
{
    int n = (model->signals->longest - 2 * SE_PESQ_GUARD) / SE_PESQ_HOP - 1;
    double forgotten = fmin(0.5, (n - 1000.0) / 5500.0);

    if (model->last + 1 <= MAX_EVEN)
        return 1.0;
    return 1.0 - forgotten + forgotten * frame / n;
}

/* L6 over the frames of a spurt; one that the file ends in counts as whole. */
static double spurt_disturbance(const double *x, int from, int last)
{
    double sum = 0.0;

    for (int f = from; f < from + SPURT && f <= last; f++)
        sum += pow(x[f], 6.0);
    return pow(sum / SPURT, 1.0 / 6.0);
}

/* L2 over the spurts. */
static double total(const struct se_pesq_model *model, const double *x)
{
    double sum = 0.0, weights = 0.0;

    for (int f = model->first; f <= model->last; f += SPURT / 2) {
        double weight = time_weight(model, f - model->first);
        double spurt = weight * spurt_disturbance(x, f, model->last);

        sum += spurt * spurt;
        weights += weight * weight;
    }
    return sqrt(sum / weights);
}

/* P.862's raw score as a mean opinion score. */
static double map(double raw, enum se_pesq_band band)
{
    double x =
        band == SE_PESQ_WIDE ? 3.8224 - 1.3669 * raw : 4.6607 - 1.4945 * raw;

    return 0.999 + 4.0 / (1.0 + exp(x));
}

static int compare(double *score, const struct se_pesq_signals *signals,
                   const struct se_pesq_alignment *alignment,
                   enum se_pesq_band band, struct se_report *report)
{
    struct se_pesq_model model;
    int status = se_pesq_model_create(&model, signals, alignment, report);

    if (status != SE_OK)
        return status;
    status = se_pesq_realign(&model, report);
    if (status == SE_OK) {
        weigh_frames(&model);
        *score = map(4.5 - 0.1 * total(&model, model.symmetric) -
                         0.0309 * total(&model, model.asymmetric),
                     band);
    }
    se_pesq_model_destroy(&model);
    return status;
}

int se_pesq(double *score, const struct se_pesq_pair *pair,
            enum se_pesq_band band, enum se_pesq_method method,
            struct se_report *report)
{
    struct se_pesq_signals signals;
    struct se_pesq_alignment alignment = {
        .n = 1, .utterances = {{.start = SE_PESQ_GUARD_CELLS}}};
    int status = se_pesq_signals_create(&signals, pair, band, report);

    if (status != SE_OK)
        return status;
    if (method == SE_PESQ_FULL)
        status = se_pesq_align(&alignment, &signals, report);
    if (status == SE_OK)
        status = compare(score, &signals, &alignment, band, report);
    se_pesq_signals_destroy(&signals);
    return status;
}
