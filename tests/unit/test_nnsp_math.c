/* test_nnsp_math.c - arithmetic of the integer runtime: rounding, logarithm,
 * tanh and sigmoid over all inputs, the FFT against double precision. */
#include "base/rng.h"
#include "check.h"
#include "nnsp/activation.h"
#include "nnsp/fft.h"
#include "nnsp/fixed.h"
#include "nnsp/log.h"
#include "nnsp/tables.h"

#include <math.h>
#include <stdlib.h>

TEST(fixed)
{
    /* what C leaves to the compiler, and this runtime relies on */
    expect_equal(-1 >> 1, -1);
    expect_equal(-5 >> 1, -3);
    expect_equal((int16_t)nnsp_round_shift(-3, 1), -1);

    expect_equal(nnsp_saturate_16(32767), 32767);
    expect_equal(nnsp_saturate_16(32768), 32767);
    expect_equal(nnsp_saturate_16(-32769), -32768);
    expect_equal(nnsp_saturate_16(INT32_MIN), -32768);
    expect_equal(nnsp_saturate_32(INT64_C(1) << 31), INT32_MAX);
    expect_equal(nnsp_saturate_32(-(INT64_C(1) << 31) - 1), INT32_MIN);

    expect_equal(nnsp_round_shift(5, 1), 3); /* ties go up */
    expect_equal(nnsp_round_shift(-5, 1), -2);
    expect_equal(nnsp_round_shift(7, 3), 1);
    expect_equal(nnsp_round_shift(3, 3), 0);

    expect_equal(nnsp_mulh(1 << 30, 2), 1); /* 1/2 goes up */
    expect_equal(nnsp_mulh(1 << 30, -2), 0);
    expect_equal(nnsp_mlsh(0, 1 << 30, 2), 0);
    expect_equal(nnsp_mlsh(5, 1 << 30, -2), 6);
    expect_equal(nnsp_mlah(5, 1 << 30, 2), 6);
    expect_equal(nnsp_mulh(INT32_MIN, INT32_MAX), -1073741823);
    expect_equal(nnsp_mlsh(0, INT32_MIN, INT32_MAX), 1073741824);
}

TEST(tables)
{
    for (int n = 0; n <= NNSP_WINDOW / 2; n++) {
        double w = sqrt(2.0 / 3.0) * sin(M_PI * n / NNSP_WINDOW);

        expect_near(nnsp_window[n], 32768.0 * w, 0.5);
    }
    for (int m = 0; m <= NNSP_FFT / 4; m++) {
        double s = 0x1p31 * sin(2.0 * M_PI * m / NNSP_FFT);

        expect_near(nnsp_sine[m], fmin(s, 2147483647.0), 0.5);
    }
}

/* |error| in units of Q17, at and between the table's points, and around every
 * power of two. */
TEST(log10)
{
    const double floor_log = -15.0 * log10(2.0) * 0x1p17;
    double worst = 0.0;

    expect_equal(nnsp_log10_q17(0), lround(floor_log));
    expect_equal(nnsp_log10_q17((UINT64_C(1) << 30) - 1), lround(floor_log));
    expect_equal(nnsp_log10_q17(UINT64_C(1) << 45), 0);
    for (int e = 30; e < 64; e++) {
        expect_equal(nnsp_log10_q17(UINT64_C(1) << e),
                     lround((e - 45) * log10(2.0) * 0x1p17));
        for (int i = 0; i < 5003; i++) {
            uint64_t x = (UINT64_C(1) << e) +
                         (uint64_t)(((double)(UINT64_C(1) << e) * i) / 5003.0);
            double want = log10((double)x * 0x1p-45) * 0x1p17;

            worst = fmax(worst, fabs(nnsp_log10_q17(x) - want));
        }
    }
    printf("log10: worst error %.2f units of 2^-17 (%.1e)\n", worst,
           worst * 0x1p-17);
    expect(worst < 3.0);
    expect(nnsp_log10_q17(UINT64_MAX) <= 19 * 39457 + 1);
}

static void check_curve(int16_t (*f)(int32_t), double (*exact)(double),
                        const char *name)
{
    double worst = 0.0;
    int32_t before = f(-70000);

    for (int32_t z = -70000; z <= 70000; z++) {
        int32_t y = f(z);
        double want = fmin(exact(z / 4096.0) * 32768.0, 32767.0);

        worst = fmax(worst, fabs(y - want));
        expect(y >= before);
        before = y;
    }
    printf("%s: worst error %.2f units of 2^-15\n", name, worst);
    expect(worst < 2.0);
}

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static int16_t activate(int activation, int32_t z)
{
    int16_t y[2] = {0, 99};

    nnsp_activate(activation, y, &z, 1);
    expect_equal(y[1], 99);
    return y[0];
}

TEST(activations)
{
    check_curve(nnsp_tanh, tanh, "tanh");
    check_curve(nnsp_sigmoid, sigmoid, "sigmoid");
    expect_equal(nnsp_tanh(0), 0);
    expect_equal(nnsp_sigmoid(0), 16384);
    for (int32_t z = 0; z < 70000; z += 7)
        expect_equal(nnsp_tanh(-z), -nnsp_tanh(z));
    expect_equal(nnsp_tanh(INT32_MAX), 32767);
    expect_equal(nnsp_tanh(-INT32_MAX), -32767);
    expect_equal(nnsp_sigmoid(INT32_MAX), 32767);
    expect_equal(nnsp_sigmoid(-INT32_MAX), 0);

    expect_equal(activate(NNSP_RELU6, -1), 0);
    expect_equal(activate(NNSP_RELU6, 100), 100);
    expect_equal(activate(NNSP_RELU6, INT32_MAX), 24576);
    expect_equal(activate(NNSP_LINEAR, 40000), 32767);
    expect_equal(activate(NNSP_LINEAR, -123), -123);
    expect_equal(activate(NNSP_TANH, 4096), nnsp_tanh(4096));
    expect_equal(activate(NNSP_SIGMOID, 9), nnsp_sigmoid(9));
}

/* Bins 0..256 of 512 samples, by definition. */
static void dft(double bins[][2], const double *x)
{
    for (int k = 0; k <= 256; k++) {
        bins[k][0] = bins[k][1] = 0.0;
        for (int n = 0; n < 512; n++) {
            double angle = 2.0 * M_PI * (k * n % 512) / 512.0;

            bins[k][0] += x[n] * cos(angle);
            bins[k][1] -= x[n] * sin(angle);
        }
    }
}

static double snr_db(double signal, double error)
{
    return 10.0 * log10(signal / fmax(error, 1e-30));
}

/* Noise of a given size through the FFT and back. */
static void check_fft(double amplitude, double least_forward_db,
                      double least_round_trip_db)
{
    static int32_t z[256][2];
    double x[512], bins[257][2];
    double signal = 0.0, error = 0.0, power = 0.0, difference = 0.0;
    struct se_rng rng;

    se_rng_seed(&rng, 1, 0);
    for (int n = 0; n < 512; n++) {
        int32_t value = (int32_t)se_rng_uniform(&rng, -amplitude, amplitude);

        x[n] = value;
        z[nnsp_fft_place(n / 2)][n % 2] = value;
        power += x[n] * x[n];
    }
    dft(bins, x);
    nnsp_fft_forward(z);
    for (int k = 0; k <= 256; k++) {
        int32_t re = k == 256 ? z[0][1] : z[k][0];
        int32_t im = k == 0 || k == 256 ? 0 : z[k][1];

        signal += bins[k][0] * bins[k][0] + bins[k][1] * bins[k][1];
        error += pow(re - bins[k][0], 2.0) + pow(im - bins[k][1], 2.0);
    }
    for (int k = 0; k < 256; k++) {
        z[k][0] /= 2;
        z[k][1] /= 2;
    }
    nnsp_fft_inverse(z);
    for (int n = 0; n < 512; n++)
        difference += pow(z[nnsp_fft_place(n / 2)][n % 2] / 8.0 - x[n], 2.0);
    printf("FFT of noise up to %.0f: %.1f dB; and back: %.1f dB\n", amplitude,
           snr_db(signal, error), snr_db(power, difference));
    expect(snr_db(signal, error) > least_forward_db);
    expect(snr_db(power, difference) > least_round_trip_db);
}

TEST(fft)
{
    check_fft(256.0, 50.0, 50.0); /* one unit of a sample: Q8 */
    check_fft(0x1p14, 85.0, 85.0);
    check_fft(0x1p22, 130.0, 130.0);
}

/* One sample anywhere: every bin has its size. */
TEST(fft_impulses)
{
    static int32_t z[256][2];

    for (int n = 0; n < 512; n++) {
        for (int k = 0; k < 256; k++)
            z[k][0] = z[k][1] = 0;
        z[nnsp_fft_place(n / 2)][n % 2] = 1 << 20;
        nnsp_fft_forward(z);
        for (int k = 1; k < 256; k++) {
            double angle = -2.0 * M_PI * (k * n % 512) / 512.0;

            expect_near(z[k][0], 0x1p20 * cos(angle), 16.0);
            expect_near(z[k][1], 0x1p20 * sin(angle), 16.0);
        }
        expect_equal(z[0][0], 1 << 20);
        expect_equal(z[0][1], n % 2 ? -(1 << 20) : 1 << 20);
    }
}

TEST(fft_place)
{
    char taken[256] = {0};

    for (int n = 0; n < 256; n++) {
        int place = nnsp_fft_place(n);

        expect_range(place, 0, 255);
        expect_equal(taken[place]++, 0);
        expect_equal(nnsp_fft_place(place), n);
    }
    expect_equal(nnsp_fft_place(0x1b), 0xe4); /* 0123 in base 4 */
}
