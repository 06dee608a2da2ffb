/* schedule.h - the learning rate over time, and when to stop early. */
#ifndef SE_TRAIN_SCHEDULE_H
#define SE_TRAIN_SCHEDULE_H

enum se_schedule_kind {
    SE_SCHEDULE_CONSTANT,
    SE_SCHEDULE_COSINE,  /* half a cosine from the rate down to 1 % of it (I.
                            Loshchilov, F. Hutter, SGDR, 2017) */
    SE_SCHEDULE_PLATEAU, /* halved after 3 epochs without a better one */
};

struct se_schedule {
    enum se_schedule_kind kind;
    double learning_rate; /* at its highest */
    double warm_up;       /* share of an epoch in which the rate rises to it */
    int n_epochs;
};

/* What validation has given so far. */
struct se_progress {
    double best_loss;     /* INFINITY before the first epoch */
    int best_epoch;       /* 0: none */
    int epochs_since_cut; /* without a better loss, since the rate was cut */
    int n_cuts;
};

/* The rate at `epoch` (>= 0, with a fraction) of training. */
double se_schedule_rate(const struct se_schedule *schedule,
                        const struct se_progress *progress, double epoch);

/* Takes the validation loss of epoch `epoch` (>= 1); returns whether it is the
 * best so far. */
int se_progress_add(struct se_progress *progress, int epoch, double loss);

/* Whether it can be what validation gave in `epochs` epochs or fewer. */
int se_progress_is_possible(const struct se_progress *progress, int epochs);

#endif
