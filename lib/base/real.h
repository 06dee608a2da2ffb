/* real.h - the number type of training (gemm, nn, loss): float, or double where
 * the gradient tests compile the same sources with -DSE_DOUBLE. */
#ifndef SE_BASE_REAL_H
#define SE_BASE_REAL_H

#ifdef SE_DOUBLE
typedef double se_real;
#else
typedef float se_real;
#endif

#endif
