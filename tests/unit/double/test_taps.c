/* test_taps.c - filters over frames and masks with limits: gains as defined,
 * gradients against central differences, in double precision. */
#include "base/rng.h"
#include "check.h"
#include "nn/limit.h"
#include "nn/taps.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FRAMES = 4, ROWS = 3, BINS = 5, MAX_TAPS = 4, N = FRAMES * ROWS * BINS };

struct filter {
    struct se_taps shape;
    se_real taps[N * MAX_TAPS], amplitudes[(FRAMES + MAX_TAPS) * ROWS * BINS];
    se_real gain[N], weight[N];
};

/* Taps around `mean`; some amplitudes are below the floor. */
static void set_up(struct filter *f, struct se_taps shape, double mean)
{
    struct se_rng rng;

    se_rng_seed(&rng, 3, 0);
    f->shape = shape;
    for (int i = 0; i < N * MAX_TAPS; i++)
        f->taps[i] = mean + 0.05 * se_rng_normal(&rng);
    for (int i = 0; i < (FRAMES + MAX_TAPS) * ROWS * BINS; i++)
        f->amplitudes[i] =
            i % 7 ? se_rng_uniform(&rng, 0.1, 1) : 1e-7 * (i % 2);
    for (int i = 0; i < N; i++)
        f->weight[i] = se_rng_normal(&rng);
}

static struct se_taps_block block_of(const struct filter *f)
{
    return (struct se_taps_block){.frames = FRAMES,
                                  .rows = ROWS,
                                  .bins = BINS,
                                  .amplitudes = f->amplitudes};
}

static double loss(struct filter *f)
{
    const struct se_taps_block block = block_of(f);
    double sum = 0;

    se_taps_gain(f->gain, &f->shape, f->taps, &block);
    for (int i = 0; i < N; i++)
        sum += f->weight[i] * f->gain[i];
    return sum;
}

static double seen(const struct filter *f, int frame, int row, int k)
{
    return fmax(f->amplitudes[(frame * ROWS + row) * BINS + k], ldexp(1, -15));
}

TEST(definition)
{
    const struct se_taps shapes[] = {{1, 0}, {2, 0}, {3, 1}, {4, 3}};
    static struct filter f;
    int n_free = 0;

    for (int s = 0; s < 4; s++) {
        const int n = shapes[s].n, own = n - 1 - shapes[s].lookahead;

        set_up(&f, shapes[s], 0.15);
        loss(&f);
        for (int i = 0; i < N; i++) {
            int k = i % BINS, row = i / BINS % ROWS, t = i / BINS / ROWS;
            double sum = 0, g;

            for (int tap = 0; tap < n; tap++)
                sum += f.taps[((t * ROWS + row) * n + tap) * BINS + k] *
                       seen(&f, t + tap, row, k);
            g = fmin(fmax(sum / seen(&f, t + own, row, k), 0), 1);
            n_free += g > 0 && g < 1;
            expect_near(f.gain[i], g, 1e-12);
        }
    }
    expect(n_free > 2 * N);
}

TEST(gradient)
{
    const struct se_taps shapes[] = {{2, 0}, {3, 1}, {4, 3}};
    const double h = 1e-7;
    static struct filter f;
    const struct se_taps_block block = block_of(&f);
    static se_real d_taps[N * MAX_TAPS], d_gain[N];

    for (int s = 0; s < 3; s++) {
        int n = shapes[s].n, n_checked = 0;

        set_up(&f, shapes[s], 0.15);
        loss(&f);
        memcpy(d_gain, f.weight, sizeof d_gain);
        se_taps_backward(d_taps, &f.shape, d_gain, f.gain, &block);
        for (int i = 0; i < N * n; i++) {
            int bin = i / (n * BINS) * BINS + i % BINS;
            se_real kept = f.taps[i];
            double up, down;

            if (f.gain[bin] <= 0 || f.gain[bin] >= 1)
                continue;
            f.taps[i] = kept + h;
            up = loss(&f);
            f.taps[i] = kept - h;
            down = loss(&f);
            f.taps[i] = kept;
            loss(&f);
            expect_near((up - down) / (2 * h), d_taps[i],
                        1e-6 * (1 + fabs(d_taps[i])));
            n_checked++;
        }
        expect(n_checked > N);
    }
}

/* At a limit, only the way back is open. */
TEST(limits)
{
    static struct filter f;
    const struct se_taps_block block = block_of(&f);
    static se_real d_taps[N * MAX_TAPS], d_gain[N];

    for (int sign = -1; sign <= 1; sign += 2) {
        set_up(&f, (struct se_taps){3, 1}, 9.0 * sign);
        for (int i = 0; i < (FRAMES + MAX_TAPS) * ROWS * BINS; i++)
            f.amplitudes[i] = 1;
        loss(&f);
        memcpy(d_gain, f.weight, sizeof d_gain);
        se_taps_backward(d_taps, &f.shape, d_gain, f.gain, &block);
        for (int i = 0; i < N * 3; i++) {
            int bin = i / (3 * BINS) * BINS + i % BINS;
            double w = f.weight[bin];

            expect(f.gain[bin] == (sign > 0));
            expect(d_taps[i] == (w * sign > 0 ? w : 0));
        }
    }
}

TEST(masks)
{
    const se_real given[] = {-2, -1e-9, 0, 0.25, 1, 1 + 1e-9, 7};
    const se_real want[] = {0, 0, 0, 0.25, 1, 1, 1};
    const se_real less[] = {0, 0, 0, 3, 3, 3, 3}; /* d > 0: a smaller mask */
    const se_real more[] = {-3, -3, -3, -3, 0, 0, 0};
    se_real mask[7], down[7], up[7], none = (se_real)NAN;

    memcpy(mask, given, sizeof mask);
    se_limit(mask, 7);
    for (int i = 0; i < 7; i++) {
        expect(mask[i] == want[i]);
        down[i] = 3;
        up[i] = -3;
    }
    se_limit_backward(down, mask, 7);
    se_limit_backward(up, mask, 7);
    for (int i = 0; i < 7; i++)
        expect(down[i] == less[i] && up[i] == more[i]);
    se_limit(&none, 1);
    expect(isnan(none));
}

TEST(masks_that_need_limits)
{
    const struct {
        const char *last;
        int needed;
    } nets[] = {
        {"layer_type fc\nlayer_neurons 3\nactivation sigmoid\n", 0},
        {"layer_type fc\nlayer_neurons 3\nactivation sigmoid\n"
         "scalar_output 0.5\n",
         0},
        {"layer_type fc\nlayer_neurons 3\nactivation sigmoid\n"
         "scalar_output 1.5\n",
         1},
        {"layer_type fc\nlayer_neurons 3\nactivation tanh\n", 1},
        {"layer_type fc\nlayer_neurons 3\nactivation linear\n", 1},
        {"layer_type fc\nlayer_neurons 3\nactivation relu6\n", 1},
        {"layer_type lstm\nlayer_neurons 3\n", 1},
    };

    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        struct se_arch arch;
        char text[256];

        snprintf(text, sizeof text, "input_neurons 2\n%s", nets[i].last);
        expect_ok(se_arch_parse(&arch, text, "test", &report));
        expect_equal(se_limit_needed(&arch), nets[i].needed);
    }
}
