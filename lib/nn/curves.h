/* curves.h - tanh and sigmoid of one number, for loops that compilers turn into
 * vectors; in double (gradient tests) from the C library's exp. */
#ifndef SE_NN_CURVES_H
#define SE_NN_CURVES_H

#include "base/real.h"
#include "base/vmath.h"

#include <math.h>

static inline se_real se_exp_of(se_real x)
{
#ifdef SE_DOUBLE
    return exp(x);
#else
    return se_expf(x);
#endif
}

static inline se_real se_tanh_of(se_real x)
{
    /* With e = exp(-2|x|) <= 1 nothing overflows. */
    se_real magnitude = x < 0 ? -x : x;
    se_real e = se_exp_of(-2 * magnitude);
    se_real t = (1 - e) / (1 + e);

    return x < 0 ? -t : t;
}

static inline se_real se_sigmoid_of(se_real x)
{
    return 1 / (1 + se_exp_of(-x));
}

#endif
