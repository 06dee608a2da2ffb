/* test_jitter.c - two devices in imagined time: what waits between them is
 * short, and long enough. */
#include "check.h"
#include "live/jitter.h"

#include <math.h>

enum { RATE = 48000, HOP = 480, BLOCK = 128, RING = 1 << 16 };

/* What a run is made of. */
struct world {
    double seconds;
    double input_ppm; /* the microphone's clock is faster by so much */
    double late_s, late_each_s; /* a burst is late, and how often */
    double late_until_s;
};

/* What has become of it. */
struct outcome {
    int64_t n_lost, n_out_of_it; /* silence played, samples left out */
    int n_dry, n_cuts;           /* how often */
    double wait_s;               /* mean of what waits after a burst, ... */
    double last_wait_s;          /* ... and that of the last second */
};

struct run {
    struct se_jitter jitter;
    int64_t queued, n_lost, n_burst;
    int is_playing;
    double last_late_s;
};

/* The loudspeaker takes a block. */
static void play(struct run *run, struct outcome *o)
{
    int64_t n = run->queued < BLOCK ? run->queued : BLOCK;

    if (!run->is_playing)
        return;
    run->queued -= n;
    run->n_lost += BLOCK - n;
    o->n_lost += BLOCK - n;
    o->n_dry += n < BLOCK;
}

static void burst(struct run *run, struct outcome *o, int64_t coming)
{
    const struct se_jitter_view view = {.n = HOP,
                                        .queued = run->queued,
                                        .coming = coming,
                                        .n_lost = run->n_lost,
                                        .block = BLOCK};
    int64_t n_less = se_jitter_update(&run->jitter, &view);

    expect(n_less <= HOP);
    run->n_lost = 0;
    run->queued += HOP - n_less;
    run->is_playing = 1;
    if (n_less > 0) {
        o->n_out_of_it += n_less;
        o->n_cuts++;
    }
    run->n_burst++;
    o->wait_s +=
        ((double)run->queued / RATE - o->wait_s) / (double)run->n_burst;
    o->last_wait_s += 0.01 * ((double)run->queued / RATE - o->last_wait_s);
}

/* When the burst is there that was complete at t_s. */
static double arrival_s(struct run *run, const struct world *w, double t_s)
{
    if (w->late_s > 0 && t_s < w->late_until_s &&
        t_s - run->last_late_s >= w->late_each_s) {
        run->last_late_s = t_s;
        return t_s + w->late_s;
    }
    return t_s;
}

static struct outcome simulate(const struct world *w)
{
    struct run run = {.jitter.rate_hz = RATE};
    struct outcome o = {0};
    double in_block_s = BLOCK / (RATE * (1 + 1e-6 * w->input_ppm));
    double in_s = 0, out_s = 0.0007, free_s = 0;
    int64_t n_in = 0;

    while (out_s < w->seconds) {
        if (in_s + in_block_s > out_s) {
            play(&run, &o);
            out_s += (double)BLOCK / RATE;
            continue;
        }
        in_s += in_block_s;
        n_in += BLOCK;
        if (n_in < HOP || in_s < free_s)
            continue;
        free_s = arrival_s(&run, w, in_s);
        for (; in_s >= free_s && n_in >= HOP; n_in -= HOP)
            burst(&run, &o, n_in - HOP);
    }
    return o;
}

TEST(two_good_devices_wait_for_little)
{
    struct outcome o = simulate(&(struct world){.seconds = 60});

    expect_equal(o.n_lost, 0);
    expect_equal(o.n_cuts, 0);
    expect(o.wait_s < 0.010 + 0.003 + 3 * (double)BLOCK / RATE);
}

/* Late every few seconds: it learns how late, and then loses nothing. */
TEST(late_bursts_make_it_longer)
{
    struct world w = {.seconds = 30,
                      .late_s = 0.025,
                      .late_each_s = 2.5,
                      .late_until_s = 1e9};
    struct outcome few = simulate(&w);

    w.seconds = 300;

    struct outcome many = simulate(&w);

    expect(few.n_dry > 0 && few.n_dry < 40);
    expect_equal(many.n_dry, few.n_dry);
    expect(many.wait_s < 0.070);
}

/* A burst that is late once costs its silence, and leaves no delay behind but
 * more slack. */
TEST(one_late_burst_leaves_little)
{
    const struct world w = {
        .seconds = 20, .late_s = 0.1, .late_each_s = 5, .late_until_s = 9};
    struct outcome o = simulate(&w);

    expect(o.n_lost > 0);
    expect(o.n_cuts > 0);
    expect(o.last_wait_s < 0.040);
}

/* Clocks that differ by 200 ppm either way: what drifts is put right, in small
 * pieces, and the wait stays short. */
TEST(drift_does_not_add_up)
{
    for (int ppm = -200; ppm <= 200; ppm += 400) {
        const struct world w = {.seconds = 600, .input_ppm = ppm};
        struct outcome o = simulate(&w);
        double drift = 1e-6 * ppm * RATE * w.seconds;

        expect(o.wait_s < 0.030);
        expect(o.last_wait_s < 0.030);
        if (ppm > 0) {
            expect(fabs((double)o.n_out_of_it - drift) < 0.02 * RATE);
            expect_equal(o.n_lost, 0);
        } else {
            expect_equal(o.n_out_of_it, 0);
            expect(o.n_dry < 40);
        }
    }
}
