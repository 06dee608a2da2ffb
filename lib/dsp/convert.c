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
