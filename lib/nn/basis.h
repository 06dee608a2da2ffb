/* basis.h - the first layer's kernel in a cosine basis.
 *
 * Neighbouring bins and frames of a log spectrum are strongly correlated, and
 * the level moves all of them: in the basis of the inputs themselves a loss is
 * steep along common directions and flat along fine ones, which Adam, scaling
 * each weight by itself, cannot separate. Cosine transforms over bins and
 * frames nearly decorrelate such inputs (as the cepstrum does), so Adam takes
 * its steps for the kernel there (compare N. Vyas et al., "SOAP: Improving and
 * Stabilizing Shampoo using Adam", 2024, which finds its basis while it
 * trains). Orthonormal: norms and the net itself stay what they are. */
#ifndef SE_NN_BASIS_H
#define SE_NN_BASIS_H

#include "base/real.h"
#include "nn/arch.h"

struct se_basis {
    int taps, n_in, n_out; /* the kernel is [taps][n_in][n_out] */
    se_real *bins;         /* [n_in][n_in]: row = bin, column = cosine */
    se_real *frames;       /* [taps][taps] likewise */
    se_real *work;         /* a kernel */
};

int se_basis_create(struct se_basis *basis, const struct se_arch *arch,
                    struct se_report *report);
void se_basis_free(struct se_basis *basis);

/* Weights of the kernel, which stands first in the parameter block. */
int64_t se_basis_size(const struct se_basis *basis);

/* Floats that se_basis_create takes. */
int64_t se_basis_floats(const struct se_arch *arch);

/* A transform of a kernel takes two rounds of independent pieces, all of the
 * first before any of the second: over bins, from `kernel` to the work space,
 * a piece for each tap; then over frames, back into `kernel`, a piece for each
 * bin. `inverse`: from the cosine basis to that of the inputs. */
void se_basis_bins(const struct se_basis *basis, const se_real *kernel,
                   int inverse, int tap);
void se_basis_frames(const struct se_basis *basis, se_real *kernel, int inverse,
                     int bin);

#endif
