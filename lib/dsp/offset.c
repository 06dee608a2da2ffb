/* offset.c - the mean of a signal. */
#include "dsp/offset.h"

#include <math.h>

/* 0.02 of full scale costs less than 0.1 dB of SI-SDR. The mean of 2 s is a
 * high pass of 0.08 Hz. */
static const double floor_level = 0.02, sure_deviations = 6, groups_kept = 200;

static int is_sure(double mean, double mean_square, double n_groups)
{
    double variance = fmax(mean_square - mean * mean, 0);

    return fabs(mean) > floor_level &&
           mean * mean * n_groups >
               sure_deviations * sure_deviations * variance;
}

void se_offset_prime(struct se_offset *offset, const float *first, int stride)
{
    int n = offset->group;
    double sum = 0, sum_squared = 0;

    for (int i = 0; i < n; i++) {
        double x = (double)first[i * stride];

        sum += x;
        sum_squared += x * x;
    }
    if (offset->is_kept || !is_sure(sum / n, sum_squared / n, 1))
        return;
    offset->is_sure = 1;
    offset->from = offset->to = (float)(sum / n);
}

/* At the end of a group. */
static void learn(struct se_offset *offset)
{
    double n = fmin(offset->n_groups + 1, groups_kept);

    offset->mean += (offset->sum / offset->n - offset->mean) / n;
    offset->mean_square +=
        (offset->sum_squared / offset->n - offset->mean_square) / n;
    offset->n_groups = n;
    offset->sum = offset->sum_squared = 0;
    offset->n = 0;
    offset->is_sure =
        offset->is_sure || is_sure(offset->mean, offset->mean_square, n);
    offset->from = offset->to;
    if (offset->is_sure)
        offset->to = offset->is_kept ? 0.0f : (float)offset->mean;
}

void se_offset_process(struct se_offset *offset, float *x, int64_t n,
                       int stride)
{
    for (int64_t i = 0; i < n; i++) {
        float *sample = &x[i * stride];

        offset->sum += (double)*sample;
        offset->sum_squared += (double)*sample * (double)*sample;
        offset->n++;
        if (offset->is_sure)
            *sample -= offset->from + (offset->to - offset->from) *
                                          (float)offset->n /
                                          (float)offset->group;
        if (offset->n == offset->group)
            learn(offset);
    }
}
