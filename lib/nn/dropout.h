/* dropout.h - dropout: some of a layer's inputs set to 0, the others scaled so
 * that the mean stays. */
#ifndef SE_NN_DROPOUT_H
#define SE_NN_DROPOUT_H

#include "base/real.h"
#include "base/rng.h"

/* keep[i] = 0 with probability `rate` (0..<1), else 1. */
void se_dropout_draw(unsigned char *keep, struct se_rng *rng, float rate,
                     int64_t n);

/* y[i] = x[i] / (1 - rate) where keep[i], else 0; in place is fine. Its own
 * gradient. */
void se_dropout_apply(se_real *y, const se_real *x, const unsigned char *keep,
                      float rate, int64_t n);

/* Undoes the scaling, in place; what was set to 0 stays 0. */
void se_dropout_unscale(se_real *y, float rate, int64_t n);

#endif
