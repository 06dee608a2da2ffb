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

/* Four transforms of `m` points become one: elements z[0], z[m], z[2 m] and
 * z[3 m] of it, from z[0] and the other three turned, b, c, d, each times
 * `scale`. */
static inline void join(int32_t z[][2], int m, struct complex b,
                        struct complex c, struct complex d, int32_t scale)
{
    struct complex s = {z[0][0] + scale * c.re, z[0][1] + scale * c.im};
    struct complex t = {z[0][0] - scale * c.re, z[0][1] - scale * c.im};
    struct complex u = {b.re + d.re, b.im + d.im};
    struct complex v = {b.re - d.re, b.im - d.im};

    z[0][0] = s.re + scale * u.re;
    z[0][1] = s.im + scale * u.im;
    z[m][0] = t.re + scale * v.im;
    z[m][1] = t.im - scale * v.re;
    z[2 * m][0] = s.re - scale * u.re;
    z[2 * m][1] = s.im - scale * u.im;
    z[3 * m][0] = t.re - scale * v.im;
    z[3 * m][1] = t.im + scale * v.re;
}

static inline struct complex at(const int32_t z[2])
{
    struct complex x = {z[0], z[1]};

    return x;
}

/* All elements j of the transforms of 4 m points; `m` is a constant wherever
 * this is called. */
static inline void join_all(int32_t z[N][2], int m)
{
    for (int i = 0; i < N; i += 4 * m)
        join(z + i, m, at(z[i + m]), at(z[i + 2 * m]), at(z[i + 3 * m]), 1);
    for (int j = 1; j < m; j++) {
        int angle = j * (N / 2 / m);
        struct complex once = turn(angle), twice = turn(2 * angle);
        struct complex thrice = turn(3 * angle);

        for (int i = j; i < N; i += 4 * m)
            join(z + i, m, half_turned_back(z[i + m], once),
                 half_turned_back(z[i + 2 * m], twice),
                 half_turned_back(z[i + 3 * m], thrice), 2);
    }
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
    join_all(z, 1);
    join_all(z, 4);
    join_all(z, 16);
    join_all(z, 64);
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

/* One inverse transform of 4 m points becomes four of `m`: elements z[0], z[m],
 * z[2 m] and z[3 m] of it, the last three not turned yet. */
static inline void part(int32_t y[4][2], int32_t z[][2], int m)
{
    struct complex s = {z[0][0] + z[2 * m][0], z[0][1] + z[2 * m][1]};
    struct complex t = {z[0][0] - z[2 * m][0], z[0][1] - z[2 * m][1]};
    struct complex u = {z[m][0] + z[3 * m][0], z[m][1] + z[3 * m][1]};
    struct complex v = {z[m][0] - z[3 * m][0], z[m][1] - z[3 * m][1]};

    z[0][0] = (s.re + u.re) >> 1;
    z[0][1] = (s.im + u.im) >> 1;
    y[1][0] = t.re - v.im;
    y[1][1] = t.im + v.re;
    y[2][0] = s.re - u.re;
    y[2][1] = s.im - u.im;
    y[3][0] = t.re + v.im;
    y[3][1] = t.im - v.re;
}

static inline void put(int32_t z[2], struct complex x)
{
    z[0] = x.re;
    z[1] = x.im;
}

static inline void part_all(int32_t z[N][2], int m)
{
    int32_t y[4][2];

    for (int i = 0; i < N; i += 4 * m) {
        part(y, z + i, m);
        for (int k = 1; k < 4; k++) {
            z[i + k * m][0] = y[k][0] >> 1;
            z[i + k * m][1] = y[k][1] >> 1;
        }
    }
    for (int j = 1; j < m; j++) {
        int angle = j * (N / 2 / m);
        struct complex once = turn(angle), twice = turn(2 * angle);
        struct complex thrice = turn(3 * angle);

        for (int i = j; i < N; i += 4 * m) {
            part(y, z + i, m);
            put(z[i + m], half_turned(y[1], once));
            put(z[i + 2 * m], half_turned(y[2], twice));
            put(z[i + 3 * m], half_turned(y[3], thrice));
        }
    }
}

void nnsp_fft_inverse(int32_t z[N][2])
{
    unsplit(z);
    part_all(z, 64);
    part_all(z, 16);
    part_all(z, 4);
    part_all(z, 1);
}
