/* loss.h - the training loss of a mask, and its derivative.
 *
 * A loss is a weighted sum of terms from a table, written as text:
 *   mse                          the original's compressed magnitude error
 *   blend:c=0.3,alpha=0.3+0.02*sisdr
 * Families: errors of single bins (magnitude, complex, logarithmic, compressed,
 * divergences), ratios and correlations of sums over spans of frames, of
 * spectra or of samples, correlations of band envelopes, and disturbances as
 * the ear notices them. After S. Braun, I. Tashev, "A consolidated view of loss
 * functions for supervised deep learning-based speech enhancement" (2021), and
 * others; se-train(1) has the formulas. */
#ifndef SE_LOSS_LOSS_H
#define SE_LOSS_LOSS_H

#include "base/real.h"
#include "base/status.h"

enum {
    SE_LOSS_MAX_TERMS = 8,
    SE_LOSS_MAX_PARAMETERS = 4,
    SE_LOSS_MAX_BINS = 512,
    SE_LOSS_MAX_WINDOW = 1024,
};

/* From spectra to samples, for losses of samples: the caller's transform, as
 * this folder knows none. Frames overlap-add, `hop` apart. */
struct se_loss_synthesis {
    void *context;
    int hop, window; /* samples; window at most SE_LOSS_MAX_WINDOW */
    /* samples[window] that spectrum[bins][2] gives; linear. */
    void (*inverse)(void *context, se_real *samples, const se_real *spectrum);
    /* Its transpose: from the derivatives by the samples those by the real and
     * the imaginary parts. */
    void (*transpose)(void *context, se_real *spectrum, const se_real *samples);
    se_real *masked, *clean; /* scratch, [(frames - 1) * hop + window] each */
};

/* What the loss of a real mask g is computed from, for noisy X and clean S:
 * [frames][rows][bins] each; a row is a sequence. Levels: scaled so that
 * active speech has a mean power of about 1 in a bin. */
struct se_loss_target {
    int frames, rows, bins; /* at most SE_LOSS_MAX_BINS bins */
    const int *lengths;     /* [rows] frames of a row that count, the first
                               ones; the rest is padding; NULL: all count */
    const se_real *noisy;   /* A = |X| */
    const se_real *clean;   /* a = |S| */
    const se_real *cross;   /* p = Re(X conj S); NULL: phases are not known */

    /* NULL unless the loss needs them */
    const se_real *noisy_spectrum; /* X, [...][2] real and imaginary parts */
    const se_real *clean_spectrum; /* S */
    const struct se_loss_synthesis *synthesis;
};

struct se_loss_kind;

struct se_loss {
    int n_terms;
    int needs_phase;     /* a term uses `cross` */
    int needs_spectra;   /* a term uses the spectra; needs_phase is set, too */
    int needs_synthesis; /* a term uses `synthesis`; all three are set */
    struct se_loss_term {
        const struct se_loss_kind *kind;
        se_real weight;
        se_real parameter[SE_LOSS_MAX_PARAMETERS];
    } term[SE_LOSS_MAX_TERMS];
};

/* Reads the text above; errors list the names known. */
int se_loss_parse(struct se_loss *loss, const char *text,
                  struct se_report *report);

/* The names, one by one; NULL after the last. */
const char *se_loss_name(int index);

/* The name of a term of a loss. */
const char *se_loss_term_name(const struct se_loss_term *term);

/* A paragraph for --help, a loss a line: name, parameters with defaults, what
 * it is. */
const char *se_loss_list(void);

/* Returns the loss of mask[frames][rows][bins], summed over the frames that
 * count, each the mean of its bins (or the like, see the table); d_mask is
 * overwritten with `scale` times its derivative, 0 where frames do not count.
 */
double se_loss_eval(const struct se_loss *loss, se_real *d_mask,
                    const se_real *mask, const struct se_loss_target *target,
                    se_real scale);

#endif
