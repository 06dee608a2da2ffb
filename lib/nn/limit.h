/* limit.h - masks clamped to 0..1, as inference clamps them.
 *
 * The last activation times scalar_output may lie outside. In inference
 * (lib/enhance, lib/nnsp) such a mask counts as 0 or 1; training clamps it
 * before the losses, so that they see the same. */
#ifndef SE_NN_LIMIT_H
#define SE_NN_LIMIT_H

#include "base/real.h"
#include "nn/arch.h"

/* Whether the outputs can leave 0..1 at all; a sigmoid alone cannot. */
int se_limit_needed(const struct se_arch *arch);

/* Clamps mask[n] to 0..1; NaN stays NaN. */
void se_limit(se_real *mask, int64_t n);

/* d[n], the derivative by the limited mask[n], becomes that by the mask before
 * it was limited: at a limit, a derivative that would push it further out is
 * dropped, and one that leads back passes as if there were no limit. */
void se_limit_backward(se_real *d, const se_real *mask, int64_t n);

#endif
