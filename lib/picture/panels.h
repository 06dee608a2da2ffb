/* panels.h - what stands inside axes: images, lines, histograms. */
#ifndef SE_PICTURE_PANELS_H
#define SE_PICTURE_PANELS_H

#include "picture/axes.h"
#include "picture/colours.h"

/* A matrix as colours. Values are at equal distances; the edges of the image
 * are given in the axes' units and may lie beyond them. */
struct se_image {
    const float *values; /* [n_columns][n_rows], row 0 at the bottom */
    int n_columns, n_rows;
    double x_lo, x_hi, y_lo, y_hi; /* edges */
    double lo, hi; /* values of the map's ends; beyond, they are clamped */
    enum se_map map;
};

/* The image, the frame, and a colour bar with `bar_label`, which takes 52
 * points to the right of the box; NULL: no bar. */
void se_panel_image(const struct se_panel *panel, const struct se_image *image,
                    const char *bar_label);

/* What a line looks like, in a panel and in its legend. */
struct se_stroke {
    struct se_colour colour;
    int dash; /* 0: solid; 1..3: other patterns */
    double width;
};

/* Points in order of x; where y is not a number the line has a gap. */
void se_panel_line(const struct se_panel *panel, const double *xs,
                   const double *ys, int n, struct se_stroke stroke);

struct se_dot {
    double radius; /* points */
    int is_open;   /* a ring */
    struct se_colour colour;
};

void se_panel_dot(const struct se_panel *panel, double x, double y,
                  struct se_dot dot);

/* The area between two curves, in columns side by side from x = 0 on. */
struct se_band {
    const float *lows, *highs; /* [n] */
    int n;
    double x_step; /* width of a column */
};

void se_panel_band(const struct se_panel *panel, const struct se_band *band,
                   struct se_colour colour);

struct se_legend_entry {
    const char *text;
    struct se_stroke stroke; /* as wide as 6: a patch of colour */
    int is_dot;              /* a ring in place of a line */
};

/* Entries side by side above the box, at its right end: never over the data. */
void se_panel_legend(const struct se_panel *panel,
                     const struct se_legend_entry *entries, int n);

#endif
