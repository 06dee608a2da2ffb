/* test_interval.c - confidence intervals against tables and by hand. */
#include "check.h"
#include "metrics/interval.h"

#include <math.h>

/* Abramowitz and Stegun, table 26.10. */
TEST(student)
{
    expect_near(se_student_t95(1), 12.706, 5e-4);
    expect_near(se_student_t95(2), 4.303, 5e-4);
    expect_near(se_student_t95(3), 3.182, 5e-4);
    expect_near(se_student_t95(4), 2.776, 5e-4);
    expect_near(se_student_t95(9), 2.262, 5e-4);
    expect_near(se_student_t95(30), 2.042, 5e-4);
    expect_near(se_student_t95(120), 1.980, 5e-4);
    expect_near(se_student_t95(100000), 1.960, 5e-4);
}

/* Mean 3, deviation sqrt(2.5): 2.776445 * sqrt(2.5 / 5). */
TEST(interval)
{
    const double x[] = {1, 2, 3, 4, 5};
    struct se_interval interval = se_interval_of(x, 5);

    expect_near(interval.mean, 3.0, 1e-12);
    expect_near(interval.half_width, 1.963243, 1e-5);
}

TEST(few)
{
    const double x[] = {4, 4, HUGE_VAL};

    expect_near(se_interval_of(x, 1).mean, 4.0, 0.0);
    expect(isnan(se_interval_of(x, 1).half_width));
    expect_near(se_interval_of(x, 2).half_width, 0.0, 0.0);
    expect(isinf(se_interval_of(x, 3).mean));
    expect(isnan(se_interval_of(x, 3).half_width));
}
