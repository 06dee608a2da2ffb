/* activation.h - activation functions and their derivatives. */
#ifndef SE_NN_ACTIVATION_H
#define SE_NN_ACTIVATION_H

#include "base/real.h"
#include "nn/arch.h"

/* y[i] = f(x[i]), i < n; in place is fine. In float the error is below 3e-7;
 * in double (gradient tests) the C library's functions are used. */
void se_tanh(se_real *y, const se_real *x, int64_t n);
void se_sigmoid(se_real *y, const se_real *x, int64_t n);
void se_activation_apply(enum se_activation activation, se_real *y,
                         const se_real *x, int64_t n);

/* d[i] *= f'(x[i]), computed from the output y[i] = f(x[i]). */
void se_activation_backward(enum se_activation activation, se_real *d,
                            const se_real *y, int64_t n);

#endif
