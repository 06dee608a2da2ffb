/* colours.h - colours that differ for colour-blind readers, too. */
#ifndef SE_PICTURE_COLOURS_H
#define SE_PICTURE_COLOURS_H

#include "picture/canvas.h"

/* Maps for images, darkest at 0, even steps to the eye: magma for levels,
 * viridis for all else. By S. van der Walt and N. Smith, for matplotlib
 * (CC0); here every tenth of them, straight lines between. */
enum se_map { SE_MAP_MAGMA, SE_MAP_VIRIDIS };

/* `value` 0..1, clamped; what is not a number is 0. */
struct se_colour se_map_colour(enum se_map map, double value);

/* On the straight line from a, t = 0, to b, t = 1. */
struct se_colour se_colour_blend(struct se_colour a, struct se_colour b,
                                 double t);

/* Colour number i, repeating after SE_N_COLOURS: M. Okabe and K. Ito, "Color
 * Universal Design" (2008), without black and yellow. */
enum { SE_N_COLOURS = 6 };
struct se_colour se_line_colour(int i);

#endif
