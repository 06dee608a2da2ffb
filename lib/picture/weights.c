/* weights.c - histograms of kernels. */
#include "picture/weights.h"

#include "picture/panels.h"

#include <math.h>
#include <stdio.h>

enum {
    N_BINS = 81, /* an odd number: 0 is the middle of one */
    ACROSS = 2,
    LEFT = 54,
    GAP = 58, /* between panels beside each other */
    RIGHT = 16,
    HEAD = 62,
    PANEL = 110,
    SPACING = 50,
};

struct histogram {
    double top;            /* bins are over -top..top */
    double before[N_BINS]; /* share in %, and likewise ... */
    double after[N_BINS];
    double sqnr_db;
};

static int n_kernels(const struct se_arch *arch)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n = se_arch_tensors(arch, tensors), kernels = 0;

    for (int t = 0; t < n; t++)
        kernels += !tensors[t].is_bias;
    return kernels;
}

double se_weights_height(const struct se_arch *arch)
{
    int n_rows = (n_kernels(arch) + ACROSS - 1) / ACROSS;

    return HEAD + n_rows * (PANEL + SPACING);
}

static int bin_of(const struct histogram *histogram, double x)
{
    int i = (int)floor((x / histogram->top + 1.0) / 2.0 * N_BINS);

    return i < 0 ? 0 : i >= N_BINS ? N_BINS - 1 : i;
}

static struct histogram count(const float *before, const float *after,
                              int64_t n)
{
    struct histogram histogram = {.top = 1e-6};
    double signal = 0.0, noise = 0.0, share = 100.0 / (double)n;

    for (int64_t i = 0; i < n; i++)
        histogram.top = fmax(histogram.top, fmax(fabs((double)before[i]),
                                                 fabs((double)after[i])));
    for (int64_t i = 0; i < n; i++) {
        double x = (double)before[i], y = (double)after[i];

        histogram.before[bin_of(&histogram, x)] += share;
        histogram.after[bin_of(&histogram, y)] += share;
        signal += x * x;
        noise += (x - y) * (x - y);
    }
    histogram.sqnr_db = 10.0 * log10(signal / noise);
    return histogram;
}

/* Bars, from edge to edge of the bins. */
static void draw_bars(const struct se_panel *panel,
                      const struct histogram *histogram,
                      struct se_colour colour)
{
    const struct se_box *box = &panel->box;
    cairo_t *cairo = panel->canvas->cairo;
    double width = 2.0 * histogram->top / N_BINS;

    se_panel_clip(panel);
    se_canvas_colour(panel->canvas, colour, 1.0);
    for (int i = 0; i < N_BINS; i++) {
        double left = se_place_x(panel, -histogram->top + i * width);
        double right = se_place_x(panel, -histogram->top + (i + 1) * width);
        double top = se_place_y(panel, histogram->before[i]);

        cairo_rectangle(cairo, left, top, right - left,
                        box->y + box->height - top);
    }
    cairo_fill(cairo);
    cairo_restore(cairo);
}

/* The outline of the bars after rounding. */
static void draw_outline(const struct se_panel *panel,
                         const struct histogram *histogram,
                         struct se_colour colour)
{
    const struct se_stroke stroke = {colour, 0, 1.0};
    double xs[2 * N_BINS], ys[2 * N_BINS];
    double width = 2.0 * histogram->top / N_BINS;

    for (int i = 0; i < N_BINS; i++) {
        xs[2 * i] = -histogram->top + i * width;
        xs[2 * i + 1] = xs[2 * i] + width;
        ys[2 * i] = ys[2 * i + 1] = histogram->after[i];
    }
    se_panel_line(panel, xs, ys, 2 * N_BINS, stroke);
}

static void draw_title(const struct se_panel *panel,
                       const struct se_tensor *tensor, double sqnr_db)
{
    const struct se_text right = {.size = SE_SIZE_TICK, .align = 1.0};
    const struct se_box *box = &panel->box;
    char text[64] = "nothing was rounded";

    if (isfinite(sqnr_db))
        snprintf(text, sizeof text, "SQNR %.1f dB", sqnr_db);
    se_panel_title(panel, tensor->name);
    se_canvas_text(panel->canvas, box->x + box->width, box->y - 5, right, text);
}

static void draw_panel(struct se_canvas *canvas, const struct se_box *box,
                       const struct se_tensor *tensor, const float *before,
                       const float *after)
{
    struct histogram histogram =
        count(before + tensor->offset, after + tensor->offset,
              (int64_t)tensor->rows * tensor->columns);
    struct se_panel panel = {
        .canvas = canvas,
        .box = *box,
        .x = {.lo = -histogram.top, .hi = histogram.top, .label = "weight"},
        .y = {.label = "share in %"},
    };
    double highest = 0.0;

    for (int i = 0; i < N_BINS; i++)
        highest = fmax(highest, fmax(histogram.before[i], histogram.after[i]));
    se_axis_round(&panel.y, 0.0, highest);
    draw_title(&panel, tensor, histogram.sqnr_db);
    se_panel_grid(&panel);
    draw_bars(&panel, &histogram, se_line_colour(4));
    draw_outline(&panel, &histogram, se_line_colour(0));
    se_panel_frame(&panel);
}

static void draw_head(struct se_canvas *canvas, const char *title)
{
    const struct se_legend_entry legend[] = {
        {"before", {se_line_colour(4), 0, 6}, 0},
        {"after, in 8 bits", {se_line_colour(0), 0, 1.0}, 0}};
    const struct se_text head = {SE_SIZE_TITLE, 0.0, SE_BOLD,
                                 SE_WEIGHTS_WIDTH - 220};
    const struct se_panel page = {
        .canvas = canvas,
        .box = {LEFT, 31, SE_WEIGHTS_WIDTH - LEFT - RIGHT, 1},
    };

    se_canvas_text(canvas, 18, 26, head, title);
    se_panel_legend(&page, legend, 2);
}

void se_weights_draw(struct se_canvas *canvas, const struct se_arch *arch,
                     const float *before, const float *after, const char *title)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n = se_arch_tensors(arch, tensors), at = 0;
    struct se_box box = {.width = (SE_WEIGHTS_WIDTH - LEFT - RIGHT - GAP) /
                                  (double)ACROSS,
                         .height = PANEL};

    draw_head(canvas, title);
    for (int t = 0; t < n; t++) {
        if (tensors[t].is_bias)
            continue;
        box.x = LEFT + at % ACROSS * (box.width + GAP);
        box.y = HEAD + at / ACROSS * (PANEL + SPACING);
        draw_panel(canvas, &box, &tensors[t], before, after);
        at++;
    }
}
