/* axes.c - scales, ticks and frames of panels. */
#include "picture/axes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TICK = 3 }; /* length, points */

/* ---- round numbers ------------------------------------------------------- */

double se_round_up(double x)
{
    static const double steps[] = {1.0, 2.0, 5.0, 10.0};
    double power = pow(10.0, floor(log10(x)));
    int i = 0;

    while (i < 3 && steps[i] * power < x * (1.0 - 1e-9))
        i++;
    return steps[i] * power;
}

static int log_ticks(double ticks[SE_MAX_TICKS], const struct se_axis *axis,
                     int wanted)
{
    static const double parts[] = {1.0, 2.0, 5.0};
    int first = (int)floor(log10(axis->lo));
    int last = (int)ceil(log10(axis->hi));
    int n_parts = 3 * (last - first) <= 2 * wanted ? 3 : 1;
    int step = 1 + (last - first) / (wanted + 1), n = 0;

    for (int e = first; e <= last; e += step) {
        for (int i = 0; i < n_parts && n < SE_MAX_TICKS; i++) {
            double value = parts[i] * pow(10.0, e);

            if (value >= axis->lo * (1.0 - 1e-9) &&
                value <= axis->hi * (1.0 + 1e-9))
                ticks[n++] = value;
        }
    }
    return n;
}

int se_axis_ticks(double ticks[SE_MAX_TICKS], const struct se_axis *axis,
                  int wanted)
{
    if (axis->is_bare)
        return 0;
    if (axis->is_log)
        return log_ticks(ticks, axis, wanted);

    double step = se_round_up((axis->hi - axis->lo) / wanted);
    int n = 0;

    if (axis->is_whole && step < 1.0)
        step = 1.0;

    double i = ceil(axis->lo / step - 1e-6);

    /* Adding 0 turns -0 into 0. */
    for (; i * step <= axis->hi + 1e-6 * step && n < SE_MAX_TICKS; i++)
        ticks[n++] = i * step + 0.0;

    /* One tick alone says nothing of the scale. */
    if (n < 2 && wanted < 16 && !(axis->is_whole && step <= 1.0))
        return se_axis_ticks(ticks, axis, wanted + 1);
    return n;
}

/* "10⁻⁴", "5·10⁻⁴" */
static void log_number(char text[32], double tick)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹"};
    int e = (int)floor(log10(tick) + 1e-9);
    int factor = (int)lrint(tick / pow(10.0, e));
    char front[16] = "";

    if (factor > 1)
        snprintf(front, sizeof front, "%d·", factor);
    snprintf(text, 32, "%s10%s%s%s", front, e < 0 ? "⁻" : "",
             abs(e) >= 10 ? digits[abs(e) / 10 % 10] : "", digits[abs(e) % 10]);
}

/* Digits behind the point that a round number needs, 0..9. */
static int decimals_of(double tick)
{
    int n = 0;

    for (double x = fabs(tick); n < 9 && fabs(x - nearbyint(x)) > 1e-6 * x;
         x *= 10.0)
        n++;
    return n;
}

void se_axis_number(char text[32], const struct se_axis *axis, double tick,
                    const double *ticks, int n)
{
    int decimals = 0;
    double size = fabs(tick);
    char digits[24];

    if (axis->is_log) {
        log_number(text, tick);
        return;
    }
    for (int i = 0; i < n; i++) {
        int needed = decimals_of(ticks[i]);

        decimals = needed > decimals ? needed : decimals;
    }
    if (size >= 1e7 || (size > 0.0 && decimals > 5))
        snprintf(digits, sizeof digits, "%.3g", size);
    else
        snprintf(digits, sizeof digits, "%.*f", decimals, size);
    snprintf(text, 32, "%s%s", tick < 0.0 ? "−" : "", digits);
}

void se_axis_round(struct se_axis *axis, double lo, double hi)
{
    if (!(hi > lo)) {
        double room = fmax(fabs(lo) * 0.1, 1e-3);

        lo -= room;
        hi += room;
    }

    double step = se_round_up((hi - lo) / 5.0);

    axis->lo = floor(lo / step + 1e-9) * step;
    axis->hi = ceil(hi / step - 1e-9) * step;
}

struct se_axis se_axis_time(double *scale, double seconds)
{
    struct se_axis axis = {.label = "time in seconds"};

    *scale = 1.0;
    if (seconds >= 3.0 * 3600.0) {
        axis.label = "time in hours";
        *scale = 1.0 / 3600.0;
    } else if (seconds >= 600.0) {
        axis.label = "time in minutes";
        *scale = 1.0 / 60.0;
    }
    axis.hi = fmax(seconds, 0.01) * *scale;
    return axis;
}

/* ---- places -------------------------------------------------------------- */

static double place(const struct se_axis *axis, double value)
{
    if (axis->is_log)
        return log(value / axis->lo) / log(axis->hi / axis->lo);
    return (value - axis->lo) / (axis->hi - axis->lo);
}

double se_place_x(const struct se_panel *panel, double value)
{
    return panel->box.x + panel->box.width * place(&panel->x, value);
}

double se_place_y(const struct se_panel *panel, double value)
{
    return panel->box.y + panel->box.height * (1.0 - place(&panel->y, value));
}

/* ---- drawing ------------------------------------------------------------- */

/* Numbers stand about so far apart, in points. */
static int wanted_x(const struct se_box *box)
{
    return (int)fmin(fmax(box->width / 55.0, 2.0), 16.0);
}

static int wanted_y(const struct se_box *box)
{
    return (int)fmin(fmax(box->height / 22.0, 2.0), 16.0);
}

static void line(struct se_canvas *canvas, double x0, double y0, double x1,
                 double y1)
{
    cairo_move_to(canvas->cairo, x0, y0);
    cairo_line_to(canvas->cairo, x1, y1);
    cairo_stroke(canvas->cairo);
}

void se_panel_grid(const struct se_panel *panel)
{
    struct se_canvas *canvas = panel->canvas;
    const struct se_box *box = &panel->box;
    double ticks[SE_MAX_TICKS];
    int n = se_axis_ticks(ticks, &panel->x, wanted_x(box));

    se_canvas_colour(canvas, canvas->theme->faint, 1.0);
    cairo_set_line_width(canvas->cairo, 0.5);
    for (int i = 0; i < n; i++) {
        double at = se_place_x(panel, ticks[i]);

        line(canvas, at, box->y, at, box->y + box->height);
    }
    n = se_axis_ticks(ticks, &panel->y, wanted_y(box));
    for (int i = 0; i < n; i++) {
        double at = se_place_y(panel, ticks[i]);

        line(canvas, box->x, at, box->x + box->width, at);
    }
}

static void draw_x(const struct se_panel *panel)
{
    const struct se_text how = {.size = SE_SIZE_TICK, .align = 0.5};
    struct se_canvas *canvas = panel->canvas;
    const struct se_box *box = &panel->box;
    const struct se_axis *axis = &panel->x;
    double ticks[SE_MAX_TICKS], bottom = box->y + box->height;
    int n = se_axis_ticks(ticks, axis, wanted_x(box));
    char text[32];

    for (int i = 0; i < n; i++) {
        double at = se_place_x(panel, ticks[i]);

        se_canvas_colour(canvas, canvas->theme->ink, 1.0);
        line(canvas, at, bottom, at, bottom + TICK);
        se_axis_number(text, axis, ticks[i], ticks, n);
        if (!axis->is_silent)
            se_canvas_text(canvas, at, bottom + TICK + SE_SIZE_TICK + 1, how,
                           text);
    }
    if (axis->label)
        se_canvas_text(canvas, box->x + box->width / 2,
                       bottom + TICK + 2.4 * SE_SIZE_TICK + 1, how,
                       axis->label);
}

static void draw_y(const struct se_panel *panel)
{
    const struct se_text how = {.size = SE_SIZE_TICK, .align = 1.0};
    const struct se_text upright = {SE_SIZE_TICK, 0.5, SE_UPRIGHT, 0.0};
    struct se_canvas *canvas = panel->canvas;
    const struct se_box *box = &panel->box;
    const struct se_axis *axis = &panel->y;
    double ticks[SE_MAX_TICKS];
    int n = se_axis_ticks(ticks, axis, wanted_y(box));
    char text[32];

    for (int i = 0; i < n; i++) {
        double at = se_place_y(panel, ticks[i]);

        se_canvas_colour(canvas, canvas->theme->ink, 1.0);
        line(canvas, box->x - TICK, at, box->x, at);
        se_axis_number(text, axis, ticks[i], ticks, n);
        if (!axis->is_silent)
            se_canvas_text(canvas, box->x - TICK - 2, at + 0.36 * SE_SIZE_TICK,
                           how, text);
    }
    if (axis->label)
        se_canvas_text(canvas, box->x - 38, box->y + box->height / 2, upright,
                       axis->label);
}

static void outline(const struct se_panel *panel)
{
    cairo_rectangle(panel->canvas->cairo, panel->box.x, panel->box.y,
                    panel->box.width, panel->box.height);
}

void se_panel_frame(const struct se_panel *panel)
{
    struct se_canvas *canvas = panel->canvas;

    cairo_set_line_width(canvas->cairo, 0.7);
    draw_x(panel);
    draw_y(panel);
    se_canvas_colour(canvas, canvas->theme->ink, 1.0);
    outline(panel);
    cairo_stroke(canvas->cairo);
}

void se_panel_title(const struct se_panel *panel, const char *title)
{
    const struct se_text how = {.size = SE_SIZE_PANEL, .style = SE_BOLD};

    se_canvas_text(panel->canvas, panel->box.x, panel->box.y - 5, how, title);
}

void se_panel_clip(const struct se_panel *panel)
{
    cairo_save(panel->canvas->cairo);
    outline(panel);
    cairo_clip(panel->canvas->cairo);
}
