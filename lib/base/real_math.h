/* real_math.h - functions of one number of the type of training, for loops that
 * compilers turn into vectors: in float those of base/vmath.h, in double (in
 * the gradient tests) the C library's. */
#ifndef SE_BASE_REAL_MATH_H
#define SE_BASE_REAL_MATH_H

#include "base/real.h"
#include "base/vmath.h"

#include <math.h>

#ifdef SE_DOUBLE

static inline se_real se_real_exp(se_real x)
{
    return exp(x);
}

/* Natural; x > 0. */
static inline se_real se_real_log(se_real x)
{
    return log(x);
}

/* x^y, x > 0. */
static inline se_real se_real_pow(se_real x, se_real y)
{
    return pow(x, y);
}

static inline se_real se_real_sqrt(se_real x)
{
    return sqrt(x);
}

#else

static inline se_real se_real_exp(se_real x)
{
    return se_expf(x);
}

static inline se_real se_real_log(se_real x)
{
    return 0.693147181f * se_log2f(x); /* ln 2 */
}

static inline se_real se_real_pow(se_real x, se_real y)
{
    return se_powf(x, y);
}

static inline se_real se_real_sqrt(se_real x)
{
    return sqrtf(x);
}

#endif

static inline se_real se_real_max(se_real x, se_real y)
{
    return x > y ? x : y;
}

/* -1, 0 or 1 */
static inline se_real se_real_sign(se_real x)
{
    return (se_real)((x > 0) - (x < 0));
}

#endif
