/* interval.c - Student's confidence interval of a mean. */
#include "metrics/interval.h"

#include <math.h>

/* The probability that |t| <= sqrt(freedom) tan(angle): Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 26.7.3 and 26.7.4. */
static double student_within(double angle, int freedom)
{
    int is_odd = freedom % 2;
    double cosine = cos(angle), squared = cosine * cosine;
    double term = is_odd ? cosine : 1.0, sum = 0.0;

    for (int i = is_odd ? 3 : 2; i <= freedom; i += 2) {
        sum += term;
        term *= squared * (i - 1) / i;
    }
    sum *= sin(angle);
    return is_odd ? 2.0 / M_PI * (angle + sum) : sum;
}

double se_student_t95(int freedom)
{
    double low = 0.0, high = M_PI / 2.0;

    /* The mantissa has 53 bits. */
    for (int i = 0; i < 53; i++) {
        double middle = 0.5 * (low + high);

        if (student_within(middle, freedom) < 0.95)
            low = middle;
        else
            high = middle;
    }
    return sqrt(freedom) * tan(low);
}

struct se_interval se_interval_of(const double *x, int n)
{
    double mean = 0.0, squares = 0.0;

    for (int i = 0; i < n; i++)
        mean += x[i] / n;
    for (int i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    if (n < 2 || !isfinite(squares))
        return (struct se_interval){mean, (double)NAN};
    return (struct se_interval){mean, se_student_t95(n - 1) *
                                          sqrt(squares / (n - 1.0) / n)};
}
