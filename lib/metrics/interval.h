/* interval.h - confidence intervals of means. */
#ifndef SE_METRICS_INTERVAL_H
#define SE_METRICS_INTERVAL_H

/* A mean and half the width of its 95 % confidence interval, by Student's t. */
struct se_interval {
    double mean;
    double half_width; /* NAN for fewer than two values, or if one of them is
                          infinite */
};

/* x[n]; n >= 1. */
struct se_interval se_interval_of(const double *x, int n);

/* The t that a value with `freedom` >= 1 degrees of freedom exceeds, to either
 * side, with a probability of 5 %: 12.706 for 1, 1.960 for very many. */
double se_student_t95(int freedom);

#endif
