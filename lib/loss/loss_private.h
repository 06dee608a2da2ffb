/* loss_private.h - what the files of the losses share.
 *
 * A new loss is one formula and one row of the table:
 *   - a mean of errors of single bins: a se_loss_bins, in bins.c or a file of
 *     its own;
 *   - a ratio of sums over a span of frames: a se_loss_ratio, in ratio.c;
 *   - anything else that sees whole frames: a se_loss_span in a file of its own
 *     (see estoi.c).
 * Declare it below, add its row and its line of help in table.c, its formula in
 * se-train(1) and its name in tests/unit/double/losses.h, where the
 * derivatives of all losses are held against differences. The files call one
 * another in this order: frame; bins, ratio, estoi, ear, pmsqe and the like,
 * span; table; parse and the loss itself. */
#ifndef SE_LOSS_LOSS_PRIVATE_H
#define SE_LOSS_LOSS_PRIVATE_H

#include "loss/loss.h"

/* ---- frame.c ------------------------------------------------------------- */

/* What a term is evaluated on. */
struct se_loss_evaluation {
    const struct se_loss_term *term;
    const struct se_loss_target *target;
    se_real *d;       /* derivative, added to */
    const se_real *g; /* mask */
    se_real scale;    /* of the derivative */
};

/* The bins of one frame of one row, named as in se_loss_target. */
struct se_loss_frame {
    se_real *d;
    const se_real *g;
    const se_real *A, *a, *p; /* p NULL unless phases are known */
    const se_real *X, *S;     /* [n][2]; NULL unless needed */
    int n;
};

struct se_loss_frame se_loss_frame_at(const struct se_loss_evaluation *on,
                                      int frame, int row);

/* The frames of the row that count. */
int se_loss_length(const struct se_loss_target *target, int row);

/* Powers of the frame's bins, clean[n] and masked[n]. */
void se_loss_square(se_real *clean, se_real *masked,
                    const struct se_loss_frame *frame);

/* Sums in the same order on every machine. */
double se_loss_sum(const se_real *x, int n);
double se_loss_dot(const se_real *x, const se_real *y, int n);

/* ---- errors of single bins ----------------------------------------------- */

/* Writes the errors e[n] of a frame's bins; adds scale times their derivatives
 * to d. */
typedef void se_loss_bins(se_real *restrict e, se_real *restrict d,
                          const struct se_loss_frame *frame,
                          const se_real *parameter, se_real scale);

se_loss_bins se_loss_mse, se_loss_magmse, se_loss_magmae, se_loss_logmse,
    se_loss_lsd, se_loss_magcomp, se_loss_asym, se_loss_is, se_loss_kl,
    se_loss_binsdr, se_loss_xent;
se_loss_bins se_loss_cmse, se_loss_cmae, se_loss_rimae, se_loss_psa,
    se_loss_ccomp, se_loss_blend, se_loss_sdw;

/* ---- ratios -------------------------------------------------------------- */

/* Sums over a span of frames, from which ratios are made. Of samples only
 * clean, masked and real exist. */
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

se_loss_ratio se_loss_sdr, se_loss_magsdr, se_loss_sisdr, se_loss_corr,
    se_loss_magcorr, se_loss_coherence, se_loss_wsdr;

/* ---- spans of frames ----------------------------------------------------- */

/* The parameters of all losses of spans come first. */
enum { SE_LOSS_SPAN, SE_LOSS_FLOOR };

/* Returns the value of frames `start` to `end` of `row`, where a span of n
 * frames counts n times; adds on->scale times its derivative to on->d. */
typedef double se_loss_span(const struct se_loss_evaluation *on, int row,
                            int start, int end);

/* The term's ratio, of the spectra or of the samples of the span. */
se_loss_span se_loss_of_spectra, se_loss_of_samples;

enum { SE_LOSS_ESTOI_FRAMES = 64, SE_LOSS_PMSQE_FRAMES = 64 };

se_loss_span se_loss_stoi, se_loss_estoi; /* at most SE_LOSS_ESTOI_FRAMES */
se_loss_span se_loss_pmsqe;               /* at most SE_LOSS_PMSQE_FRAMES */

/* ---- table.c ------------------------------------------------------------- */

enum se_loss_needs {
    SE_LOSS_MAGNITUDES,
    SE_LOSS_PHASE,
    SE_LOSS_SPECTRA,
    SE_LOSS_SYNTHESIS,
};

struct se_loss_kind {
    const char *name;
    enum se_loss_needs needs; /* and all before it */
    se_loss_bins *bins;       /* this one or `span` */
    se_loss_span *span;
    int max_frames;       /* of a span; 0: as many as there are */
    se_loss_ratio *ratio; /* for the span, if it is one */
    struct {
        const char *name;
        double value; /* default */
    } parameters[SE_LOSS_MAX_PARAMETERS + 1];
};

/* The rows of the table, one by one; NULL after the last. */
const struct se_loss_kind *se_loss_kind_at(int index);

#endif
