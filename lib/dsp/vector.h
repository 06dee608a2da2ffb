/* vector.h - arithmetic on whole arrays. */
#ifndef SE_DSP_VECTOR_H
#define SE_DSP_VECTOR_H

/* y[i] = a[i] * b[i]; y overlaps neither. */
void se_multiply(float *y, const float *a, const float *b, int n);

#endif
