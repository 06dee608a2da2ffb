/* math.h - functions of numbers that loops over bins vectorise. */
#ifndef SE_LOSS_MATH_H
#define SE_LOSS_MATH_H

#include "base/real.h"
#include "base/vmath.h"

#include <math.h>

/* x^y for x > 0 */
static inline se_real se_loss_power(se_real x, se_real y)
{
#ifdef SE_DOUBLE
    return pow(x, y);
#else
    return se_powf(x, y);
#endif
}

static inline se_real se_loss_logarithm(se_real x)
{
#ifdef SE_DOUBLE
    return log(x);
#else
    return 0.693147181f * se_log2f(x);
#endif
}

static inline se_real se_loss_root(se_real x)
{
#ifdef SE_DOUBLE
    return sqrt(x);
#else
    return sqrtf(x);
#endif
}

static inline se_real se_loss_larger(se_real x, se_real y)
{
    return x > y ? x : y;
}

static inline se_real se_loss_sign(se_real x)
{
    return (se_real)((x > 0) - (x < 0));
}

#endif
