/* curves.h - tanh and sigmoid of one number, for loops that compilers turn into
 * vectors. */
#ifndef SE_NN_CURVES_H
#define SE_NN_CURVES_H

#include "base/real_math.h"

static inline se_real se_tanh_of(se_real x)
{
    /* With e = exp(-2|x|) <= 1 nothing overflows. */
    se_real magnitude = x < 0 ? -x : x;
    se_real e = se_real_exp(-2 * magnitude);
    se_real t = (1 - e) / (1 + e);

    return x < 0 ? -t : t;
}

static inline se_real se_sigmoid_of(se_real x)
{
    return 1 / (1 + se_real_exp(-x));
}

#endif
