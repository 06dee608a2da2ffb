/* curves.c - a training's history as curves. */
#include "picture/curves.h"

#include "picture/panels.h"

#include <math.h>
#include <stdio.h>

enum {
    LEFT = 58,
    RIGHT = 20,
    HEAD = 46, /* down to the first line of words */
    LINE = 14, /* a line of words */
    PANEL = 150,
    SPACING = 44,
};

int se_curves_check(const struct se_table *history, const char *path,
                    struct se_report *report)
{
    const char *missing = !se_table_find(history, "epoch")        ? "epoch"
                          : !se_table_find(history, "valid_loss") ? "valid_loss"
                                                                  : NULL;

    if (missing)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: has no \"%s\", expected the history of a training",
                       path, missing);
    return SE_OK;
}

static const double *values_of(const struct se_curve *curve, const char *name)
{
    return se_table_find(curve->history, name);
}

/* The row of least validation loss, -1 if none is a number. */
static int best_row(const struct se_curve *curve)
{
    const double *loss = values_of(curve, "valid_loss");
    int best = -1;

    for (int r = 0; r < curve->history->n_rows; r++) {
        if (isfinite(loss[r]) && (best < 0 || loss[r] < loss[best]))
            best = r;
    }
    return best;
}

/* Widens lo..hi to hold a column, or what of it is above 0. */
static void widen(double *lo, double *hi, const struct se_curve *curve,
                  const char *name, int is_positive)
{
    const double *values = values_of(curve, name);

    for (int r = 0; values && r < curve->history->n_rows; r++) {
        if (!isfinite(values[r]) || (is_positive && values[r] <= 0.0))
            continue;
        *lo = fmin(*lo, values[r]);
        *hi = fmax(*hi, values[r]);
    }
}

/* A panel: a column, and perhaps another beside it. */
struct plot {
    const char *title, *unit;
    const char *column, *name; /* as a solid line; the legend's word for it */
    const char *beside, *beside_name;
    int dash; /* of that one */
    int marks_best;
};

static const struct plot loss_plot = {
    "Loss", "loss", "valid_loss", "validation", "train_loss", "training", 1, 1};
static const struct plot score_plots[] = {
    {"SI-SDR in validation", "dB", "valid_si_sdr_db", "enhanced",
     "noisy_si_sdr_db", "noisy", 2, 0},
    {"Wide-band PESQ in validation, aligned short cut", "MOS-LQO",
     "valid_pesq_wb_aligned", "enhanced", NULL, NULL, 0, 0},
};
enum { N_SCORE_PLOTS = sizeof score_plots / sizeof *score_plots };

/* Without phases a training says null, or once said 0 dB, in all epochs. */
static int has_score(const struct se_curve *curves, int n,
                     const struct plot *plot)
{
    for (int i = 0; i < n; i++) {
        const double *values = values_of(&curves[i], plot->column);

        for (int r = 0; values && r < curves[i].history->n_rows; r++) {
            if (isfinite(values[r]) && values[r] != 0.0)
                return 1;
        }
    }
    return 0;
}

double se_curves_height(const struct se_curve *curves, int n)
{
    int panels = 2; /* loss and rate */

    for (int i = 0; i < N_SCORE_PLOTS; i++)
        panels += has_score(curves, n, &score_plots[i]);
    return HEAD + n * LINE + SPACING / 2.0 + panels * (PANEL + SPACING);
}

/* ---- panels -------------------------------------------------------------- */

struct page {
    struct se_canvas *canvas;
    const struct se_curve *curves;
    int n;
    struct se_axis epochs;
    double y; /* where the next panel begins */
};

static struct se_panel next_panel(struct page *page, const char *title)
{
    struct se_panel panel = {
        .canvas = page->canvas,
        .box = {LEFT, page->y, SE_CURVES_WIDTH - LEFT - RIGHT, PANEL},
        .x = page->epochs,
    };

    page->y += PANEL + SPACING;
    se_panel_title(&panel, title);
    return panel;
}

/* A column of each training as a line. */
static void draw_lines(const struct se_panel *panel, const struct page *page,
                       const char *name, int dash)
{
    for (int i = 0; i < page->n; i++) {
        const struct se_curve *curve = &page->curves[i];
        const double *values = values_of(curve, name);
        const struct se_stroke stroke = {se_line_colour(i), dash,
                                         dash ? 1.0 : 1.5};

        if (values)
            se_panel_line(panel, values_of(curve, "epoch"), values,
                          curve->history->n_rows, stroke);
    }
}

static void ring_best(const struct se_panel *panel, const struct page *page,
                      const char *name)
{
    for (int i = 0; i < page->n; i++) {
        const struct se_curve *curve = &page->curves[i];
        const double *values = values_of(curve, name);
        int best = best_row(curve);

        if (values && best >= 0)
            se_panel_dot(panel, values_of(curve, "epoch")[best], values[best],
                         (struct se_dot){3.5, 1, se_line_colour(i)});
    }
}

static struct se_axis axis_of(const struct page *page, const struct plot *plot)
{
    struct se_axis axis = {.label = plot->unit};
    double lo = HUGE_VAL, hi = -HUGE_VAL;

    for (int i = 0; i < page->n; i++) {
        widen(&lo, &hi, &page->curves[i], plot->column, 0);
        if (plot->beside)
            widen(&lo, &hi, &page->curves[i], plot->beside, 0);
    }
    if (lo > hi)
        lo = hi = 0.0;
    se_axis_round(&axis, lo, hi);
    return axis;
}

static void draw_legend(const struct se_panel *panel, const struct plot *plot)
{
    const struct se_colour ink = panel->canvas->theme->ink;
    struct se_legend_entry legend[3];
    int n = 0;

    if (plot->beside)
        legend[n++] = (struct se_legend_entry){
            plot->beside_name, {ink, plot->dash, 1.0}, 0};
    legend[n++] = (struct se_legend_entry){plot->name, {ink, 0, 1.5}, 0};
    if (plot->marks_best)
        legend[n++] = (struct se_legend_entry){"best", {ink, 0, 1.5}, 1};
    se_panel_legend(panel, legend, n);
}

static void draw_plot(struct page *page, const struct plot *plot)
{
    struct se_panel panel = next_panel(page, plot->title);

    panel.y = axis_of(page, plot);
    se_panel_grid(&panel);
    if (plot->beside)
        draw_lines(&panel, page, plot->beside, plot->dash);
    draw_lines(&panel, page, plot->column, 0);
    ring_best(&panel, page, plot->column);
    se_panel_frame(&panel);
    draw_legend(&panel, plot);
}

static void draw_rate(struct page *page)
{
    struct se_panel panel = next_panel(page, "Learning rate");
    double lo = HUGE_VAL, hi = -HUGE_VAL;

    for (int i = 0; i < page->n; i++)
        widen(&lo, &hi, &page->curves[i], "learning_rate", 1);
    if (lo > hi)
        lo = hi = 1e-3;

    /* What is smaller than a millionth of the largest counts as nothing. */
    panel.y =
        (struct se_axis){.lo = pow(10.0, floor(log10(fmax(lo, hi * 1e-6)))),
                         .hi = pow(10.0, ceil(log10(hi))),
                         .is_log = 1};
    if (panel.y.hi <= panel.y.lo)
        panel.y.hi = 10.0 * panel.y.lo;
    se_panel_grid(&panel);
    draw_lines(&panel, page, "learning_rate", 0);
    se_panel_frame(&panel);
}

/* ---- the page ------------------------------------------------------------ */

/* "name: 120 epochs; best 118, loss -0.083, SI-SDR 9.30 dB" */
static void describe(char *text, size_t size, const struct se_curve *curve)
{
    const double *si_sdr = values_of(curve, "valid_si_sdr_db");
    int best = best_row(curve);
    int n = snprintf(text, size, "%s: %d epochs", curve->name,
                     curve->history->n_rows);

    if (best >= 0 && n < (int)size)
        n += snprintf(text + n, size - (size_t)n, "; best %g, loss %.4g",
                      values_of(curve, "epoch")[best],
                      values_of(curve, "valid_loss")[best]);
    if (best >= 0 && si_sdr && isfinite(si_sdr[best]) && si_sdr[best] != 0.0 &&
        n < (int)size)
        snprintf(text + n, size - (size_t)n, ", SI-SDR %.2f dB", si_sdr[best]);
}

static void draw_words(const struct page *page, const char *title)
{
    const struct se_text head = {SE_SIZE_TITLE, 0.0, SE_BOLD,
                                 SE_CURVES_WIDTH - 36};
    const struct se_text small = {.size = SE_SIZE_PANEL,
                                  .width = SE_CURVES_WIDTH - 58};
    char text[512];

    se_canvas_text(page->canvas, 18, 26, head, title);
    for (int i = 0; i < page->n; i++) {
        double y = HEAD + i * LINE;

        se_canvas_colour(page->canvas, se_line_colour(i), 1.0);
        cairo_rectangle(page->canvas->cairo, 18, y - 5, 16, 3);
        cairo_fill(page->canvas->cairo);
        describe(text, sizeof text, &page->curves[i]);
        se_canvas_text(page->canvas, 40, y, small, text);
    }
}

void se_curves_draw(struct se_canvas *canvas, const struct se_curve *curves,
                    int n, const char *title)
{
    double first = HUGE_VAL, last = 1.0;
    struct page page = {.canvas = canvas,
                        .curves = curves,
                        .n = n,
                        .y = HEAD + n * LINE + SPACING / 2.0};

    for (int i = 0; i < n; i++)
        widen(&first, &last, &curves[i], "epoch", 0);
    page.epochs = (struct se_axis){.lo = 0.0, .hi = last, .is_whole = 1};
    draw_words(&page, title);
    draw_plot(&page, &loss_plot);
    for (int i = 0; i < N_SCORE_PLOTS; i++)
        if (has_score(curves, n, &score_plots[i]))
            draw_plot(&page, &score_plots[i]);
    page.epochs.label = "epoch";
    draw_rate(&page);
}
