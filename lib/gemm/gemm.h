/* gemm.h - matrix products for training, on the calling thread.
 *
 * Row-major matrices without gaps between rows. A product's bits depend on the
 * machine's vectors and on m, n, k, not on how often or where it runs. */
#ifndef SE_GEMM_GEMM_H
#define SE_GEMM_GEMM_H

#include "base/real.h"
#include "gemm/bfloat16.h"

#include <stdint.h>

struct se_gemm {
    int m, n, k;
    int add; /* 1: to c; 0: c is overwritten */
    enum se_precision precision;
};

/* The three products that a layer needs: */

/* c[m][n] = a[m][k] b[k][n]: forward */
void se_gemm_nn(se_real *c, const se_real *a, const se_real *b,
                const struct se_gemm *size);

/* The same, plus bias[n] in every row; size->add counts as 0. */
void se_gemm_bias(se_real *c, const se_real *a, const se_real *b,
                  const se_real *bias, const struct se_gemm *size);

/* c[m][n] = a[m][k] b[n][k]^T: gradient of the input */
void se_gemm_nt(se_real *c, const se_real *a, const se_real *b,
                const struct se_gemm *size);

/* c[m][n] = a[k][m]^T b[k][n]: gradient of the weights */
void se_gemm_tn(se_real *c, const se_real *a, const se_real *b,
                const struct se_gemm *size);

/* The first two with b laid out beforehand, for products of few rows with the
 * same b, n, k and precision. packed[se_packed_size] is 64-byte aligned. */
int64_t se_packed_size(int n, int k);
void se_pack_n(se_real *packed, const se_real *b, /* [k][n] */
               const struct se_gemm *size);
void se_pack_t(se_real *packed, const se_real *b, /* [n][k]^T */
               const struct se_gemm *size);
void se_gemm_packed(se_real *c, const se_real *a, const se_real *packed,
                    const struct se_gemm *size);

/* row[j] += sum over i of y[i][j], i < m, j < n */
void se_add_rows(se_real *row, const se_real *y, int m, int n);

#endif
