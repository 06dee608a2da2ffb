/* pesq_model.c - both signals as loudness over time and Bark, and how much
 * they differ. */
#include "metrics/pesq_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BANDS = SE_BARK_BANDS,
    FRAME = SE_PESQ_FRAME,
    HOP = SE_PESQ_HOP,
    GUARD = SE_PESQ_GUARD,
};

static const double power_scale = 6.910853e-6, loudness_scale = 0.1866055;

/* Frames of less power than this are silent. */
static const double silence = 1e7;

/* ---- powers -------------------------------------------------------------- */

/* bands[b] of the frame x[FRAME]. */
static void set_bands(struct se_pesq_model *model, double bands[BANDS],
                      const float *x)
{
    struct se_fft *fft = model->fft;
    int k = 0;

    for (int i = 0; i < FRAME; i++)
        fft->time[i] = model->window[i] * x[i];
    se_fft_forward(fft);
    fft->spectrum[0][0] = fft->spectrum[0][1] = 0.0f;
    for (int b = 0; b < BANDS; b++) {
        double sum = 0.0;

        for (int end = k + se_bark_bands[b].bins; k < end; k++) {
            double re = (double)fft->spectrum[k][0];
            double im = (double)fft->spectrum[k][1];

            sum += re * re + im * im;
        }
        bands[b] = power_scale * se_bark_bands[b].correction * sum;
    }
}

/* Of what lies `factor` above the threshold of hearing. The lowest band counts
 * in no sum over bands. */
static double audible_power(const double bands[BANDS], double factor)
{
    double sum = 0.0;

    for (int b = 1; b < BANDS; b++) {
        if (bands[b] > factor * se_bark_bands[b].threshold)
            sum += bands[b];
    }
    return sum;
}

/* The processed signal's counterpart of a frame, or NULL where it would reach
 * beyond the ends. */
static const float *counterpart(const struct se_pesq_model *model, int frame)
{
    int start = GUARD + frame * HOP;
    int at = start + se_pesq_delay_at(model->alignment, start);

    if (at <= 0 || at + FRAME >= model->signals->longest + SE_PESQ_TAIL)
        return NULL;
    return model->signals->processed.x + at;
}

/* processed[last + 1] and the model's own clean powers. */
static void set_powers(struct se_pesq_model *model, double (*processed)[BANDS])
{
    for (int f = 0; f <= model->last; f++) {
        const float *x = counterpart(model, f);

        set_bands(model, model->clean[f],
                  model->signals->clean.x + GUARD + f * HOP);
        if (x)
            set_bands(model, processed[f], x);
        else
            memset(processed[f], 0, sizeof processed[f]);
    }
}

/* ---- frequency response -------------------------------------------------- */

/* Partly compensates the clean signal for the processed one's response: by the
 * ratio of the mean powers of frames that are not silent, in each band, within
 * 20 dB. The mean is by all frames that the signal could have. */
static void equalise(struct se_pesq_model *model,
                     const double (*processed)[BANDS])
{
    int n_frames =
        (model->signals->longest - 2 * GUARD + SE_PESQ_TAIL) / HOP - 1;
    double sum[2][BANDS] = {{0}};

    for (int f = 0; f <= model->last; f++) {
        if (audible_power(model->clean[f], 100.0) < silence)
            continue;
        for (int b = 0; b < BANDS; b++) {
            double least = 100.0 * se_bark_bands[b].threshold;

            if (model->clean[f][b] > least)
                sum[0][b] += model->clean[f][b];
            if (processed[f][b] > least)
                sum[1][b] += processed[f][b];
        }
    }
    for (int b = 0; b < BANDS; b++) {
        double gain =
            (sum[1][b] / n_frames + 1000.0) / (sum[0][b] / n_frames + 1000.0);

        gain = fmin(fmax(gain, 0.01), 100.0);
        for (int f = 0; f <= model->last; f++)
            model->clean[f][b] *= gain;
    }
}

/* ---- disturbance --------------------------------------------------------- */

/* Zwicker's loudness in sone per Bark. */
static double loudness(const struct se_pesq_model *model, int band,
                       double power)
{
    const struct se_bark_band *row = &se_bark_bands[band];

    if (power <= row->threshold)
        return 0.0;
    return model->scale[band] *
           (pow(0.5 + 0.5 * power / row->threshold, row->exponent) - 1.0);
}

/* What differs by less than a quarter of the fainter one's loudness is masked.
 */
static double unmasked(double clean, double processed)
{
    double masked = 0.25 * fmin(clean, processed);
    double difference = processed - clean;

    return fmax(fabs(difference) - masked, 0.0);
}

/* Added sounds disturb more than missing ones. */
static double asymmetry(double clean, double processed)
{
    double ratio = pow((processed + 50.0) / (clean + 50.0), 1.2);

    return ratio < 3.0 ? 0.0 : fmin(ratio, 12.0);
}

/* The gain that brings the processed frame to the clean one's level. */
static double level_gain(double *state, double clean, double processed)
{
    double gain = (clean + 5000.0) / (processed + 5000.0);

    if (*state > 0.0)
        gain = 0.2 * *state + 0.8 * gain;
    *state = gain;
    return fmin(fmax(gain, 3e-4), 5.0);
}

static struct se_pesq_disturbance
disturbance_of(const struct se_pesq_model *model, int frame,
               const double processed[BANDS], double *state)
{
    const double *clean = model->clean[frame];
    double gain =
        level_gain(state, model->audible[frame], audible_power(processed, 1.0));
    double squares = 0.0, sum = 0.0;

    for (int b = 1; b < BANDS; b++) {
        double x = clean[b], y = gain * processed[b];
        double width = se_bark_bands[b].width;
        double weighted =
            width * unmasked(loudness(model, b, x), loudness(model, b, y));

        squares += weighted * weighted;
        if (weighted > 0.0)
            sum += weighted * asymmetry(x, y);
    }
    return (struct se_pesq_disturbance){sqrt(squares * model->width), sum};
}

struct se_pesq_disturbance
se_pesq_model_disturbance(struct se_pesq_model *model, int frame,
                          const float *x, double *gain)
{
    double processed[BANDS];

    set_bands(model, processed, x);
    return disturbance_of(model, frame, processed, gain);
}

static void set_disturbances(struct se_pesq_model *model,
                             const double (*processed)[BANDS])
{
    double gain = 0.0;

    for (int f = 0; f <= model->last; f++) {
        model->audible[f] = audible_power(model->clean[f], 1.0);

        struct se_pesq_disturbance found =
            disturbance_of(model, f, processed[f], &gain);

        model->symmetric[f] = found.symmetric;
        model->asymmetric[f] = found.asymmetric;
    }
}

/* ---- all ----------------------------------------------------------------- */

/* Five samples of the clean signal that are not as good as zero. */
static int is_heard(const float *x)
{
    double sum = 0.0;

    for (int i = 0; i < 5; i++)
        sum += fabs((double)x[i]);
    return sum >= 500.0;
}

/* The frames between the silence that the clean signal begins and ends with. */
static void set_range(struct se_pesq_model *model)
{
    int longest = model->signals->longest;
    int n = longest - 2 * GUARD + SE_PESQ_TAIL;
    const float *x = model->signals->clean.x + GUARD;
    int before = 0, behind = 0;

    while (before < longest / 2 && !is_heard(x + before))
        before++;
    while (behind < longest / 2 && !is_heard(x + n - 5 - behind))
        behind++;
    model->first = before / HOP;
    model->last = (n - behind) / HOP - 1;
}

static int allocate(struct se_pesq_model *model, struct se_report *report)
{
    size_t n = (size_t)model->last + 1;

    model->clean = malloc(n * sizeof *model->clean);
    model->audible = malloc(3 * n * sizeof *model->audible);
    if (!model->clean || !model->audible)
        return se_fail_memory(report, "PESQ");
    model->symmetric = model->audible + n;
    model->asymmetric = model->symmetric + n;
    return se_fft_create(&model->fft, FRAME, report);
}

static void set_tables(struct se_pesq_model *model)
{
    model->width = 0.0;
    for (int b = 0; b < BANDS; b++) {
        const struct se_bark_band *row = &se_bark_bands[b];

        model->scale[b] =
            loudness_scale * pow(row->threshold / 0.5, row->exponent);
        if (b > 0)
            model->width += row->width;
    }
    for (int i = 0; i < FRAME; i++)
        model->window[i] = (float)(0.5 - 0.5 * cos(2.0 * M_PI * i / FRAME));
}

int se_pesq_model_create(struct se_pesq_model *model,
                         const struct se_pesq_signals *signals,
                         const struct se_pesq_alignment *alignment,
                         struct se_report *report)
{
    memset(model, 0, sizeof *model);
    model->signals = signals;
    model->alignment = alignment;
    set_range(model);
    if (model->first > model->last)
        return se_fail(report, SE_ERR_NUMERIC,
                       "the clean signal is silent, nothing to compare with");

    double(*processed)[BANDS] =
        malloc(((size_t)model->last + 1) * sizeof *processed);
    int status =
        processed ? allocate(model, report) : se_fail_memory(report, "PESQ");

    if (status == SE_OK) {
        set_tables(model);
        set_powers(model, processed);
        equalise(model, (const double(*)[BANDS])processed);
        set_disturbances(model, (const double(*)[BANDS])processed);
    } else {
        se_pesq_model_destroy(model);
    }
    free(processed);
    return status;
}

void se_pesq_model_destroy(struct se_pesq_model *model)
{
    se_fft_destroy(model->fft);
    free(model->clean);
    free(model->audible);
    memset(model, 0, sizeof *model);
}
