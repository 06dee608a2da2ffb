/* png.h - a drawing as a PNG of few colours, a quarter as large as Cairo's. */
#ifndef SE_PICTURE_PNG_H
#define SE_PICTURE_PNG_H

#include "picture/canvas.h"

/* Appends `surface`, CAIRO_FORMAT_RGB24, to the stream (PNG 1.2, colour type
 * 3). Its colours become the nearest of a palette: steps of the maps of
 * picture/colours.h, line colours and greys on paper. Write errors are left to
 * the stream's ferror. SE_ERR_MEMORY. */
int se_png_write(FILE *stream, cairo_surface_t *surface,
                 struct se_report *report);

#endif
