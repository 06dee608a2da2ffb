/* noise.c - white and coloured noise, levels that move. */
#include "mix/noise.h"

#include "dsp/biquad.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "dsp/vector.h"

#include <math.h>

/* Nearly normal: the sum of four 16-bit numbers out of one draw. */
void se_noise_white(float *noise, int64_t n, struct se_rng *rng)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t bits = se_rng_next(rng);
        int sum = (int)(bits & 0xffff) + (int)(bits >> 16 & 0xffff) +
                  (int)(bits >> 32 & 0xffff) + (int)(bits >> 48);

        noise[i] = (float)(sum - 2 * 0xffff) * (1.0f / 0x10000);
    }
}

void se_noise_scale(float *noise, int64_t n, double power)
{
    double now = se_level_power(noise, n);
    float gain = now > 0 ? (float)sqrt(power / now) : 0;

    se_scale(noise, gain, n);
}

void se_noise_coloured(float *noise, int64_t n, double slope,
                       struct se_rng *rng)
{
    struct se_biquad sections[SE_TILT_SECTIONS];

    se_noise_white(noise, n, rng);
    se_biquad_tilt(sections, slope);
    se_biquad_apply(sections, SE_TILT_SECTIONS, noise, n);
}

void se_noise_swell(float *noise, int64_t n, double range_db,
                    const struct se_pace *pace, struct se_rng *rng)
{
    double gain = se_level_ratio(se_rng_uniform(rng, -range_db, range_db));

    for (int64_t at = 0; at < n;) {
        double next = se_level_ratio(se_rng_uniform(rng, -range_db, range_db));
        int64_t length = (int64_t)se_rng_uniform(
            rng, pace->shortest * SE_RATE_HZ, pace->longest * SE_RATE_HZ);
        double step = (next - gain) / (double)length;

        se_ramp(noise + at, gain, step,
                (int)(length < n - at ? length : n - at));
        at += length;
        gain = next;
    }
}
