/* kernels.h - what is computed on both sides: kernels that the Cortex-M4 has
 * instructions of its own for. */
#ifndef SE_M4_KERNELS_H
#define SE_M4_KERNELS_H

#include "nnsp/dot.h"
#include "nnsp/fixed.h"

enum { N_FACTORS = 64 };

struct products {
    int32_t a[N_FACTORS], b[N_FACTORS], acc[N_FACTORS];
    int32_t mulh[N_FACTORS], mlah[N_FACTORS], mlsh[N_FACTORS];
};

static inline void products_make(struct products *p)
{
    for (int i = 0; i < N_FACTORS; i++) {
        p->mulh[i] = nnsp_mulh(p->a[i], p->b[i]);
        p->mlah[i] = nnsp_mlah(p->acc[i], p->a[i], p->b[i]);
        p->mlsh[i] = nnsp_mlsh(p->acc[i], p->a[i], p->b[i]);
    }
}

#endif
