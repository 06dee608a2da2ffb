/* curves.h - training runs as curves over epochs. */
#ifndef SE_PICTURE_CURVES_H
#define SE_PICTURE_CURVES_H

#include "picture/canvas.h"
#include "picture/table.h"

enum { SE_MAX_CURVES = 6, SE_CURVES_WIDTH = 595 };

/* A training run: its history.jsonl (lib/train/history.h). */
struct se_curve {
    const char *name;
    const struct se_table *history;
};

/* SE_OK if `history`, of the file `path`, has what is drawn: an epoch and a
 * valid_loss. */
int se_curves_check(const struct se_table *history, const char *path,
                    struct se_report *report);

/* Height of the page of se_curves_draw, in points. */
double se_curves_height(const struct se_curve *curves, int n);

/* Loss in training and validation with the best epoch ringed, SI-SDR and PESQ
 * where there are any, and learning rate; a line of words and a colour for each
 * of n <= SE_MAX_CURVES runs. */
void se_curves_draw(struct se_canvas *canvas, const struct se_curve *curves,
                    int n, const char *title);

#endif
