/* offset.h - a constant offset (DC) of a signal, found as the sound comes and
 * subtracted where it is there beyond doubt. Other sound passes bit for bit. */
#ifndef SE_DSP_OFFSET_H
#define SE_DSP_OFFSET_H

#include <stdint.h>

/* One channel. Zeroed at the start, but for `group`. */
struct se_offset {
    int group; /* samples of 10 ms: what is removed changes group by group,
                  along a line */
    double sum, sum_squared;            /* of the group so far */
    int n;                              /* samples in it */
    double mean, mean_square, n_groups; /* of those before, as far as they
                                           count: 2 s */
    int is_sure;                        /* there is an offset */
    int is_kept; /* it stays in the sound from the next group on; may change at
                    any time */
    float from, to; /* the line on which it lies in this group */
};

/* Learns from first[group], so that it loses its offset as well. To be called
 * before se_offset_process, or never. An offset is sure once the mean is beyond
 * 0.02 of full scale and beyond 6 deviations by the square root of the number
 * of groups: wind and hum have no such mean. */
void se_offset_prime(struct se_offset *offset, const float *first, int stride);

/* x[n], every stride-th number a sample, less the offset. */
void se_offset_process(struct se_offset *offset, float *x, int64_t n,
                       int stride);

#endif
