/* pairs_private.h - matrix products in bfloat16. */
#ifndef SE_GEMM_PAIRS_PRIVATE_H
#define SE_GEMM_PAIRS_PRIVATE_H

#include "gemm/product_private.h"

/* The product with factors rounded to bfloat16; x->packed is what
 * se_pairs_pack made, of no more bytes than float would take. */
void se_pairs_multiply(const struct se_product *x);
void se_pairs_pack(se_real *packed, const struct se_view *b, int n, int k);

#endif
