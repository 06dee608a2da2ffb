/* spectrogram.c - levels of a sound as colours. */
#include "picture/spectrogram.h"

#include <math.h>
#include <stdlib.h>

int se_spectrogram_create(struct se_spectrogram *spectrogram,
                          struct se_report *report)
{
    *spectrogram = (struct se_spectrogram){0};

    int status = se_stft_create(&spectrogram->stft, report);

    if (status == SE_OK)
        status =
            se_track_create(&spectrogram->power, SE_BINS, SE_JOIN_MEAN, report);
    return status;
}

void se_spectrogram_free(struct se_spectrogram *spectrogram)
{
    se_stft_destroy(spectrogram->stft);
    se_track_free(&spectrogram->power);
    *spectrogram = (struct se_spectrogram){0};
}

void se_spectrogram_reset(struct se_spectrogram *spectrogram)
{
    se_stft_reset(spectrogram->stft);
    se_track_reset(&spectrogram->power);
    spectrogram->has_begun = 0;
}

void se_spectrogram_add(struct se_spectrogram *spectrogram,
                        const float hop[SE_HOP])
{
    se_bin spectrum[SE_BINS];
    float power[SE_BINS];

    se_stft_analyse(spectrogram->stft, spectrum, hop);
    if (spectrogram->has_begun) {
        se_power(power, spectrum);
        se_track_add(&spectrogram->power, power);
    }
    spectrogram->has_begun = 1;
}

void se_track_edges(struct se_image *image, const struct se_track *track,
                    double scale)
{
    image->n_columns = track->n_columns;
    image->n_rows = track->n_rows;
    image->x_lo = 0.0;
    image->x_hi = (double)(track->n_columns * track->frames) * SE_HOP /
                  SE_RATE_HZ * scale;
}

/* |X|^2 of a full-scale sine in the middle of a bin: (sum of window / 2)^2 */
static double full_scale(const struct se_spectrogram *spectrogram)
{
    const float *window = se_stft_window(spectrogram->stft);
    double sum = 0.0;

    for (int i = 0; i < SE_WINDOW; i++)
        sum += (double)window[i];
    return sum * sum / 4.0;
}

/* malloc, or NULL. */
static float *to_decibels(const struct se_spectrogram *spectrogram)
{
    const struct se_track *power = &spectrogram->power;
    size_t n = (size_t)power->n_columns * SE_BINS;
    double full = full_scale(spectrogram);
    float *db = malloc((n + 1) * sizeof *db);

    for (size_t i = 0; i < n && db; i++)
        db[i] = (float)(10.0 * log10((double)power->values[i] / full + 1e-12));
    return db;
}

void se_panel_spectrogram(const struct se_panel *panel,
                          const struct se_spectrogram *spectrogram,
                          double scale, int parts)
{
    const double half_bin_khz = SE_RATE_HZ / 2000.0 / SE_FFT;
    struct se_panel with_y = *panel;
    float *db = to_decibels(spectrogram);
    struct se_image image = {
        .values = db,
        .y_lo = -half_bin_khz,
        .y_hi = SE_RATE_HZ / 2000.0 + half_bin_khz,
        .lo = SE_LEVEL_LO_DB,
        .hi = SE_LEVEL_HI_DB,
        .map = SE_MAP_MAGMA,
    };

    with_y.y = (struct se_axis){
        .hi = SE_RATE_HZ / 2000.0,
        .label = parts & SE_PANEL_LEFT ? "kHz" : NULL,
        .is_silent = !(parts & SE_PANEL_LEFT),
    };
    se_track_edges(&image, &spectrogram->power, scale);
    if (!db) {
        se_canvas_lack(panel->canvas);
        return;
    }
    se_panel_image(&with_y, &image,
                   parts & SE_PANEL_BAR ? "dB full scale" : NULL);
    free(db);
}
