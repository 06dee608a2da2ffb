/* axes.h - panels: where values stand in them, and the frame, ticks and words
 * that say so. */
#ifndef SE_PICTURE_AXES_H
#define SE_PICTURE_AXES_H

#include "picture/canvas.h"

/* A rectangle of the page, in points. */
struct se_box {
    double x, y, width, height;
};

/* Sizes of text that all pictures share. */
enum { SE_SIZE_TITLE = 13, SE_SIZE_PANEL = 9, SE_SIZE_TICK = 8 };

struct se_axis {
    double lo, hi;     /* lo < hi; both > 0 if is_log */
    const char *label; /* with its unit; NULL: none */
    int is_log;        /* decades are equally long */
    int is_silent;     /* ticks without numbers: another panel has them */
    int is_whole;      /* ticks at whole numbers alone: epochs */
    int is_bare;       /* no ticks: names stand there */
};

enum { SE_MAX_TICKS = 32 };

/* Round numbers (1, 2 or 5 times a power of ten apart; decades, or 1, 2 and 5
 * of each, if is_log) in lo..hi, about `wanted` of them, 2..16. Returns how
 * many, at most SE_MAX_TICKS. */
int se_axis_ticks(double ticks[SE_MAX_TICKS], const struct se_axis *axis,
                  int wanted);

/* "0.25", all numbers of a scale with the same digits, or "5·10⁻⁴" on one of
 * decades; a true minus sign. */
void se_axis_number(char text[32], const struct se_axis *axis, double tick,
                    const double *ticks, int n);

/* The smallest of 1, 2, 5 times a power of ten that is not below x > 0. */
double se_round_up(double x);

/* The smallest range of round numbers that holds lo..hi; also where lo == hi.
 */
void se_axis_round(struct se_axis *axis, double lo, double hi);

/* An axis from 0 for `seconds` of time, labelled in seconds, minutes or hours;
 * *scale: seconds to that unit. */
struct se_axis se_axis_time(double *scale, double seconds);

/* What is drawn on, where, and between which values. */
struct se_panel {
    struct se_canvas *canvas;
    struct se_box box;
    struct se_axis x, y;
};

/* Places of values on the page. */
double se_place_x(const struct se_panel *panel, double value);
double se_place_y(const struct se_panel *panel, double value);

/* Grid lines, to be drawn before what the panel shows. */
void se_panel_grid(const struct se_panel *panel);

/* Frame, ticks, numbers and labels, to be drawn after it. Labels take 26
 * points below the box and 46 to its left. */
void se_panel_frame(const struct se_panel *panel);

/* The title above the box. */
void se_panel_title(const struct se_panel *panel, const char *title);

/* Keeps drawing inside the box until cairo_restore. */
void se_panel_clip(const struct se_panel *panel);

#endif
