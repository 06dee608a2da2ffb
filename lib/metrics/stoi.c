/* stoi.c - short-time objective intelligibility, plain and extended.
 *
 * C. H. Taal, R. C. Hendriks, R. Heusdens, J. Jensen, "An algorithm for
 * intelligibility prediction of time-frequency weighted noisy speech", IEEE
 * TASLP 19 (2011); J. Jensen, C. H. Taal, "An algorithm for predicting the
 * intelligibility of speech masked by modulated noise maskers", IEEE TASLP 24
 * (2016). Frames are counted as in the authors' code, which starts one at every
 * HOP-th sample before the last FRAME samples, and so leaves out the frame that
 * would end with the signal. */
#include "metrics/metrics.h"
#include "metrics/to_10khz.h"

#include "dsp/fft.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRAME = 256,
    HOP = FRAME / 2,
    FFT = 512,
    BANDS = 15,
    SEGMENT = 30, /* frames: 384 ms */
    SEGMENT_SIZE = BANDS * SEGMENT,
};

static const double rate_hz = 10000, lowest_centre_hz = 150;
static const double silence_db = 40; /* below the loudest frame */
static const double clip_db = -15;   /* lower bound on the SDR of a unit */

/* One of the two signals on its way through. */
struct track {
    float *samples; /* 10 kHz, later without its silent frames */
    double *bands;  /* [BANDS][n_frames] magnitudes */
};

/* Hann window without the zeros at its ends. */
static void make_window(float window[FRAME])
{
    for (int i = 0; i < FRAME; i++)
        window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 1) / (FRAME + 1)));
}

static int64_t count_frames(int64_t n_samples)
{
    return n_samples > FRAME ? (n_samples - FRAME + HOP - 1) / HOP : 0;
}

/* Marks the frames of `clean` that are not silent; returns how many. */
static int64_t mark_speech(char *is_speech, const float *clean,
                           int64_t n_frames, const float window[FRAME],
                           double *energy)
{
    double most = 0;
    int64_t n_speech = 0;

    for (int64_t t = 0; t < n_frames; t++) {
        energy[t] = 0;
        for (int i = 0; i < FRAME; i++) {
            double x = (double)(window[i] * clean[t * HOP + i]);

            energy[t] += x * x;
        }
        most = fmax(most, energy[t]);
    }
    for (int64_t t = 0; t < n_frames; t++) {
        is_speech[t] = energy[t] > most * pow(10, -silence_db / 10);
        n_speech += is_speech[t];
    }
    return n_speech;
}

/* Overlap-adds the windowed speech frames, one behind the other, to the front
 * of `samples`; a frame never moves to a later place, so it works in place. */
static void join_speech(float *samples, const char *is_speech, int64_t n_frames,
                        const float window[FRAME])
{
    float overlap[HOP] = {0}; /* second half of the last frame taken */
    int64_t to = 0;

    for (int64_t t = 0; t < n_frames; t++) {
        const float *from = samples + t * HOP;

        if (!is_speech[t])
            continue;
        for (int i = 0; i < HOP; i++) {
            float first = window[i] * from[i] + overlap[i];

            overlap[i] = window[HOP + i] * from[HOP + i];
            samples[to + i] = first;
        }
        to += HOP;
    }
    memcpy(samples + to, overlap, sizeof overlap);
}

/* Bins first[j]..first[j + 1] - 1 are one-third octave band j. Neighbours
 * share an edge: 2^((2j - 1) / 6) times the lowest centre. */
static void make_bands(int first[BANDS + 1])
{
    for (int j = 0; j <= BANDS; j++)
        first[j] = (int)lround(lowest_centre_hz * pow(2, (2 * j - 1) / 6.0) *
                               FFT / rate_hz);
}

static void analyse(double *bands, const float *samples, int64_t n_frames,
                    const float window[FRAME], struct se_fft *fft)
{
    int first[BANDS + 1];

    make_bands(first);
    for (int64_t t = 0; t < n_frames; t++) {
        memset(fft->time, 0, FFT * sizeof *fft->time);
        for (int i = 0; i < FRAME; i++)
            fft->time[i] = window[i] * samples[t * HOP + i];
        se_fft_forward(fft);
        for (int j = 0; j < BANDS; j++) {
            double power = 0;

            for (int k = first[j]; k < first[j + 1]; k++) {
                double re = (double)fft->spectrum[k][0];
                double im = (double)fft->spectrum[k][1];

                power += re * re + im * im;
            }
            bands[j * n_frames + t] = sqrt(power);
        }
    }
}

/* Subtracts the mean of n values, `stride` apart, and scales them to norm 1;
 * equal values become 0. */
static void standardise(double *x, int n, int stride)
{
    double mean = 0, energy = 0;

    for (int i = 0; i < n; i++)
        mean += x[i * stride] / n;
    for (int i = 0; i < n; i++) {
        x[i * stride] -= mean;
        energy += x[i * stride] * x[i * stride];
    }

    double scale = 1 / (sqrt(energy) + DBL_EPSILON);

    for (int i = 0; i < n; i++)
        x[i * stride] *= scale;
}

/* Scales the processed row to the clean one's norm and clips it, Taal eq. 3
 * (whose lower bound is never reached: magnitudes are not negative). */
static void fit_and_clip(double *y, const double *x)
{
    double x_energy = 0, y_energy = 0;

    for (int i = 0; i < SEGMENT; i++) {
        x_energy += x[i] * x[i];
        y_energy += y[i] * y[i];
    }

    double scale = sqrt(x_energy) / (sqrt(y_energy) + DBL_EPSILON);
    double bound = 1 + pow(10, -clip_db / 20);

    for (int i = 0; i < SEGMENT; i++)
        y[i] = fmin(y[i] * scale, x[i] * bound);
}

static double dot(const double *x, const double *y, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static void take_segment(double segment[SEGMENT_SIZE], const double *bands,
                         int64_t n_frames, int64_t start)
{
    for (int j = 0; j < BANDS; j++)
        memcpy(segment + j * SEGMENT, bands + j * n_frames + start,
               SEGMENT * sizeof *segment);
}

/* Mean correlation of the bands over time, Taal eqs. 3 to 5. */
static double plain_score(double x[SEGMENT_SIZE], double y[SEGMENT_SIZE])
{
    for (int j = 0; j < BANDS; j++) {
        fit_and_clip(y + j * SEGMENT, x + j * SEGMENT);
        standardise(x + j * SEGMENT, SEGMENT, 1);
        standardise(y + j * SEGMENT, SEGMENT, 1);
    }
    return dot(x, y, SEGMENT_SIZE) / BANDS;
}

/* Rows, then columns standardised: spectral correlation, Jensen eqs. 3 to 8. */
static double extended_score(double x[SEGMENT_SIZE], double y[SEGMENT_SIZE])
{
    for (int j = 0; j < BANDS; j++) {
        standardise(x + j * SEGMENT, SEGMENT, 1);
        standardise(y + j * SEGMENT, SEGMENT, 1);
    }
    for (int t = 0; t < SEGMENT; t++) {
        standardise(x + t, BANDS, SEGMENT);
        standardise(y + t, BANDS, SEGMENT);
    }
    return dot(x, y, SEGMENT_SIZE) / SEGMENT;
}

static void score_segments(struct se_scores *scores, const double *clean,
                           const double *processed, int64_t n_frames)
{
    double x[SEGMENT_SIZE], y[SEGMENT_SIZE];
    int64_t n_segments = n_frames - SEGMENT + 1;

    scores->stoi = scores->estoi = 0;
    for (int64_t m = 0; m < n_segments; m++) {
        take_segment(x, clean, n_frames, m);
        take_segment(y, processed, n_frames, m);
        scores->stoi += plain_score(x, y) / (double)n_segments;
        take_segment(x, clean, n_frames, m);
        take_segment(y, processed, n_frames, m);
        scores->estoi += extended_score(x, y) / (double)n_segments;
    }
}

static int to_bands(struct track *track, int64_t n_frames,
                    const float window[FRAME], struct se_fft *fft,
                    struct se_report *report)
{
    track->bands = malloc((size_t)n_frames * BANDS * sizeof *track->bands);
    if (!track->bands)
        return se_fail_memory(report, "STOI");
    analyse(track->bands, track->samples, n_frames, window, fft);
    return SE_OK;
}

/* Takes the silent frames of the first track out of both; *n_frames is how
 * many STFT frames remain. */
static int remove_silence(struct track tracks[2], int64_t *n_frames,
                          int64_t n_samples, const float window[FRAME],
                          struct se_report *report)
{
    int64_t n_all = count_frames(n_samples), n_speech;
    char *is_speech = malloc((size_t)n_all + 1);
    double *energy = malloc(((size_t)n_all + 1) * sizeof *energy);
    int status = SE_OK;

    if (is_speech && energy) {
        n_speech =
            mark_speech(is_speech, tracks[0].samples, n_all, window, energy);
        *n_frames = n_speech - 1; /* see count_frames */
        if (*n_frames < SEGMENT)
            status = se_fail(report, SE_ERR_ARG,
                             "%lld frames with speech, STOI needs %d (0.4 s)",
                             (long long)n_speech, SEGMENT + 1);
        for (int i = 0; i < 2 && status == SE_OK; i++)
            join_speech(tracks[i].samples, is_speech, n_all, window);
    } else {
        status = se_fail_memory(report, "STOI");
    }
    free(is_speech);
    free(energy);
    return status;
}

int se_stoi(struct se_scores *scores, const float *clean,
            const float *processed, int64_t n_samples, struct se_report *report)
{
    const float *inputs[2] = {clean, processed};
    struct track tracks[2] = {{0}};
    struct se_fft *fft = NULL;
    float window[FRAME];
    int64_t n_10khz = 0, n_frames = 0;
    int status = se_fft_create(&fft, FFT, report);

    make_window(window);
    for (int i = 0; i < 2 && status == SE_OK; i++)
        status = se_to_10khz(&tracks[i].samples, &n_10khz, inputs[i], n_samples,
                             report);
    if (status == SE_OK)
        status = remove_silence(tracks, &n_frames, n_10khz, window, report);
    for (int i = 0; i < 2 && status == SE_OK; i++)
        status = to_bands(&tracks[i], n_frames, window, fft, report);
    if (status == SE_OK)
        score_segments(scores, tracks[0].bands, tracks[1].bands, n_frames);
    for (int i = 0; i < 2; i++) {
        free(tracks[i].samples);
        free(tracks[i].bands);
    }
    se_fft_destroy(fft);
    return status;
}
