/* convert.c - kinds of samples. */
#include "dsp/convert.h"

#include <math.h>

void se_to_int16(int16_t *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float steps = rintf(x[i] * 32768.0f);

        steps = steps < 32767.0f ? steps : 32767.0f;
        y[i] = (int16_t)(steps > -32768.0f ? steps : -32768.0f);
    }
}

void se_from_int16(float *y, const int16_t *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = (float)x[i] * 0x1p-15f;
}

static void mean(float *mono, const float *samples, int64_t n_frames,
                 int channels)
{
    for (int64_t i = 0; i < n_frames; i++) {
        float sum = 0.0f;

        for (int c = 0; c < channels; c++)
            sum += samples[i * channels + c];
        mono[i] = sum / (float)channels;
    }
}

void se_pick_channel(float *mono, const float *samples, int64_t n_frames,
                     int channel, int channels)
{
    if (channel < 0) {
        mean(mono, samples, n_frames, channels);
        return;
    }
    for (int64_t i = 0; i < n_frames; i++)
        mono[i] = samples[i * channels + channel];
}

/* Before so many samples chance may look like inversion. */
enum { DOWNMIX_SURE = 160 };

void se_downmix_learn(struct se_downmix *downmix, const float *samples,
                      int64_t n_frames, int channels)
{
    if (channels != 2)
        return;
    for (int64_t i = 0; i < n_frames; i++) {
        double a = (double)samples[2 * i], b = (double)samples[2 * i + 1];

        downmix->power[0] += a * a;
        downmix->power[1] += b * b;
        downmix->product += a * b;
    }
    downmix->n += n_frames;
    downmix->is_inverted = downmix->n >= DOWNMIX_SURE &&
                           downmix->product < -0.9 * sqrt(downmix->power[0]) *
                                                  sqrt(downmix->power[1]);
}

void se_downmix(struct se_downmix *downmix, float *mono, const float *samples,
                int64_t n_frames, int channels)
{
    se_downmix_learn(downmix, samples, n_frames, channels);
    if (!downmix->is_inverted) {
        mean(mono, samples, n_frames, channels);
        return;
    }
    for (int64_t i = 0; i < n_frames; i++)
        mono[i] = (samples[2 * i] - samples[2 * i + 1]) / 2.0f;
}
