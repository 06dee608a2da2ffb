/* activation.h - what a layer does to its sums. */
#ifndef NNSP_ACTIVATION_H
#define NNSP_ACTIVATION_H

#include <stdint.h>

/* z Q12; results Q15. z above -2^31. */
int16_t nnsp_tanh(int32_t z);
int16_t nnsp_sigmoid(int32_t z);

/* y[n] from z[n], by enum nnsp_activation. */
void nnsp_activate(int activation, int16_t *y, const int32_t *z, uint32_t n);

#endif
