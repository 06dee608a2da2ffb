/* panels.c - images, lines and areas inside axes. */
#include "picture/panels.h"

#include <math.h>
#include <stdint.h>

/* ---- images -------------------------------------------------------------- */

static uint32_t pixel(struct se_colour colour)
{
    return (uint32_t)lrint(colour.red * 255.0) << 16 |
           (uint32_t)lrint(colour.green * 255.0) << 8 |
           (uint32_t)lrint(colour.blue * 255.0);
}

/* NULL if Cairo cannot make it; then the canvas's status says so at last. */
static cairo_surface_t *colour_values(const struct se_image *image)
{
    uint32_t table[256];
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, image->n_columns, image->n_rows);
    unsigned char *bytes = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);

    for (int i = 0; i < 256; i++)
        table[i] = pixel(se_map_colour(image->map, i / 255.0));
    for (int r = 0; r < image->n_rows && bytes; r++) {
        uint32_t *line = (uint32_t *)(void *)(bytes + r * stride);
        const float *value = image->values + image->n_rows - 1 - r;

        for (int c = 0; c < image->n_columns; c++, value += image->n_rows) {
            double place =
                ((double)*value - image->lo) / (image->hi - image->lo);

            line[c] = table[place > 0.0 ? (int)(fmin(place, 1.0) * 255.0) : 0];
        }
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void draw_image(const struct se_panel *panel,
                       const struct se_image *image)
{
    cairo_t *cairo = panel->canvas->cairo;
    cairo_surface_t *surface = colour_values(image);
    double left = se_place_x(panel, image->x_lo);
    double right = se_place_x(panel, image->x_hi);
    double top = se_place_y(panel, image->y_hi);
    double bottom = se_place_y(panel, image->y_lo);

    se_panel_clip(panel);
    cairo_translate(cairo, left, top);
    cairo_scale(cairo, (right - left) / image->n_columns,
                (bottom - top) / image->n_rows);
    cairo_set_source_surface(cairo, surface, 0.0, 0.0);

    /* Narrow columns are averaged, wide ones stay blocks with edges. */
    cairo_pattern_set_filter(cairo_get_source(cairo),
                             right - left > 2.0 * image->n_columns
                                 ? CAIRO_FILTER_NEAREST
                                 : CAIRO_FILTER_GOOD);
    cairo_rectangle(cairo, 0.0, 0.0, image->n_columns, image->n_rows);
    cairo_fill(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(surface);
}

static void colour_bar(struct se_canvas *canvas, const struct se_box *bar,
                       enum se_map map)
{
    enum { N_STEPS = 64 };

    for (int i = 0; i < N_STEPS; i++) {
        double top = bar->y + bar->height * i / N_STEPS;

        /* Each step reaches below the next, so that no paper shines through. */
        se_canvas_colour(canvas, se_map_colour(map, 1.0 - (i + 0.5) / N_STEPS),
                         1.0);
        cairo_rectangle(canvas->cairo, bar->x, top, bar->width,
                        bar->y + bar->height - top);
        cairo_fill(canvas->cairo);
    }
    se_canvas_colour(canvas, canvas->theme->ink, 1.0);
    cairo_set_line_width(canvas->cairo, 0.7);
    cairo_rectangle(canvas->cairo, bar->x, bar->y, bar->width, bar->height);
    cairo_stroke(canvas->cairo);
}

static void draw_bar(const struct se_panel *panel, const struct se_image *image,
                     const char *label)
{
    const struct se_box *box = &panel->box;
    const struct se_panel bar = {
        .canvas = panel->canvas,
        .box = {box->x + box->width + 8, box->y, 8, box->height},
        .y = {.lo = image->lo, .hi = image->hi},
    };
    const struct se_text numbers = {.size = SE_SIZE_TICK};
    const struct se_text upright = {SE_SIZE_TICK, 0.5, SE_UPRIGHT, 0.0};
    double ticks[SE_MAX_TICKS], right = bar.box.x + bar.box.width;
    char text[32];
    int n = se_axis_ticks(ticks, &bar.y, (int)fmax(box->height / 22.0, 2.0));

    colour_bar(bar.canvas, &bar.box, image->map);
    for (int i = 0; i < n; i++) {
        se_axis_number(text, &bar.y, ticks[i], ticks, n);
        se_canvas_text(bar.canvas, right + 3,
                       se_place_y(&bar, ticks[i]) + 0.36 * SE_SIZE_TICK,
                       numbers, text);
    }
    se_canvas_text(bar.canvas, right + 35, bar.box.y + bar.box.height / 2,
                   upright, label);
}

void se_panel_image(const struct se_panel *panel, const struct se_image *image,
                    const char *bar_label)
{
    if (image->n_columns > 0)
        draw_image(panel, image);
    se_panel_frame(panel);
    if (bar_label)
        draw_bar(panel, image, bar_label);
}

/* ---- lines and areas ----------------------------------------------------- */

static void set_stroke(struct se_canvas *canvas, struct se_stroke stroke)
{
    static const double patterns[][4] = {
        {0}, {5, 2.5, 5, 2.5}, {1.5, 2, 1.5, 2}, {7, 2, 1.5, 2}};

    se_canvas_colour(canvas, stroke.colour, 1.0);
    cairo_set_line_width(canvas->cairo, stroke.width);
    cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(canvas->cairo, patterns[stroke.dash % 4],
                   stroke.dash % 4 ? 4 : 0, 0.0);
}

void se_panel_line(const struct se_panel *panel, const double *xs,
                   const double *ys, int n, struct se_stroke stroke)
{
    cairo_t *cairo = panel->canvas->cairo;
    int is_down = 0; /* the pen */

    se_panel_clip(panel);
    set_stroke(panel->canvas, stroke);
    for (int i = 0; i < n; i++) {
        double x = se_place_x(panel, xs[i]), y = se_place_y(panel, ys[i]);

        if (!isfinite(x) || !isfinite(y)) {
            is_down = 0;
            continue;
        }
        if (is_down)
            cairo_line_to(cairo, x, y);
        else
            cairo_move_to(cairo, x, y);
        is_down = 1;
    }
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

static void draw_dot(struct se_canvas *canvas, double x, double y,
                     struct se_dot dot)
{
    cairo_new_path(canvas->cairo);
    cairo_arc(canvas->cairo, x, y, dot.radius, 0.0, 2.0 * M_PI);
    se_canvas_colour(canvas, dot.is_open ? canvas->theme->paper : dot.colour,
                     1.0);
    cairo_fill_preserve(canvas->cairo);
    se_canvas_colour(canvas, dot.colour, 1.0);
    cairo_set_line_width(canvas->cairo, 1.4);
    cairo_stroke(canvas->cairo);
}

void se_panel_dot(const struct se_panel *panel, double x, double y,
                  struct se_dot dot)
{
    double place_x = se_place_x(panel, x), place_y = se_place_y(panel, y);

    if (isfinite(place_x) && isfinite(place_y))
        draw_dot(panel->canvas, place_x, place_y, dot);
}

void se_panel_band(const struct se_panel *panel, const struct se_band *band,
                   struct se_colour colour)
{
    cairo_t *cairo = panel->canvas->cairo;
    int n = band->n;

    se_panel_clip(panel);
    for (int i = 0; i < 2 * n; i++) {
        int at = i < n ? i : 2 * n - 1 - i;
        double value = (double)(i < n ? band->highs : band->lows)[at];

        cairo_line_to(cairo, se_place_x(panel, (at + 0.5) * band->x_step),
                      se_place_y(panel, value));
    }
    cairo_close_path(cairo);
    se_canvas_colour(panel->canvas, colour, 1.0);
    cairo_fill_preserve(cairo);

    /* Silence, too, is a line. */
    cairo_set_line_width(cairo, 0.5);
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

/* ---- legends ------------------------------------------------------------- */

enum { SAMPLE = 20, GAP = 12 }; /* lengths in a legend, points */

static const struct se_text legend_text = {.size = SE_SIZE_TICK};

static void draw_entry(struct se_canvas *canvas, double x, double y,
                       const struct se_legend_entry *entry)
{
    cairo_save(canvas->cairo);
    set_stroke(canvas, entry->stroke);
    cairo_move_to(canvas->cairo, x, y - 3);
    cairo_line_to(canvas->cairo, x + SAMPLE, y - 3);
    if (entry->is_dot)
        draw_dot(canvas, x + SAMPLE / 2.0, y - 3,
                 (struct se_dot){3.0, 1, entry->stroke.colour});
    else
        cairo_stroke(canvas->cairo);
    cairo_restore(canvas->cairo);
    se_canvas_text(canvas, x + SAMPLE + 4, y, legend_text, entry->text);
}

void se_panel_legend(const struct se_panel *panel,
                     const struct se_legend_entry *entries, int n)
{
    struct se_canvas *canvas = panel->canvas;
    double x = panel->box.x + panel->box.width, y = panel->box.y - 5;

    for (int i = n - 1; i >= 0; i--) {
        x -= SAMPLE + 4 +
             se_canvas_text_width(canvas, legend_text, entries[i].text);
        draw_entry(canvas, x, y, &entries[i]);
        x -= GAP;
    }
}
