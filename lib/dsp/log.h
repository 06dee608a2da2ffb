/* log.h - a fast logarithm with a floor, for whole arrays. */
#ifndef SE_DSP_LOG_H
#define SE_DSP_LOG_H

/* The least power, and what is added to a deviation: 2^-15. */
#define SE_LOG_FLOOR 0x1p-15f

/* y[i] = log10(max(x[i], SE_LOG_FLOOR)), within 5e-7 for x up to 1e6; in place
 * is fine. What is not a number counts as the floor. The same bits on every
 * machine; exact (rounded once) for powers of two. */
void se_log10_floored(float *y, const float *x, int n);

#endif
