/* weights.h - the weights of a net before and after rounding, as histograms. */
#ifndef SE_PICTURE_WEIGHTS_H
#define SE_PICTURE_WEIGHTS_H

#include "nn/arch.h"
#include "picture/canvas.h"

enum { SE_WEIGHTS_WIDTH = 595 };

/* Height of the page, in points. */
double se_weights_height(const struct se_arch *arch);

/* A panel for each kernel (biases are left out): how many weights lie where,
 * over equal intervals of their range, and the ratio of their power to that
 * of the error in dB. `before` and `after` are blocks of parameters. */
void se_weights_draw(struct se_canvas *canvas, const struct se_arch *arch,
                     const float *before, const float *after,
                     const char *title);

#endif
