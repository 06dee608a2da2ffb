/* scene.c - the page of an enhancement. */
#include "picture/scene.h"

#include "picture/spectrogram.h"

#include <math.h>
#include <stdlib.h>

enum {
    HOPS_LATE = SE_STFT_DELAY / SE_HOP,
    PARTS = 4, /* columns of the wave a hop */
};

/* The range of a wave over time. */
struct wave {
    struct se_track low, high;
};

struct se_scene {
    struct wave wave_in, wave_out;
    struct se_spectrogram in, out;
    struct se_track features, mask;
    int64_t n_steps;
    int is_drawn;
};

/* ---- remembering --------------------------------------------------------- */

static int create_wave(struct wave *wave, struct se_report *report)
{
    int status = se_track_create(&wave->low, 1, SE_JOIN_LOWEST, report);

    if (status == SE_OK)
        status = se_track_create(&wave->high, 1, SE_JOIN_HIGHEST, report);
    return status;
}

static int create_parts(struct se_scene *scene, int n_features,
                        struct se_report *report)
{
    int status = create_wave(&scene->wave_in, report);

    if (status == SE_OK)
        status = create_wave(&scene->wave_out, report);
    if (status == SE_OK)
        status = se_spectrogram_create(&scene->in, report);
    if (status == SE_OK)
        status = se_spectrogram_create(&scene->out, report);
    if (status == SE_OK)
        status =
            se_track_create(&scene->features, n_features, SE_JOIN_MEAN, report);
    if (status == SE_OK)
        status = se_track_create(&scene->mask, SE_BINS, SE_JOIN_MEAN, report);
    return status;
}

int se_scene_create(struct se_scene **out, int n_features,
                    struct se_report *report)
{
    struct se_scene *scene = calloc(1, sizeof *scene);

    *out = NULL;
    if (!scene)
        return se_fail_memory(report, "a picture");

    int status = create_parts(scene, n_features, report);

    if (status != SE_OK) {
        se_scene_destroy(scene);
        return status;
    }
    *out = scene;
    return SE_OK;
}

static void free_wave(struct wave *wave)
{
    se_track_free(&wave->low);
    se_track_free(&wave->high);
}

void se_scene_destroy(struct se_scene *scene)
{
    if (!scene)
        return;
    free_wave(&scene->wave_in);
    free_wave(&scene->wave_out);
    se_spectrogram_free(&scene->in);
    se_spectrogram_free(&scene->out);
    se_track_free(&scene->features);
    se_track_free(&scene->mask);
    free(scene);
}

static void reset_wave(struct wave *wave)
{
    se_track_reset(&wave->low);
    se_track_reset(&wave->high);
}

void se_scene_reset(struct se_scene *scene)
{
    reset_wave(&scene->wave_in);
    reset_wave(&scene->wave_out);
    se_spectrogram_reset(&scene->in);
    se_spectrogram_reset(&scene->out);
    se_track_reset(&scene->features);
    se_track_reset(&scene->mask);
    scene->n_steps = 0;
    scene->is_drawn = 0;
}

static void add_wave(struct wave *wave, const float hop[SE_HOP])
{
    for (int part = 0; part < PARTS; part++) {
        const float *x = hop + part * (SE_HOP / PARTS);
        float low = x[0], high = x[0];

        for (int i = 1; i < SE_HOP / PARTS; i++) {
            low = x[i] < low ? x[i] : low;
            high = x[i] > high ? x[i] : high;
        }
        se_track_add(&wave->low, &low);
        se_track_add(&wave->high, &high);
    }
}

void se_scene_watch(void *watcher, const struct se_enhancer_view *view)
{
    struct se_scene *scene = watcher;
    int64_t step = scene->n_steps++;

    add_wave(&scene->wave_in, view->in);
    se_spectrogram_add(&scene->in, view->in);

    /* As in the spectrograms, the frame before the sound is left out. */
    if (step > 0)
        se_track_add(&scene->features, view->features);
    if (step > view->lookahead)
        se_track_add(&scene->mask, view->mask);
    if (step >= HOPS_LATE + view->lookahead) {
        add_wave(&scene->wave_out, view->out);
        se_spectrogram_add(&scene->out, view->out);
    }
}

/* ---- drawing ------------------------------------------------------------- */

/* Where things stand on the page. */
enum {
    LEFT = 50,
    RIGHT = 66,
    TOP = 66,     /* of the first panel */
    SPACING = 26, /* between panels, for their titles */
};

/* The page as it fills from top to bottom. */
struct page {
    struct se_canvas *canvas;
    struct se_axis time;
    double scale; /* of seconds on the time axis */
    double y;     /* where the next panel begins */
};

static struct se_panel next_panel(struct page *page, double height,
                                  const char *title)
{
    struct se_panel panel = {
        .canvas = page->canvas,
        .box = {LEFT, page->y, SE_SCENE_WIDTH - LEFT - RIGHT, height},
        .x = page->time,
    };

    page->y += height + SPACING;
    se_panel_title(&panel, title);
    return panel;
}

static double peak(const struct wave *wave)
{
    double found = 0.0;

    for (int i = 0; i < wave->low.n_columns; i++)
        found = fmax(found, fmax(fabs((double)wave->low.values[i]),
                                 fabs((double)wave->high.values[i])));
    return found;
}

static void draw_wave(const struct se_panel *panel, const struct wave *wave,
                      double scale, struct se_colour colour)
{
    double step = (double)wave->low.frames * SE_HOP / PARTS / SE_RATE_HZ;
    const struct se_band band = {
        .lows = wave->low.values,
        .highs = wave->high.values,
        .n = wave->low.n_columns,
        .x_step = step * scale,
    };

    se_panel_band(panel, &band, colour);
}

static void draw_waves(struct page *page, const struct se_scene *scene)
{
    const struct se_colour before = se_line_colour(4),
                           after = se_line_colour(0);
    const struct se_legend_entry legend[] = {{"before", {before, 0, 6}, 0},
                                             {"after", {after, 0, 6}, 0}};
    struct se_panel panel = next_panel(page, 84, "Wave");
    double top = se_round_up(fmax(peak(&scene->wave_in), 1e-3));

    panel.y = (struct se_axis){.lo = -top, .hi = top, .label = "full scale 1"};
    se_panel_grid(&panel);
    draw_wave(&panel, &scene->wave_in, page->scale, before);
    draw_wave(&panel, &scene->wave_out, page->scale, after);
    se_panel_frame(&panel);
    se_panel_legend(&panel, legend, 2);
}

static void draw_spectrogram(struct page *page, const char *title,
                             const struct se_spectrogram *spectrogram)
{
    struct se_panel panel = next_panel(page, 130, title);

    se_panel_spectrogram(&panel, spectrogram, page->scale,
                         SE_PANEL_LEFT | SE_PANEL_BAR);
}

static void draw_features(struct page *page, const struct se_scene *scene)
{
    int n = scene->features.n_rows, is_mel = n < SE_BINS;
    struct se_panel panel = next_panel(
        page, 96, is_mel ? "Features: mel bands" : "Features: power bins");
    struct se_image image = {
        .values = scene->features.values,
        .y_lo = 0.5,
        .y_hi = n + 0.5,
        .lo = -SE_SCENE_FEATURE,
        .hi = SE_SCENE_FEATURE,
        .map = SE_MAP_VIRIDIS,
    };

    panel.y = (struct se_axis){.lo = 0.5,
                               .hi = n + 0.5,
                               .label = is_mel ? "band" : "bin",
                               .is_whole = 1};
    se_track_edges(&image, &scene->features, page->scale);
    se_panel_image(&panel, &image, "deviations");
}

static void draw_mask(struct page *page, const struct se_scene *scene)
{
    const double half_bin_khz = SE_RATE_HZ / 2000.0 / SE_FFT;
    struct se_panel panel = next_panel(page, 130, "Mask: 1 keeps, 0 removes");
    struct se_image image = {
        .values = scene->mask.values,
        .y_lo = -half_bin_khz,
        .y_hi = SE_RATE_HZ / 2000.0 + half_bin_khz,
        .lo = 0.0,
        .hi = 1.0,
        .map = SE_MAP_VIRIDIS,
    };

    panel.y = (struct se_axis){.hi = SE_RATE_HZ / 2000.0, .label = "kHz"};
    se_track_edges(&image, &scene->mask, page->scale);
    se_panel_image(&panel, &image, "mask");
}

void se_scene_draw(struct se_scene *scene, struct se_canvas *canvas,
                   const char *title, const char *subtitle)
{
    const double width = SE_SCENE_WIDTH - 2 * 18;
    const struct se_text head = {SE_SIZE_TITLE, 0.0, SE_BOLD, width};
    const struct se_text small = {.size = SE_SIZE_TICK, .width = width};
    int64_t n_hops = scene->n_steps - HOPS_LATE;
    struct page page = {.canvas = canvas,
                        .y = title ? TOP : TOP - SE_SCENE_HEAD};
    const float silence[SE_HOP] = {0};

    if (!scene->is_drawn)
        se_spectrogram_add(&scene->out, silence);
    scene->is_drawn = 1;
    page.time = se_axis_time(&page.scale, (double)(n_hops > 0 ? n_hops : 0) *
                                              SE_HOP / SE_RATE_HZ);
    if (title) {
        se_canvas_text(canvas, 18, 24, head, title);
        se_canvas_text(canvas, 18, 38, small, subtitle);
    }

    /* Only the panel at the bottom names the time. */
    const char *label = page.time.label;

    page.time.label = NULL;
    page.time.is_silent = 1;
    draw_waves(&page, scene);
    draw_spectrogram(&page, "Spectrogram before", &scene->in);
    draw_spectrogram(&page, "Spectrogram after", &scene->out);
    draw_features(&page, scene);
    page.time.label = label;
    page.time.is_silent = 0;
    draw_mask(&page, scene);
}
