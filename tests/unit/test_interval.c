/* test_interval.c - confidence intervals against tables and by hand. */
#include "metrics/interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%.9g, expected %.9g within %g", found, wanted, tolerance);
}

/* Abramowitz and Stegun, table 26.10. */
static void test_student(void **state)
{
    (void)state;
    assert_near(se_student_t95(1), 12.706, 5e-4);
    assert_near(se_student_t95(2), 4.303, 5e-4);
    assert_near(se_student_t95(3), 3.182, 5e-4);
    assert_near(se_student_t95(4), 2.776, 5e-4);
    assert_near(se_student_t95(9), 2.262, 5e-4);
    assert_near(se_student_t95(30), 2.042, 5e-4);
    assert_near(se_student_t95(120), 1.980, 5e-4);
    assert_near(se_student_t95(100000), 1.960, 5e-4);
}

/* Mean 3, deviation sqrt(2.5): 2.776445 * sqrt(2.5 / 5). */
static void test_interval(void **state)
{
    const double x[] = {1, 2, 3, 4, 5};
    struct se_interval interval = se_interval_of(x, 5);

    (void)state;
    assert_near(interval.mean, 3.0, 1e-12);
    assert_near(interval.half_width, 1.963243, 1e-5);
}

static void test_few(void **state)
{
    const double x[] = {4, 4, HUGE_VAL};

    (void)state;
    assert_near(se_interval_of(x, 1).mean, 4.0, 0.0);
    assert_true(isnan(se_interval_of(x, 1).half_width));
    assert_near(se_interval_of(x, 2).half_width, 0.0, 0.0);
    assert_true(isinf(se_interval_of(x, 3).mean));
    assert_true(isnan(se_interval_of(x, 3).half_width));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_student),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
