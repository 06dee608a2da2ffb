/* gemm.h - matrix products for training, on the calling thread.
 *
 * Row-major matrices without gaps between rows. A product's bits depend on the
 * machine's vectors and on m, n, k, not on how often or where it runs. */
#ifndef SE_NN_GEMM_H
#define SE_NN_GEMM_H

#include "nn/real.h"

#include <stdint.h>

/* The three products that a layer needs; c is overwritten, or added to when
 * `add` is not 0. */

/* c[m][n] = a[m][k] b[k][n]: forward */
void se_gemm_nn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add);

/* The same, plus bias[n] in every row. */
void se_gemm_bias(se_real *c, const se_real *a, const se_real *b,
                  const se_real *bias, int m, int n, int k);

/* c[m][n] = a[m][k] b[n][k]^T: gradient of the input */
void se_gemm_nt(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add);

/* c[m][n] = a[k][m]^T b[k][n]: gradient of the weights */
void se_gemm_tn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add);

/* The first two with b laid out beforehand, for products of few rows with the
 * same b. packed[se_packed_size] is 64-byte aligned. */
int64_t se_packed_size(int n, int k);
void se_pack_n(se_real *packed, const se_real *b, int n, int k); /* b[k][n] */
void se_pack_t(se_real *packed, const se_real *b, int n, int k); /* b[n][k]^T */
void se_gemm_packed(se_real *c, const se_real *a, const se_real *packed, int m,
                    int n, int k, int add);

/* row[j] += sum over i of y[i][j], i < m, j < n */
void se_add_rows(se_real *row, const se_real *y, int m, int n);

#endif
