/* dots.c - results side by side, as dots. */
#include "picture/dots.h"
#include "picture/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    LABELS = 130, /* width of the rows' labels */
    MARGIN = 18,
    HEAD = 66,    /* down to the first panel */
    ROW = 18,     /* height of a row */
    GAP = 16,     /* between panels */
    ACROSS = 4,   /* panels beside each other */
    SPACING = 46, /* between bands of panels */
};

static int has_numbers(const struct se_table *results, int column)
{
    for (int r = 0; r < results->n_rows; r++) {
        if (isfinite(results->column[column][r]))
            return 1;
    }
    return 0;
}

/* The half widths of the column's intervals, of a column named after it; or
 * NULL. */
static const double *intervals_of(const struct se_table *results, int column)
{
    char name[256];

    snprintf(name, sizeof name, "%s_ci95", results->name[column]);
    return se_table_find(results, name);
}

static int is_panel(const struct se_table *results, int column)
{
    if (!has_numbers(results, column))
        return 0;
    for (int i = 0; i < results->n_columns; i++) {
        if (intervals_of(results, i) == results->column[column])
            return 0;
    }
    return 1;
}

static int n_panels(const struct se_table *results)
{
    int n = 0;

    for (int i = 0; i < results->n_columns; i++)
        n += is_panel(results, i);
    return n;
}

int se_dots_check(const struct se_table *results, const char *path,
                  struct se_report *report)
{
    if (n_panels(results) == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: has no numbers, expected a line of names and "
                       "results below",
                       path);
    return SE_OK;
}

double se_dots_height(const struct se_table *results)
{
    int n_bands = (n_panels(results) + ACROSS - 1) / ACROSS;

    return HEAD + n_bands * (ROW * results->n_rows + SPACING);
}

/* 0 without an interval. */
static double half_width(const double *intervals, int row)
{
    return intervals && isfinite(intervals[row]) ? intervals[row] : 0.0;
}

static struct se_axis range_of(const double *values, const double *intervals,
                               int n)
{
    struct se_axis axis = {0};
    double lo = HUGE_VAL, hi = -HUGE_VAL;

    for (int r = 0; r < n; r++) {
        if (isfinite(values[r])) {
            lo = fmin(lo, values[r] - half_width(intervals, r));
            hi = fmax(hi, values[r] + half_width(intervals, r));
        }
    }

    /* Room for whole dots at both ends. */
    double room = hi > lo ? 0.12 * (hi - lo) : fmax(fabs(lo) * 0.1, 1e-3);

    axis.lo = lo - room;
    axis.hi = hi + room;
    return axis;
}

/* Through the dot. */
static void draw_interval(const struct se_panel *panel, double value,
                          double half, double row)
{
    const double xs[] = {value - half, value + half}, ys[] = {row, row};
    const struct se_stroke stroke = {.colour = se_line_colour(0), .width = 1.5};

    se_panel_line(panel, xs, ys, 2, stroke);
}

/* A line to lead the eye, the dot, and its value on the side that has more
 * room; above the interval, where there is one. */
static void draw_row(const struct se_panel *panel, double value, double half,
                     double row)
{
    int is_left = value < (panel->x.lo + panel->x.hi) / 2.0;
    const struct se_text how = {.size = SE_SIZE_TICK,
                                .align = is_left ? 0.0 : 1.0};
    struct se_canvas *canvas = panel->canvas;
    double y = se_place_y(panel, row);
    char text[32];

    se_canvas_colour(canvas, canvas->theme->faint, 1.0);
    cairo_set_line_width(canvas->cairo, 0.5);
    cairo_move_to(canvas->cairo, panel->box.x, y);
    cairo_rel_line_to(canvas->cairo, panel->box.width, 0.0);
    cairo_stroke(canvas->cairo);
    if (!isfinite(value))
        return;
    if (half > 0.0)
        draw_interval(panel, value, half, row);
    se_panel_dot(panel, value, row, (struct se_dot){3.0, 0, se_line_colour(0)});
    snprintf(text, sizeof text, fabs(value) < 1000.0 ? "%.4g" : "%.0f", value);
    se_canvas_text(canvas, se_place_x(panel, value) + (is_left ? 7 : -7),
                   y + (half > 0.0 ? -0.2 : 0.36) * SE_SIZE_TICK, how, text);
}

static void draw_panel(struct se_canvas *canvas, const struct se_box *box,
                       const struct se_table *results, int column)
{
    const double *values = results->column[column];
    int n = results->n_rows;
    const double *intervals = intervals_of(results, column);

    /* The first row is on top. */
    const struct se_panel panel = {
        .canvas = canvas,
        .box = *box,
        .x = range_of(values, intervals, n),
        .y = {.lo = -0.5, .hi = n - 0.5, .is_bare = 1},
    };

    se_panel_title(&panel, results->name[column]);
    se_panel_grid(&panel);
    for (int r = 0; r < n; r++)
        draw_row(&panel, values[r], half_width(intervals, r), n - 1 - r);
    se_panel_frame(&panel);
}

static void draw_labels(struct se_canvas *canvas, double y,
                        const struct se_table *results)
{
    const struct se_text how = {.size = SE_SIZE_PANEL, .width = LABELS - 10};

    for (int r = 0; r < results->n_rows; r++)
        se_canvas_text(canvas, MARGIN,
                       y + (r + 0.5) * ROW + 0.36 * SE_SIZE_PANEL, how,
                       results->label[r]);
}

void se_dots_draw(struct se_canvas *canvas, const struct se_table *results,
                  const char *title)
{
    const struct se_text head = {SE_SIZE_TITLE, 0.0, SE_BOLD,
                                 SE_DOTS_WIDTH - 2 * MARGIN};
    int n = n_panels(results), across = n < ACROSS ? n : ACROSS, at = 0;
    double room = SE_DOTS_WIDTH - 2 * MARGIN - LABELS;
    struct se_box box = {.y = HEAD,
                         .width = (room - GAP * (across - 1)) / across,
                         .height = ROW * results->n_rows};

    se_canvas_text(canvas, MARGIN, 26, head, title);
    for (int i = 0; i < results->n_columns; i++) {
        if (!is_panel(results, i))
            continue;
        if (at % ACROSS == 0)
            draw_labels(canvas, box.y, results);
        box.x = MARGIN + LABELS + at % ACROSS * (box.width + GAP);
        draw_panel(canvas, &box, results, i);
        at++;
        if (at % ACROSS == 0)
            box.y += box.height + SPACING;
    }
}
