/* schedule.c - learning rates. */
#include "train/schedule.h"

#include <math.h>
#include <stdint.h>

enum { PLATEAU_EPOCHS = 3 };

static const double MAX_LOSS = 1e9; /* of a mean over frames */

double se_schedule_rate(const struct se_schedule *schedule,
                        const struct se_progress *progress, double epoch)
{
    double rate = schedule->learning_rate;

    if (epoch < schedule->warm_up)
        rate *= (epoch + 1e-3) / (schedule->warm_up + 1e-3);
    switch (schedule->kind) {
    case SE_SCHEDULE_CONSTANT:
        break;
    case SE_SCHEDULE_COSINE: {
        double done = fmin(epoch / schedule->n_epochs, 1.0);

        rate *= 0.01 + 0.99 * 0.5 * (1 + cos(3.14159265358979 * done));
        break;
    }
    case SE_SCHEDULE_PLATEAU:
        rate *= pow(0.5, progress->n_cuts);
        break;
    }
    return rate;
}

int se_progress_add(struct se_progress *progress, int epoch, double loss)
{
    if (loss < progress->best_loss) {
        progress->best_loss = loss;
        progress->best_epoch = epoch;
        progress->epochs_since_cut = 0;
        return 1;
    }
    if (++progress->epochs_since_cut >= PLATEAU_EPOCHS) {
        progress->epochs_since_cut = 0;
        progress->n_cuts++;
    }
    return 0;
}

int se_progress_is_possible(const struct se_progress *progress, int epochs)
{
    const int has_best = progress->best_epoch > 0;

    if (progress->best_epoch < 0 || progress->n_cuts < 0 ||
        progress->epochs_since_cut < 0 ||
        progress->epochs_since_cut >= PLATEAU_EPOCHS)
        return 0;
    if (has_best ? fabs(progress->best_loss) > MAX_LOSS
                 : progress->best_loss != HUGE_VAL)
        return 0;
    return (int64_t)progress->n_cuts * PLATEAU_EPOCHS +
                   progress->epochs_since_cut + has_best <=
               epochs &&
           progress->best_epoch + progress->epochs_since_cut <= epochs;
}
