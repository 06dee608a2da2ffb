/* fft.c - a complex radix-4 FFT of 256 points, and the step between it and the
 * spectrum of 512 real samples.
 *
 * Products with a factor of modulus 1 come from nnsp_mulh at half their value,
 * since the factor is Q31: forward doubles them again, inverse wants each
 * stage halved anyway. By Cauchy and Schwarz, a sum of 4^s numbers is at most
 * 2^s times the root of their energy, so halving s times keeps it in range. */
#include "nnsp/fft.h"

#include "nnsp/fixed.h"
#include "nnsp/tables.h"

enum { N = 256 };

struct complex {
    int32_t re, im;
};

/* exp(j 2 pi m / 512), m = 0..383, Q31. */
static struct complex turn(int m)
{
    struct complex w;

    if (m <= 128) {
        w.re = nnsp_sine[128 - m];
        w.im = nnsp_sine[m];
    } else if (m <= 256) {
        w.re = -nnsp_sine[m - 128];
        w.im = nnsp_sine[256 - m];
    } else {
        w.re = -nnsp_sine[384 - m];
        w.im = -nnsp_sine[m - 256];
    }
    return w;
}

/* z w / 2 */
static struct complex half_turned(const int32_t z[2], struct complex w)
{
    struct complex y;

    y.re = nnsp_mlsh(nnsp_mulh(z[0], w.re), z[1], w.im);
    y.im = nnsp_mlah(nnsp_mulh(z[1], w.re), z[0], w.im);
    return y;
}

/* z conj(w) / 2 */
static struct complex half_turned_back(const int32_t z[2], struct complex w)
{
    struct complex y;

    y.re = nnsp_mlah(nnsp_mulh(z[0], w.re), z[1], w.im);
    y.im = nnsp_mlsh(nnsp_mulh(z[1], w.re), z[0], w.im);
    return y;
}

/* Four transforms of `m` points become one of 4 m; element j of each. */
static void join(int32_t z[][2], int m, int j)
{
    struct complex b, c, d;

    if (j == 0) {
        b = (struct complex){z[m][0], z[m][1]};
        c = (struct complex){z[2 * m][0], z[2 * m][1]};
        d = (struct complex){z[3 * m][0], z[3 * m][1]};
    } else {
        int angle = j * (N / 2 / m);

        b = half_turned_back(z[m], turn(angle));
        c = half_turned_back(z[2 * m], turn(2 * angle));
        d = half_turned_back(z[3 * m], turn(3 * angle));
        b.re *= 2, b.im *= 2, c.re *= 2, c.im *= 2, d.re *= 2, d.im *= 2;
    }

    struct complex s = {z[0][0] + c.re, z[0][1] + c.im};
    struct complex t = {z[0][0] - c.re, z[0][1] - c.im};
    struct complex u = {b.re + d.re, b.im + d.im};
    struct complex v = {b.re - d.re, b.im - d.im};

    z[0][0] = s.re + u.re;
    z[0][1] = s.im + u.im;
    z[m][0] = t.re + v.im;
    z[m][1] = t.im - v.re;
    z[2 * m][0] = s.re - u.re;
    z[2 * m][1] = s.im - u.im;
    z[3 * m][0] = t.re - v.im;
    z[3 * m][1] = t.im + v.re;
}

/* The real signal's even samples are the real parts, its odd ones the
 * imaginary parts: bins k and 256 - k of both come apart here. */
static void split(int32_t z[N][2])
{
    int32_t sum = z[0][0] + z[0][1], difference = z[0][0] - z[0][1];

    z[0][0] = sum;
    z[0][1] = difference;
    z[N / 2][1] = -z[N / 2][1];
    for (int k = 1; k < N / 2; k++) {
        int32_t *a = z[k], *b = z[N - k];
        int32_t even_re = (a[0] + b[0]) >> 1, even_im = (a[1] - b[1]) >> 1;
        int32_t odd[2] = {a[1] + b[1], b[0] - a[0]};
        struct complex p = half_turned_back(odd, turn(k));

        a[0] = even_re + p.re;
        a[1] = even_im + p.im;
        b[0] = even_re - p.re;
        b[1] = p.im - even_im;
    }
}

void nnsp_fft_forward(int32_t z[N][2])
{
    for (int m = 1; m < N; m *= 4)
        for (int j = 0; j < m; j++)
            for (int i = j; i < N; i += 4 * m)
                join(z + i, m, j);
    split(z);
}

static void unsplit(int32_t z[N][2])
{
    int32_t sum = z[0][0] + z[0][1], difference = z[0][0] - z[0][1];

    z[0][0] = sum >> 1;
    z[0][1] = difference >> 1;
    z[N / 2][1] = -z[N / 2][1];
    for (int k = 1; k < N / 2; k++) {
        int32_t *a = z[k], *b = z[N - k];
        int32_t even_re = (a[0] + b[0]) >> 1, even_im = (a[1] - b[1]) >> 1;
        int32_t odd[2] = {a[0] - b[0], a[1] + b[1]};
        struct complex p = half_turned(odd, turn(k));

        a[0] = even_re - p.im;
        a[1] = even_im + p.re;
        b[0] = even_re + p.im;
        b[1] = p.re - even_im;
    }
}

static void store_half(int32_t z[2], int32_t re, int32_t im, int angle)
{
    int32_t x[2] = {re, im};

    if (angle == 0) {
        z[0] = re >> 1;
        z[1] = im >> 1;
    } else {
        struct complex y = half_turned(x, turn(angle));

        z[0] = y.re;
        z[1] = y.im;
    }
}

/* One inverse transform of 4 m points becomes four of `m`; element j of each.
 */
static void part(int32_t z[][2], int m, int j)
{
    int angle = j * (N / 2 / m);
    struct complex s = {z[0][0] + z[2 * m][0], z[0][1] + z[2 * m][1]};
    struct complex t = {z[0][0] - z[2 * m][0], z[0][1] - z[2 * m][1]};
    struct complex u = {z[m][0] + z[3 * m][0], z[m][1] + z[3 * m][1]};
    struct complex v = {z[m][0] - z[3 * m][0], z[m][1] - z[3 * m][1]};

    store_half(z[0], s.re + u.re, s.im + u.im, 0);
    store_half(z[m], t.re - v.im, t.im + v.re, angle);
    store_half(z[2 * m], s.re - u.re, s.im - u.im, 2 * angle);
    store_half(z[3 * m], t.re + v.im, t.im - v.re, 3 * angle);
}

void nnsp_fft_inverse(int32_t z[N][2])
{
    unsplit(z);
    for (int m = N / 4; m >= 1; m /= 4)
        for (int j = 0; j < m; j++)
            for (int i = j; i < N; i += 4 * m)
                part(z + i, m, j);
}
