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
    int32_t between[N_FACTORS], unsigned_15[N_FACTORS];
    uint64_t umlal[N_FACTORS];
};

static inline void products_make(struct products *p)
{
    for (int i = 0; i < N_FACTORS; i++) {
        p->mulh[i] = nnsp_mulh(p->a[i], p->b[i]);
        p->mlah[i] = nnsp_mlah(p->acc[i], p->a[i], p->b[i]);
        p->mlsh[i] = nnsp_mlsh(p->acc[i], p->a[i], p->b[i]);

        const int16_t table[] = {
            (int16_t)p->a[i], (int16_t)((uint32_t)p->a[i] + (uint32_t)p->b[i])};

        p->between[i] = i % 2 ? nnsp_between(table, p->acc[i] & 63, 6)
                              : nnsp_between(table, p->acc[i] & 127, 7);
        p->unsigned_15[i] = nnsp_unsigned_15(p->a[i], 12);
        p->umlal[i] = nnsp_umlal((uint64_t)p->acc[i] << 20, (uint32_t)p->a[i],
                                 (uint32_t)p->b[i]);
    }
}

#endif
