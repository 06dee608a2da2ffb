/* test_drift.c - a queue that stays too long loses a hop, one that is short
 * once in a while does not. */
#include "audio/drift.h"
#include "check.h"

enum { HOP = 160, ENOUGH = 4 * HOP };

/* How many of n hops are left out of a queue that another clock makes longer by
 * a hop in `period` hops, and each hop left out shorter by one; *longest is how
 * long it gets. */
static int run(int n, int period, int64_t *longest)
{
    struct se_drift drift = {.enough = ENOUGH};
    int64_t queued = 3 * HOP;
    int n_dropped = 0;

    *longest = 0;
    for (int i = 1; i <= n; i++) {
        int is_dropped = se_drift_update(&drift, queued);

        n_dropped += is_dropped;
        queued += (i % period == 0) * HOP - is_dropped * HOP;
        *longest = queued > *longest ? queued : *longest;
    }
    return n_dropped;
}

TEST(a_longer_queue_is_cut_down)
{
    int64_t longest;

    expect_equal(run(100000, 100001, &longest), 0);
    /* A hop in 1000 more: as many are left out, but for the first, which the
     * queue has room for. */
    expect_equal(run(100000, 1000, &longest), 98);
    expect(longest <= ENOUGH + 2 * HOP);
    /* Faster than a hop in SE_DRIFT_HOPS it cannot be cut. */
    expect_equal(run(10 * SE_DRIFT_HOPS, 1, &longest), 9);
}

TEST(a_queue_short_once_a_second_keeps_all)
{
    struct se_drift drift = {.enough = ENOUGH};

    for (int i = 0; i < 1000; i++)
        expect(!se_drift_update(&drift,
                                i % SE_DRIFT_HOPS == 70 ? ENOUGH : 9 * HOP));
    /* After that it is too long for a second. */
    for (int i = 1; i <= SE_DRIFT_HOPS; i++)
        expect_equal(se_drift_update(&drift, ENOUGH + 1), i == SE_DRIFT_HOPS);
}
