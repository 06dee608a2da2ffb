/* limit.h - masks clamped to 0..1, as they are in use.
 *
 * What the last activation gives times scalar_output may lie outside. In use
 * (lib/enhance, lib/nnsp) such a mask counts as 0 or 1; so that the losses see
 * the same, training limits it before they do. */
#ifndef SE_NN_LIMIT_H
#define SE_NN_LIMIT_H

#include "base/real.h"
#include "nn/arch.h"

/* Whether the outputs can leave 0..1 at all; a sigmoid alone cannot. */
int se_limit_needed(const struct se_arch *arch);

/* Clamps mask[n] to 0..1; what is not a number stays so. */
void se_limit(se_real *mask, int64_t n);

/* The derivative d[n] by the mask before from that by the limited mask[n]:
 * where that is at a limit, a derivative that would push it further out is
 * dropped, and one that leads back passes as if there were no limit. */
void se_limit_backward(se_real *d, const se_real *mask, int64_t n);

#endif
