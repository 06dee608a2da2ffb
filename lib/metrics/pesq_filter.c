/* pesq_filter.c - filters given by their gain over frequency, and those given
 * by their coefficients.
 *
 * The former in double precision: where clean speech pauses completely, what
 * rings of this filter is all that there is to align by, and single precision
 * would bury it in noise. */
#include "dsp/stft.h"
#include "metrics/pesq_private.h"

#include <math.h>
#include <stdlib.h>

enum { RATE_HZ = SE_RATE_HZ };

/* ---- by gain ------------------------------------------------------------- */

/* Complex FFT of a power of two, and what it works on. */
struct spectrum {
    int n;
    double (*x)[2];    /* [n] */
    double (*turn)[2]; /* [n/2] exp(-2 pi j i / n) */
};

static int spectrum_create(struct spectrum *spectrum, int n,
                           struct se_report *report)
{
    size_t size = (size_t)n;

    spectrum->n = n;
    spectrum->x = calloc(size + size / 2, sizeof *spectrum->x);
    if (!spectrum->x)
        return se_fail_memory(report, "PESQ");
    spectrum->turn = spectrum->x + n;
    for (int i = 0; i < n / 2; i++) {
        spectrum->turn[i][0] = cos(2.0 * M_PI * i / n);
        spectrum->turn[i][1] = -sin(2.0 * M_PI * i / n);
    }
    return SE_OK;
}

/* Decimation in frequency: bin k ends up at place k with its bits reversed. */
static void forward(struct spectrum *spectrum)
{
    int n = spectrum->n;

    for (int half = n / 2, step = 1; half > 0; half /= 2, step *= 2) {
        for (int from = 0; from < n; from += 2 * half) {
            double(*a)[2] = spectrum->x + from, (*b)[2] = a + half;

            for (int i = 0; i < half; i++) {
                const double *w = spectrum->turn[i * step];
                double re = a[i][0] - b[i][0], im = a[i][1] - b[i][1];

                a[i][0] += b[i][0];
                a[i][1] += b[i][1];
                b[i][0] = w[0] * re - w[1] * im;
                b[i][1] = w[0] * im + w[1] * re;
            }
        }
    }
}

/* n times the inverse of the above, from that order of the bins. */
static void inverse(struct spectrum *spectrum)
{
    int n = spectrum->n;

    for (int half = 1, step = n / 2; half < n; half *= 2, step /= 2) {
        for (int from = 0; from < n; from += 2 * half) {
            double(*a)[2] = spectrum->x + from, (*b)[2] = a + half;

            for (int i = 0; i < half; i++) {
                const double *w = spectrum->turn[i * step];
                double re = w[0] * b[i][0] + w[1] * b[i][1];
                double im = w[0] * b[i][1] - w[1] * b[i][0];

                b[i][0] = a[i][0] - re;
                b[i][1] = a[i][1] - im;
                a[i][0] += re;
                a[i][1] += im;
            }
        }
    }
}

static double curve_db(const struct se_pesq_curve *curve, double hz)
{
    const struct se_pesq_point *p = curve->points;
    int i = 1;

    while (i < curve->n - 1 && p[i].hz < hz)
        i++;
    return p[i - 1].db + (p[i].db - p[i - 1].db) * (hz - p[i - 1].hz) /
                             (p[i].hz - p[i - 1].hz);
}

/* The places of bins k + 1 and k - 1 (mod n) from that of bin k: adding from
 * the highest bit down. */
static int next_place(int place, int n)
{
    int bit = n / 2;

    for (; place & bit; bit /= 2)
        place ^= bit;
    return place | bit;
}

static int previous_place(int place, int n)
{
    return n - 1 - next_place(n - 1 - place, n);
}

static void multiply(struct spectrum *spectrum, int place, double gain)
{
    spectrum->x[place][0] *= gain;
    spectrum->x[place][1] *= gain;
}

/* Bins k and n - k alike: a real filter without delay, so that the real and the
 * imaginary part are two signals that stay apart. */
static void apply_curve(struct spectrum *spectrum,
                        const struct se_pesq_curve *curve)
{
    int n = spectrum->n;
    double last_db = (double)NAN, gain = 0.0; /* NAN equals nothing */

    for (int k = 0, place = 0, mirrored = 0; k <= n / 2; k++) {
        double db = curve_db(curve, (double)k * RATE_HZ / n);

        if (db != last_db)
            gain = pow(10.0, (db - curve->db_at_1khz) / 20.0) / n;
        last_db = db;
        multiply(spectrum, place, gain);
        if (mirrored != place)
            multiply(spectrum, mirrored, gain);
        place = next_place(place, n);
        mirrored = previous_place(mirrored, n);
    }
}

static int fft_size(int n)
{
    int size = 2;

    while (size < n)
        size *= 2;
    return size;
}

/* Two of the same FFT size; b may be empty. */
static int filter_two(struct se_pesq_span a, struct se_pesq_span b,
                      const struct se_pesq_curve *curve,
                      struct se_report *report)
{
    struct spectrum spectrum;
    int status = spectrum_create(&spectrum, fft_size(a.n), report);

    if (status != SE_OK)
        return status;
    for (int i = 0; i < a.n; i++)
        spectrum.x[i][0] = (double)a.x[i];
    for (int i = 0; i < b.n; i++)
        spectrum.x[i][1] = (double)b.x[i];
    forward(&spectrum);
    apply_curve(&spectrum, curve);
    inverse(&spectrum);
    for (int i = 0; i < a.n; i++)
        a.x[i] = (float)spectrum.x[i][0];
    for (int i = 0; i < b.n; i++)
        b.x[i] = (float)spectrum.x[i][1];
    free(spectrum.x);
    return SE_OK;
}

int se_pesq_filter_by_curve(struct se_pesq_span a, struct se_pesq_span b,
                            const struct se_pesq_curve *curve,
                            struct se_report *report)
{
    const struct se_pesq_span none = {NULL, 0};

    if (fft_size(a.n) == fft_size(b.n))
        return filter_two(a, b, curve, report);

    int status = filter_two(a, none, curve, report);

    if (status == SE_OK)
        status = filter_two(b, none, curve, report);
    return status;
}

/* ---- by coefficients ----------------------------------------------------- */

void se_pesq_filter_by_sections(float *x, int n,
                                const struct se_pesq_section *sections,
                                int n_sections)
{
    for (int s = 0; s < n_sections; s++) {
        const double *b = sections[s].b, *a = sections[s].a;
        double x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0;

        for (int i = 0; i < n; i++) {
            double x0 = (double)x[i];
            double y0 =
                b[0] * x0 + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;

            x2 = x1;
            x1 = x0;
            y2 = y1;
            y1 = y0;
            x[i] = (float)y0;
        }
    }
}
