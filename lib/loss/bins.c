/* bins.c - losses that are means of errors of single bins, each with its
 * derivative with respect to the mask. */
#include "loss/loss_private.h"

#include "base/real_math.h"
#include "base/simd.h"

/* ---- magnitudes ---------------------------------------------------------- */

/* ((gA + eps)^exponent - (a + eps)^exponent)^2: the original's. */
SE_MULTIVERSION
void se_loss_mse(se_real *restrict e, se_real *restrict d,
                 const struct se_loss_frame *s, const se_real *parameter,
                 se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real exponent = parameter[0], eps = parameter[1];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * A[i] + eps;
        se_real u = se_real_pow(x, exponent);
        se_real diff = u - se_real_pow(a[i] + eps, exponent);

        e[i] = diff * diff;
        d[i] += scale * 2 * diff * exponent * u / x * A[i];
    }
}

/* (gA - a)^2 */
SE_MULTIVERSION
void se_loss_magmse(se_real *restrict e, se_real *restrict d,
                    const struct se_loss_frame *s, const se_real *parameter,
                    se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;

    (void)parameter;
    for (int i = 0; i < s->n; i++) {
        se_real diff = g[i] * A[i] - a[i];

        e[i] = diff * diff;
        d[i] += scale * 2 * diff * A[i];
    }
}

/* |gA - a| */
SE_MULTIVERSION
void se_loss_magmae(se_real *restrict e, se_real *restrict d,
                    const struct se_loss_frame *s, const se_real *parameter,
                    se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;

    (void)parameter;
    for (int i = 0; i < s->n; i++) {
        se_real diff = g[i] * A[i] - a[i];

        e[i] = diff < 0 ? -diff : diff;
        d[i] += scale * se_real_sign(diff) * A[i];
    }
}

/* (ln(gA + eps) - ln(a + eps))^2 */
SE_MULTIVERSION
void se_loss_logmse(se_real *restrict e, se_real *restrict d,
                    const struct se_loss_frame *s, const se_real *parameter,
                    se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real eps = parameter[0];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * A[i] + eps;
        se_real diff = se_real_log(x) - se_real_log(a[i] + eps);

        e[i] = diff * diff;
        d[i] += scale * 2 * diff * A[i] / x;
    }
}

/* Log-spectral distance in dB: the root of the mean of D^2 over the frame's
 * bins, D = 10 log10((g^2 A^2 + floor) / (a^2 + floor)). */
SE_MULTIVERSION
void se_loss_lsd(se_real *restrict e, se_real *restrict d,
                 const struct se_loss_frame *s, const se_real *parameter,
                 se_real scale)
{
    const se_real db = (se_real)4.342944819, least = (se_real)1e-6;
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real floor = parameter[0], squares[SE_LOSS_MAX_BINS];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;

        e[i] = db * (se_real_log(x) - se_real_log(a[i] * a[i] + floor));
        squares[i] = e[i] * e[i];
    }

    se_real r =
        se_real_sqrt((se_real)se_loss_sum(squares, s->n) / (se_real)s->n);
    se_real slope = scale * db * 2 / se_real_max(r, least);

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;

        d[i] += slope * e[i] * g[i] * A[i] * A[i] / x;
        e[i] = r;
    }
}

/* max(v - u, 0)^2, u = |gX|^c, v = |S|^c: speech removed. */
SE_MULTIVERSION
void se_loss_asym(se_real *restrict e, se_real *restrict d,
                  const struct se_loss_frame *s, const se_real *parameter,
                  se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real c = parameter[0], floor = parameter[1];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;
        se_real u = se_real_pow(x, c / 2);
        se_real lack =
            se_real_max(se_real_pow(a[i] * a[i] + floor, c / 2) - u, 0);

        e[i] = lack * lack;
        d[i] -= scale * 2 * lack * (c * g[i] * A[i] * A[i] * u / x);
    }
}

/* Itakura-Saito: r - ln r - 1, r = (a^2 + floor) / (g^2 A^2 + floor). */
SE_MULTIVERSION
void se_loss_is(se_real *restrict e, se_real *restrict d,
                const struct se_loss_frame *s, const se_real *parameter,
                se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real floor = parameter[0];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;
        se_real r = (a[i] * a[i] + floor) / x;

        e[i] = r - se_real_log(r) - 1;
        d[i] += scale * 2 * g[i] * A[i] * A[i] * (1 - r) / x;
    }
}

/* Kullback-Leibler: v ln(v / u) - v + u, u = gA + eps, v = a + eps. */
SE_MULTIVERSION
void se_loss_kl(se_real *restrict e, se_real *restrict d,
                const struct se_loss_frame *s, const se_real *parameter,
                se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real eps = parameter[0];

    for (int i = 0; i < s->n; i++) {
        se_real u = g[i] * A[i] + eps, v = a[i] + eps;

        e[i] = v * (se_real_log(v) - se_real_log(u)) - v + u;
        d[i] += scale * A[i] * (1 - v / u);
    }
}

/* ln(((gA - a)^2 + eps) / (a^2 + eps)): the original's loss_sdr. */
SE_MULTIVERSION
void se_loss_binsdr(se_real *restrict e, se_real *restrict d,
                    const struct se_loss_frame *s, const se_real *parameter,
                    se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real eps = parameter[0];

    for (int i = 0; i < s->n; i++) {
        se_real diff = g[i] * A[i] - a[i];
        se_real x = diff * diff + eps;

        e[i] = se_real_log(x) - se_real_log(a[i] * a[i] + eps);
        d[i] += scale * 2 * diff * A[i] / x;
    }
}

/* -a ln max(g, eps): the original's cross_entropy. */
SE_MULTIVERSION
void se_loss_xent(se_real *restrict e, se_real *restrict d,
                  const struct se_loss_frame *s, const se_real *parameter,
                  se_real scale)
{
    const se_real *g = s->g, *a = s->a;
    se_real eps = parameter[0];

    for (int i = 0; i < s->n; i++) {
        se_real x = se_real_max(g[i], eps);

        e[i] = -a[i] * se_real_log(x);
        d[i] -= g[i] < eps ? 0 : scale * a[i] / x;
    }
}

/* ---- complex numbers ----------------------------------------------------- */

/* |gX - S|^2 */
SE_MULTIVERSION
void se_loss_cmse(se_real *restrict e, se_real *restrict d,
                  const struct se_loss_frame *s, const se_real *parameter,
                  se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a, *p = s->p;

    (void)parameter;
    for (int i = 0; i < s->n; i++) {
        se_real gA = g[i] * A[i];

        e[i] = gA * gA + a[i] * a[i] - 2 * g[i] * p[i];
        d[i] += scale * 2 * (gA * A[i] - p[i]);
    }
}

/* |gX - S| */
SE_MULTIVERSION
void se_loss_cmae(se_real *restrict e, se_real *restrict d,
                  const struct se_loss_frame *s, const se_real *parameter,
                  se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a, *p = s->p;
    se_real eps = parameter[0];

    for (int i = 0; i < s->n; i++) {
        se_real gA = g[i] * A[i];
        se_real square = gA * gA + a[i] * a[i] - 2 * g[i] * p[i];

        e[i] = se_real_sqrt(se_real_max(square, 0));
        d[i] += scale * (gA * A[i] - p[i]) / se_real_max(e[i], eps);
    }
}

/* |Re(gX - S)| + |Im(gX - S)| */
SE_MULTIVERSION
void se_loss_rimae(se_real *restrict e, se_real *restrict d,
                   const struct se_loss_frame *s, const se_real *parameter,
                   se_real scale)
{
    const se_real *g = s->g, *X = s->X, *S = s->S;

    (void)parameter;
    for (int i = 0; i < s->n; i++) {
        se_real re = g[i] * X[2 * i] - S[2 * i];
        se_real im = g[i] * X[2 * i + 1] - S[2 * i + 1];

        e[i] = re * se_real_sign(re) + im * se_real_sign(im);
        d[i] += scale *
                (X[2 * i] * se_real_sign(re) + X[2 * i + 1] * se_real_sign(im));
    }
}

/* (gA - a cos D)^2, D the angle between X and S; with `clip` the target
 * a cos D is held in 0 to A, where a mask of 0 to 1 can reach it. */
SE_MULTIVERSION
void se_loss_psa(se_real *restrict e, se_real *restrict d,
                 const struct se_loss_frame *s, const se_real *parameter,
                 se_real scale)
{
    const se_real least = (se_real)1e-12;
    const se_real *g = s->g, *A = s->A, *p = s->p;
    int clip = parameter[0] > 0;

    for (int i = 0; i < s->n; i++) {
        se_real toward = p[i] / se_real_max(A[i], least);
        se_real reachable = toward < 0 ? 0 : toward > A[i] ? A[i] : toward;
        se_real diff = g[i] * A[i] - (clip ? reachable : toward);

        e[i] = diff * diff;
        d[i] += scale * 2 * diff * A[i];
    }
}

/* Speech distortion weighted: alpha ((1 - g) a)^2
 * + (1 - alpha) (g |X - S|)^2, the speech lost and the noise left. */
SE_MULTIVERSION
void se_loss_sdw(se_real *restrict e, se_real *restrict d,
                 const struct se_loss_frame *s, const se_real *parameter,
                 se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a, *p = s->p;
    se_real alpha = parameter[0];

    for (int i = 0; i < s->n; i++) {
        se_real speech = alpha * a[i] * a[i], h = 1 - g[i];
        se_real noise = A[i] * A[i] + a[i] * a[i] - 2 * p[i];

        noise = (1 - alpha) * se_real_max(noise, 0);
        e[i] = h * h * speech + g[i] * g[i] * noise;
        d[i] += scale * 2 * (g[i] * noise - h * speech);
    }
}

/* ---- compressed ---------------------------------------------------------- */

/* (u - v)^2, u = |gX|^c, v = |S|^c */
SE_MULTIVERSION
void se_loss_magcomp(se_real *restrict e, se_real *restrict d,
                     const struct se_loss_frame *s, const se_real *parameter,
                     se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real c = parameter[0], floor = parameter[1];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;
        se_real u = se_real_pow(x, c / 2);
        se_real diff = u - se_real_pow(a[i] * a[i] + floor, c / 2);

        e[i] = diff * diff;
        d[i] += scale * 2 * diff * (c * g[i] * A[i] * A[i] * u / x);
    }
}

/* (1 - alpha) (u - v)^2 + alpha |u e^jX - v e^jS|^2 */
SE_MULTIVERSION
void se_loss_blend(se_real *restrict e, se_real *restrict d,
                   const struct se_loss_frame *s, const se_real *parameter,
                   se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a, *p = s->p;
    se_real c = parameter[0], alpha = parameter[1], floor = parameter[2];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;
        se_real u = se_real_pow(x, c / 2);
        se_real v = se_real_pow(a[i] * a[i] + floor, c / 2);
        se_real product = A[i] * a[i];
        se_real cosine = p[i] / (product > floor ? product : floor);
        se_real toward = v * (1 - alpha + alpha * cosine);

        e[i] = u * u + v * v - 2 * u * toward;
        d[i] += scale * 2 * (u - toward) * (c * g[i] * A[i] * A[i] * u / x);
    }
}

/* |u e^jX - v e^jS|^2 */
void se_loss_ccomp(se_real *restrict e, se_real *restrict d,
                   const struct se_loss_frame *s, const se_real *parameter,
                   se_real scale)
{
    const se_real blend[] = {parameter[0], 1, parameter[1]};

    se_loss_blend(e, d, s, blend, scale);
}
