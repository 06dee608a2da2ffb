/* test_level.c - power, peak and level of active speech, by hand. */
#include "dsp/level.h"

#include "check.h"

#include <math.h>

TEST(level_power)
{
    float samples[1000];

    for (int i = 0; i < 1000; i++)
        samples[i] = i % 2 ? 0.5f : -0.25f;
    expect(se_level_power(samples, 0) == 0.0);
    expect(se_level_power(samples, 1) == 0.0625);
    expect(se_level_power(samples, 2) == 0.15625);
    expect_near(se_level_power(samples, 321), 0.15625, 1e-3);
    expect_near(se_level_power(samples, 1000), 0.15625, 1e-9);
    for (int n = 0; n < 40; n++) {
        samples[n] = -2 - (float)n;
        expect(se_level_peak(samples, n + 1) == (float)(2 + n));
    }
    expect(se_level_peak(samples, 0) == 0.0f);
    samples[7] = NAN; /* no magnitude at all */
    expect(se_level_peak(samples, 40) == 41.0f);
    samples[8] = -INFINITY;
    expect(se_level_peak(samples, 40) == INFINITY);
}

/* Four frames: loud, 39 dB below it, 41 dB below it, silent. */
TEST(level_active)
{
    float samples[4 * 320 + 100] = {0};
    float quiet = (float)pow(10, -39.0 / 20);
    float too_quiet = (float)pow(10, -41.0 / 20);

    for (int i = 0; i < 320; i++) {
        samples[i] = 1;
        samples[320 + i] = quiet;
        samples[640 + i] = too_quiet;
    }
    for (int i = 4 * 320; i < 4 * 320 + 100; i++)
        samples[i] = 9; /* not a whole frame */

    double want = (1 + (double)quiet * (double)quiet) / 2;

    expect_near(se_level_active_power(samples, 1380), want, 1e-6);
    expect(se_level_active_power(samples + 960, 320) == 0.0);
    expect(se_level_active_power(samples, 319) == 1.0);
    expect(se_level_active_power(samples, 0) == 0.0);
}
