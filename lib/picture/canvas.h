/* canvas.h - a page to draw on that becomes a PDF, PNG or SVG file.
 *
 * Lengths are points (1/72 inch), y grows downwards; a PNG has two pixels a
 * point. The same drawing gives the same bytes (a PDF's date is fixed) with
 * the same Cairo and fonts. Failures inside Cairo are kept, and reported by
 * se_canvas_commit. */
#ifndef SE_PICTURE_CANVAS_H
#define SE_PICTURE_CANVAS_H

#include "base/status.h"
#include "picture/cairo_late.h"

#include <stdint.h>
#include <stdio.h>

enum { SE_PIXELS_PER_POINT = 2 };

/* Red, green, blue, 0..1. */
struct se_colour {
    double red, green, blue;
};

struct se_theme {
    struct se_colour paper;
    struct se_colour ink;   /* text and frames */
    struct se_colour faint; /* grid lines, what stands in the background */
};

extern const struct se_theme se_theme_light;

/* Canvas and what drawing functions need; cairo is theirs to use. */
struct se_canvas {
    cairo_t *cairo;
    double width, height;
    const struct se_theme *theme;
    uint32_t missing; /* the first character that no font had, or 0 */
    struct se_canvas_file *file; /* canvas.c's own */
};

/* SE_OK if the name ends in .pdf, .png or .svg, of either case. */
int se_canvas_check_name(const char *path, struct se_report *report);

/* A light page for the file `path`, written under a temporary name until the
 * commit. */
int se_canvas_open(struct se_canvas **canvas, const char *path, double width,
                   double height, struct se_report *report);

/* A page in memory, with `pixels` a point. */
int se_canvas_open_image(struct se_canvas **canvas, double width, double height,
                         double pixels, struct se_report *report);

/* Marks the drawing as failed: there was no memory for its data. */
void se_canvas_lack(struct se_canvas *canvas);

/* SE_OK if all was drawn until now. */
int se_canvas_check(const struct se_canvas *canvas, struct se_report *report);

/* Finishes the file; frees the canvas either way. */
int se_canvas_commit(struct se_canvas *canvas, struct se_report *report);

/* What was drawn, CAIRO_FORMAT_RGB24; belongs to the canvas. */
cairo_surface_t *se_canvas_image(struct se_canvas *canvas);

/* Drops what was drawn and frees the canvas. NULL is fine. */
void se_canvas_discard(struct se_canvas *canvas);

/* Of what is drawn from now on; opacity 0..1. */
void se_canvas_colour(struct se_canvas *canvas, struct se_colour colour,
                      double opacity);

enum { SE_BOLD = 1, SE_UPRIGHT = 2 };

/* How text stands at its point: `align` 0 begins there, 0.5 is centred, 1 ends
 * there; SE_UPRIGHT reads from bottom to top. */
struct se_text {
    double size, align;
    int style;    /* SE_BOLD | SE_UPRIGHT */
    double width; /* what is wider loses its middle; 0: nothing does */
};

/* Text in the theme's ink with its base line at y. What is not UTF-8, and
 * control characters, are shown as '?'. */
void se_canvas_text(struct se_canvas *canvas, double x, double y,
                    struct se_text how, const char *text);

/* In points, with all of its middle. */
double se_canvas_text_width(struct se_canvas *canvas, struct se_text how,
                            const char *text);

#endif
