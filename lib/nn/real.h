/* real.h - the number type of training: float, or double where the gradient
 * tests compile the same sources with -DSE_NN_DOUBLE. */
#ifndef SE_NN_REAL_H
#define SE_NN_REAL_H

#ifdef SE_NN_DOUBLE
typedef double se_real;
#else
typedef float se_real;
#endif

#endif
