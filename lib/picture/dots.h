/* dots.h - results side by side, as dots with confidence intervals: a row for
 * each row of a table, a panel for each of its columns that holds a number.
 *
 * A column named as another with _ci95 behind it has the half widths of that
 * one's intervals. The table is one of a CSV file. */
#ifndef SE_PICTURE_DOTS_H
#define SE_PICTURE_DOTS_H

#include "picture/canvas.h"
#include "picture/table.h"

enum { SE_DOTS_WIDTH = 595 };

/* SE_OK if `results`, of the file `path`, have a panel. */
int se_dots_check(const struct se_table *results, const char *path,
                  struct se_report *report);

/* Height of the page of se_dots_draw, in points. */
double se_dots_height(const struct se_table *results);
void se_dots_draw(struct se_canvas *canvas, const struct se_table *results,
                  const char *title);

#endif
