/* loss_private.h - what the files of the losses share. */
#ifndef SE_NN_LOSS_PRIVATE_H
#define SE_NN_LOSS_PRIVATE_H

#include "nn/loss.h"

/* The bins of one frame of one row, as the loops see them. */
struct se_loss_span {
    se_real *d;       /* derivative, added to */
    const se_real *g; /* mask */
    const se_real *A, *a, *p;
    const se_real *X, *S; /* [n][2] */
    int n;
};

/* Sums over a span of frames, from which ratios are made. Of samples only
 * clean, masked and cross exist. */
struct se_loss_sums {
    double clean;      /* a^2 */
    double noisy;      /* A^2 */
    double noisy_real; /* p */
    double masked;     /* g^2 A^2 */
    double product;    /* gA a */
    double real;       /* gp = Re(gX conj S) */
    double imaginary;  /* Im(gX conj S) */
    double linear;     /* gA^2 */
};

/* The derivatives of a ratio by the sums that the mask moves. */
struct se_loss_slopes {
    double masked, product, real, imaginary, linear;
};

/* `floor` is added to energies, so that silence neither divides by zero nor
 * counts for much. Slopes come in as zeros. */
typedef double se_loss_ratio(struct se_loss_slopes *slopes,
                             const struct se_loss_sums *sums, double floor);

/* The errors e[] of each bin of the span; scale times their derivatives are
 * added to d. */
typedef void se_loss_bins(se_real *restrict e, se_real *restrict d,
                          const struct se_loss_span *span,
                          const se_real *parameter, se_real scale);

struct se_loss_evaluation;

/* The value of steps `start` to `end` of `row`, its derivative added. */
typedef double se_loss_segment(const struct se_loss_evaluation *on, int row,
                               int start, int end);

enum se_loss_needs {
    SE_LOSS_MAGNITUDES,
    SE_LOSS_PHASE,
    SE_LOSS_SPECTRA,
    SE_LOSS_SYNTHESIS, /* a ratio of samples */
};

struct se_loss_kind {
    const char *name;
    enum se_loss_needs needs; /* and all before it */
    se_loss_bins *bins;       /* exactly one of the three */
    se_loss_ratio *ratio;
    se_loss_segment *segment; /* at most SE_LOSS_ESTOI_FRAMES long */
    struct {
        const char *name;
        double value;
    } parameters[SE_LOSS_MAX_PARAMETERS + 1];
};

/* The parameters of all that sees more than bins. */
enum { SE_LOSS_SPAN, SE_LOSS_FLOOR };

/* What a term is worked out on. */
struct se_loss_evaluation {
    const struct se_loss_term *term;
    const struct se_loss_target *target;
    se_real *d;
    const se_real *g;
    int steps, rows, bins;
    se_real scale;
};

struct se_loss_span se_loss_span_of(const struct se_loss_evaluation *on,
                                    int step, int row);

/* Those of the row that count. */
int se_loss_frames(const struct se_loss_evaluation *on, int row);

/* A term of spans: its value, with the derivative added to on->d. */
double se_loss_eval_spans(const struct se_loss_evaluation *on);

/* Sums in the same order on every machine. */
double se_loss_sum(const se_real *x, int n);
double se_loss_dot(const se_real *x, const se_real *y, int n);

se_loss_bins se_loss_mse, se_loss_magmse, se_loss_magmae, se_loss_logmse,
    se_loss_lsd, se_loss_magcomp, se_loss_asym, se_loss_is, se_loss_kl,
    se_loss_binsdr, se_loss_xent;
se_loss_bins se_loss_cmse, se_loss_cmae, se_loss_rimae, se_loss_psa,
    se_loss_ccomp, se_loss_blend, se_loss_sdw;

enum { SE_LOSS_ESTOI_FRAMES = 64 };

se_loss_segment se_loss_estoi;

se_loss_ratio se_loss_sdr, se_loss_magsdr, se_loss_sisdr, se_loss_corr,
    se_loss_magcorr, se_loss_coherence, se_loss_wsdr;

#endif
