/* listener.c - masked spectra back to samples, and their PESQ. */
#include "train/listener.h"

#include "metrics/pesq.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct track {
    struct se_stft *stft;
    float *samples; /* [n_frames * SE_HOP] */
};

struct se_listener {
    struct track clean, masked;
    int n; /* frames so far */
};

static int create_track(struct track *track, int n_frames,
                        struct se_report *report)
{
    track->samples = malloc((size_t)n_frames * SE_HOP * sizeof *track->samples);
    if (!track->samples)
        return se_fail_memory(report, "the sound of a sequence");
    return se_stft_create(&track->stft, report);
}

static void destroy_track(struct track *track)
{
    se_stft_destroy(track->stft);
    free(track->samples);
}

int se_listener_create(struct se_listener **out, int n_frames,
                       struct se_report *report)
{
    struct se_listener *listener = calloc(1, sizeof *listener);

    *out = NULL;
    if (!listener)
        return se_fail_memory(report, "the sound of a sequence");

    int status = create_track(&listener->clean, n_frames, report);

    if (status == SE_OK)
        status = create_track(&listener->masked, n_frames, report);
    if (status != SE_OK)
        se_listener_destroy(listener);
    else
        *out = listener;
    return status;
}

void se_listener_destroy(struct se_listener *listener)
{
    if (!listener)
        return;
    destroy_track(&listener->clean);
    destroy_track(&listener->masked);
    free(listener);
}

int64_t se_listener_bytes(int n_frames)
{
    return 2 * (int64_t)n_frames * SE_HOP * (int64_t)sizeof(float);
}

void se_listener_start(struct se_listener *listener)
{
    listener->n = 0;
    se_stft_reset(listener->clean.stft);
    se_stft_reset(listener->masked.stft);
}

void se_listener_add(struct se_listener *listener, const float mask[SE_BINS],
                     const se_bin noisy[SE_BINS], const se_bin clean[SE_BINS])
{
    size_t at = (size_t)listener->n++ * SE_HOP;
    se_bin spectrum[SE_BINS];

    memcpy(spectrum, clean, sizeof spectrum);
    se_stft_synthesise(listener->clean.stft, listener->clean.samples + at,
                       spectrum);
    for (int k = 0; k < SE_BINS; k++) {
        spectrum[k][0] = mask[k] * noisy[k][0];
        spectrum[k][1] = mask[k] * noisy[k][1];
    }
    se_stft_synthesise(listener->masked.stft, listener->masked.samples + at,
                       spectrum);
}

int se_listener_pesq(const struct se_listener *listener, double *score,
                     struct se_report *report)
{
    int64_t n = (int64_t)listener->n * SE_HOP;
    const struct se_pesq_pair pair = {listener->clean.samples,
                                      listener->masked.samples, n, n};
    int status = se_pesq(score, &pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED, report);

    if (status == SE_OK || se_is_machines(status))
        return status;
    *score = (double)NAN;
    if (report)
        report->text[0] = '\0';
    return SE_OK;
}
