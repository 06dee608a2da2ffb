/* frame.c - the bins of one frame, and sums over them. */
#include "loss/loss_private.h"

#include "base/simd.h"

#include <stddef.h>
#include <stdint.h>

struct se_loss_frame se_loss_frame_at(const struct se_loss_evaluation *on,
                                      int frame, int row)
{
    const struct se_loss_target *target = on->target;
    int64_t at = ((int64_t)frame * target->rows + row) * target->bins;

    return (struct se_loss_frame){
        .d = on->d + at,
        .g = on->g + at,
        .A = target->noisy + at,
        .a = target->clean + at,
        .p = target->cross ? target->cross + at : NULL,
        .X = target->noisy_spectrum ? target->noisy_spectrum + 2 * at : NULL,
        .S = target->clean_spectrum ? target->clean_spectrum + 2 * at : NULL,
        .n = target->bins,
    };
}

int se_loss_length(const struct se_loss_target *target, int row)
{
    return target->lengths ? target->lengths[row] : target->frames;
}

SE_MULTIVERSION
void se_loss_square(se_real *restrict clean, se_real *restrict masked,
                    const struct se_loss_frame *frame)
{
    const se_real *g = frame->g, *A = frame->A, *a = frame->a;

    for (int i = 0; i < frame->n; i++) {
        clean[i] = a[i] * a[i];
        masked[i] = g[i] * A[i] * (g[i] * A[i]);
    }
}

/* Sixteen partial sums: they vectorise, and always add in the same order. */
enum { LANES = 16 };

SE_MULTIVERSION
double se_loss_sum(const se_real *x, int n)
{
    se_real lanes[LANES] = {0};
    double sum = 0;
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] += x[i + lane];
    for (int lane = 0; lane < LANES; lane++)
        sum += (double)lanes[lane];
    for (; i < n; i++)
        sum += (double)x[i];
    return sum;
}

SE_MULTIVERSION
double se_loss_dot(const se_real *x, const se_real *y, int n)
{
    se_real lanes[LANES] = {0};
    double sum = 0;
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] += x[i + lane] * y[i + lane];
    for (int lane = 0; lane < LANES; lane++)
        sum += (double)lanes[lane];
    for (; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}
