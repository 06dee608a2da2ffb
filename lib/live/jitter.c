/* jitter.c - the length of the queue before a loudspeaker. */
#include "live/jitter.h"

/* How late a burst may be: at first, and after many that were later. */
static const double LEAST_S = 0.003, MOST_S = 0.048;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void watch_anew(struct se_jitter *jitter)
{
    jitter->before = jitter->least;
    jitter->least = INT64_MAX;
    jitter->n_so_far = 0;
}

/* The silence before the burst: the next one may come later by two blocks. */
static int64_t fill(struct se_jitter *jitter, const struct se_jitter_view *view)
{
    int64_t missing =
        jitter->slack + 2 * view->block - view->queued - view->coming;

    watch_anew(jitter);
    return missing > 0 ? -missing : 0;
}

int64_t se_jitter_update(struct se_jitter *jitter,
                         const struct se_jitter_view *view)
{
    int64_t most = (int64_t)(MOST_S * jitter->rate_hz);

    if (!jitter->is_filled) {
        jitter->is_filled = 1;
        jitter->slack = (int64_t)(LEAST_S * jitter->rate_hz) + view->block;
        watch_anew(jitter);
        return fill(jitter, view);
    }
    if (view->n_lost > 0) {
        if (smaller(jitter->before, jitter->least) >= jitter->slack / 2)
            jitter->slack = smaller(2 * jitter->slack, most);
        return fill(jitter, view);
    }
    jitter->least = smaller(jitter->least, view->queued);
    jitter->n_so_far += view->n;
    if (jitter->n_so_far < jitter->rate_hz)
        return 0;

    int64_t excess = jitter->least - jitter->slack;

    watch_anew(jitter);
    return excess > jitter->slack ? smaller(excess, view->n) : 0;
}
