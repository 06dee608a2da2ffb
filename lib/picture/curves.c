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

/* Without phases a training says null, or once said 0 dB, in all epochs. */
static int has_si_sdr(const struct se_curve *curves, int n)
{
    for (int i = 0; i < n; i++) {
        const double *values = values_of(&curves[i], "valid_si_sdr_db");

        for (int r = 0; values && r < curves[i].history->n_rows; r++) {
            if (isfinite(values[r]) && values[r] != 0.0)
                return 1;
        }
    }
    return 0;
}

double se_curves_height(const struct se_curve *curves, int n)
{
    return HEAD + n * LINE + SPACING / 2.0 +
           (2 + has_si_sdr(curves, n)) * (PANEL + SPACING);
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

static struct se_axis axis_of(const struct page *page, const char *name,
                              const char *other, const char *label)
{
    struct se_axis axis = {.label = label};
    double lo = HUGE_VAL, hi = -HUGE_VAL;

    for (int i = 0; i < page->n; i++) {
        widen(&lo, &hi, &page->curves[i], name, 0);
        if (other)
            widen(&lo, &hi, &page->curves[i], other, 0);
    }
    if (lo > hi)
        lo = hi = 0.0;
    se_axis_round(&axis, lo, hi);
    return axis;
}

static void draw_loss(struct page *page)
{
    const struct se_colour ink = page->canvas->theme->ink;
    const struct se_legend_entry legend[] = {{"training", {ink, 1, 1.0}, 0},
                                             {"validation", {ink, 0, 1.5}, 0},
                                             {"best", {ink, 0, 1.5}, 1}};
    struct se_panel panel = next_panel(page, "Loss");

    panel.y = axis_of(page, "valid_loss", "train_loss", "loss");
    se_panel_grid(&panel);
    draw_lines(&panel, page, "train_loss", 1);
    draw_lines(&panel, page, "valid_loss", 0);
    ring_best(&panel, page, "valid_loss");
    se_panel_frame(&panel);
    se_panel_legend(&panel, legend, 3);
}

static void draw_si_sdr(struct page *page)
{
    const struct se_colour ink = page->canvas->theme->ink;
    const struct se_legend_entry legend[] = {{"noisy", {ink, 2, 1.0}, 0},
                                             {"enhanced", {ink, 0, 1.5}, 0}};
    struct se_panel panel = next_panel(page, "SI-SDR in validation");

    panel.y = axis_of(page, "valid_si_sdr_db", "noisy_si_sdr_db", "dB");
    se_panel_grid(&panel);
    draw_lines(&panel, page, "noisy_si_sdr_db", 2);
    draw_lines(&panel, page, "valid_si_sdr_db", 0);
    ring_best(&panel, page, "valid_si_sdr_db");
    se_panel_frame(&panel);
    se_panel_legend(&panel, legend, 2);
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
    draw_loss(&page);
    if (has_si_sdr(curves, n))
        draw_si_sdr(&page);
    page.epochs.label = "epoch";
    draw_rate(&page);
}
