/* fft_split.c - the step between the transform of pairs of samples and the
 * spectrum: the definition. */
#include "nnsp/fft_stage.h"
#include "nnsp/fixed.h"
#include "nnsp/tables.h"

#if !NNSP_MVE

enum { N = NNSP_FFT_COMPLEX };

struct complex {
    int32_t re, im;
};

/* exp(j 2 pi m / 512), m = 0..128, Q31. */
static inline struct complex turn(int m)
{
    struct complex w = {nnsp_sine[128 - m], nnsp_sine[m]};

    return w;
}

/* z w / 2 */
static inline struct complex half_turned(const int32_t z[2], struct complex w)
{
    struct complex y;

    y.re = nnsp_mlsh(nnsp_mulh(z[0], w.re), z[1], w.im);
    y.im = nnsp_mlah(nnsp_mulh(z[1], w.re), z[0], w.im);
    return y;
}

/* z conj(w) / 2 */
static inline struct complex half_turned_back(const int32_t z[2],
                                              struct complex w)
{
    struct complex y;

    y.re = nnsp_mlah(nnsp_mulh(z[0], w.re), z[1], w.im);
    y.im = nnsp_mlsh(nnsp_mulh(z[1], w.re), z[0], w.im);
    return y;
}

/* The real signal's even samples are the real parts, its odd ones the
 * imaginary parts: bins k and 256 - k of both come apart here. */
void nnsp_fft_split(int32_t z[N][2])
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

void nnsp_fft_unsplit(int32_t z[N][2])
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

#endif
