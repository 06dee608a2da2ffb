/* cushion.c - how much sound waits before a loudspeaker. */
#include "audio/cushion.h"

/* How late a burst may be: at first, and after many that were later. */
static const double LEAST_S = 0.003, MOST_S = 0.048;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void watch_anew(struct se_cushion *cushion)
{
    cushion->before = cushion->least;
    cushion->least = INT64_MAX;
    cushion->n_so_far = 0;
}

/* The silence before the burst: the next one may come later by two blocks. */
static int64_t fill(struct se_cushion *cushion,
                    const struct se_cushion_view *view)
{
    int64_t missing =
        cushion->slack + 2 * view->block - view->queued - view->coming;

    watch_anew(cushion);
    return missing > 0 ? -missing : 0;
}

int64_t se_cushion_update(struct se_cushion *cushion,
                          const struct se_cushion_view *view)
{
    int64_t most = (int64_t)(MOST_S * cushion->rate_hz);

    if (!cushion->is_laid) {
        cushion->is_laid = 1;
        cushion->slack = (int64_t)(LEAST_S * cushion->rate_hz) + view->block;
        watch_anew(cushion);
        return fill(cushion, view);
    }
    if (view->n_lost > 0) {
        if (smaller(cushion->before, cushion->least) >= cushion->slack / 2)
            cushion->slack = smaller(2 * cushion->slack, most);
        return fill(cushion, view);
    }
    cushion->least = smaller(cushion->least, view->queued);
    cushion->n_so_far += view->n;
    if (cushion->n_so_far < cushion->rate_hz)
        return 0;

    int64_t excess = cushion->least - cushion->slack;

    watch_anew(cushion);
    return excess > cushion->slack ? smaller(excess, view->n) : 0;
}
