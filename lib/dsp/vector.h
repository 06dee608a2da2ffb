/* vector.h - arithmetic on whole arrays. */
#ifndef SE_DSP_VECTOR_H
#define SE_DSP_VECTOR_H

#include <stdint.h>

/* y[i] = a[i] * b[i]; y overlaps neither. */
void se_multiply(float *y, const float *a, const float *b, int n);

/* y[i] *= factor */
void se_scale(float *y, float factor, int64_t n);

/* y[i] += factor * x[i]; they do not overlap. */
void se_add_scaled(float *y, const float *x, float factor, int64_t n);

/* y[i] *= from + i * step, the factor in double */
void se_ramp(float *y, double from, double step, int n);

#endif
