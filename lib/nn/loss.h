/* loss.h - how far a mask is from right, and the slope of it.
 *
 * A loss is a weighted sum of terms from a table, written as text:
 *   mse                          the original's compressed magnitude error
 *   blend:c=0.3,alpha=0.3+0.02*cmse
 * Formulas and names: S. Braun, I. Tashev, "A consolidated view of loss
 * functions for supervised deep learning-based speech enhancement" (2021). */
#ifndef SE_NN_LOSS_H
#define SE_NN_LOSS_H

#include "base/status.h"
#include "nn/real.h"

#include <stdint.h>

enum { SE_LOSS_MAX_TERMS = 4, SE_LOSS_MAX_PARAMETERS = 3 };

/* What a real mask g can be judged by, for noisy X and clean S, each number of
 * a bin of [steps][rows][bins]. Levels: scaled so that active speech has a
 * mean power of about 1 in a bin. */
struct se_loss_target {
    const se_real *noisy; /* A = |X| */
    const se_real *clean; /* a = |S| */
    const se_real *cross; /* p = Re(X conj S); NULL: phases are not known */
    const int *frames;    /* [rows] that count, the first ones of a row; the
                             rest is filling; NULL: all */
};

struct se_loss_kind;

struct se_loss {
    int n_terms;
    int needs_phase; /* a term uses `cross` */
    struct se_loss_term {
        const struct se_loss_kind *kind;
        se_real weight;
        se_real parameter[SE_LOSS_MAX_PARAMETERS];
    } term[SE_LOSS_MAX_TERMS];
};

/* Reads the text above; errors list the names known. */
int se_loss_parse(struct se_loss *loss, const char *text,
                  struct se_report *report);

/* A paragraph for --help, a loss a line: name, parameters with defaults, what
 * it is. */
const char *se_loss_list(void);

/* Returns the loss summed over the frames that count, each the mean of its bins
 * (or the like, see the table); d_mask is overwritten with `scale` times its
 * derivative, 0 where frames do not count. At most 512 bins. */
double se_loss_eval(const struct se_loss *loss, se_real *d_mask,
                    const se_real *mask, const struct se_loss_target *target,
                    int steps, int rows, int bins, se_real scale);

#endif
