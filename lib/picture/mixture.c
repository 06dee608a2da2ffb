/* mixture.c - spectrograms of mixtures, side by side. */
#include "picture/mixture.h"

#include "picture/spectrogram.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LEFT = 50,
    RIGHT = 66, /* for the colour bar */
    GAP = 14,
    HEAD = 64,
    PANEL = 110,
    SPACING = 50,
    ACROSS = 3,
};

/* Three signals of a mixture, and what draws them. */
struct sounds {
    struct se_canvas *canvas;
    int64_t n;
    float *scratch, *noisy, *target, *rest;
    struct se_spectrogram spectrogram;
};

double se_mixtures_height(int n)
{
    return HEAD + n * (PANEL + SPACING);
}

static int create(struct sounds *sounds, struct se_canvas *canvas,
                  const struct se_mixer *mixer, struct se_report *report)
{
    size_t n = (size_t)se_mix_samples(mixer);

    *sounds = (struct sounds){.canvas = canvas, .n = (int64_t)n};
    sounds->scratch = malloc((size_t)se_mix_scratch(mixer) * sizeof(float) + 1);
    sounds->noisy = malloc(3 * n * sizeof(float) + 1);
    if (!sounds->scratch || !sounds->noisy)
        return se_fail_memory(report, "a mixture");
    sounds->target = sounds->noisy + n;
    sounds->rest = sounds->target + n;
    return se_spectrogram_create(&sounds->spectrogram, report);
}

static void destroy(struct sounds *sounds)
{
    if (sounds->spectrogram.stft)
        se_spectrogram_free(&sounds->spectrogram);
    free(sounds->scratch);
    free(sounds->noisy);
}

/* Whole hops, and silence that shows the last of them. */
static void analyse(struct se_spectrogram *spectrogram, const float *samples,
                    int64_t n)
{
    const float silence[SE_HOP] = {0};

    se_spectrogram_reset(spectrogram);
    for (int64_t at = 0; at + SE_HOP <= n; at += SE_HOP)
        se_spectrogram_add(spectrogram, samples + at);
    se_spectrogram_add(spectrogram, silence);
}

static void draw_panel(struct sounds *sounds, int row, int column,
                       const float *samples, const char *title)
{
    const double width =
        (SE_MIXTURES_WIDTH - LEFT - RIGHT - (ACROSS - 1) * GAP) /
        (double)ACROSS;
    double scale;
    const struct se_panel panel = {
        .canvas = sounds->canvas,
        .box = {LEFT + column * (width + GAP), HEAD + row * (PANEL + SPACING),
                width, PANEL},
        .x = se_axis_time(&scale, (double)sounds->n / SE_RATE_HZ),
    };

    analyse(&sounds->spectrogram, samples, sounds->n);
    se_panel_title(&panel, title);
    se_panel_spectrogram(&panel, &sounds->spectrogram, scale,
                         (column == 0 ? SE_PANEL_LEFT : 0) |
                             (column == ACROSS - 1 ? SE_PANEL_BAR : 0));
}

/* "Mixture 2: noisy, 6.1 dB": active or not, over the whole of it. */
static void name_noisy(char text[64], const struct sounds *sounds, int number)
{
    double target = 0.0, rest = 0.0;

    for (int64_t i = 0; i < sounds->n; i++) {
        target += (double)sounds->target[i] * (double)sounds->target[i];
        rest += (double)sounds->rest[i] * (double)sounds->rest[i];
    }
    if (target > 0.0 && rest > 0.0)
        snprintf(text, 64, "Mixture %d: noisy (target to rest %.1f dB)", number,
                 10.0 * log10(target / rest));
    else
        snprintf(text, 64, "Mixture %d: noisy (%s)", number,
                 rest > 0.0 ? "no speech" : "no noise");
}

static void draw_mixture(struct sounds *sounds,
                         const struct se_mixture_plot *mixtures, int row)
{
    char title[64];

    se_mix(mixtures->mixer,
           &(struct se_mixture){sounds->noisy, sounds->target, sounds->scratch},
           mixtures->seed, (uint64_t)row);
    for (int64_t i = 0; i < sounds->n; i++)
        sounds->rest[i] = sounds->noisy[i] - sounds->target[i];
    name_noisy(title, sounds, row);
    draw_panel(sounds, row, 0, sounds->noisy, title);
    draw_panel(sounds, row, 1, sounds->target, "Target");
    draw_panel(sounds, row, 2, sounds->rest, "Rest: noisy less target");
}

int se_mixtures_draw(struct se_canvas *canvas,
                     const struct se_mixture_plot *mixtures,
                     struct se_report *report)
{
    const struct se_text head = {SE_SIZE_TITLE, 0.0, SE_BOLD,
                                 SE_MIXTURES_WIDTH - 36};
    struct sounds sounds;
    int status = create(&sounds, canvas, mixtures->mixer, report);

    if (status == SE_OK)
        se_canvas_text(canvas, 18, 26, head, mixtures->title);
    for (int i = 0; i < mixtures->n && status == SE_OK; i++)
        draw_mixture(&sounds, mixtures, i);
    destroy(&sounds);
    return status;
}
