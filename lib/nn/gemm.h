/* gemm.h - matrix products for training, by OpenBLAS on the calling thread. */
#ifndef SE_NN_GEMM_H
#define SE_NN_GEMM_H

#include "nn/real.h"

/* Row-major matrices without gaps between rows.
 * The three products that a layer needs; c is overwritten, or added to when
 * `add` is not 0. */

/* c[m][n] = a[m][k] b[k][n]: forward */
void se_gemm_nn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add);

/* c[m][n] = a[m][k] b[n][k]^T: gradient of the input */
void se_gemm_nt(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add);

/* c[m][n] = a[k][m]^T b[k][n]: gradient of the weights */
void se_gemm_tn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add);

/* Makes OpenBLAS use the calling thread alone; call once before threads. */
void se_gemm_single_thread(void);

/* y[i][j] = row[j] for i < m, j < n */
void se_fill_rows(se_real *y, const se_real *row, int m, int n);

/* row[j] += sum over i of y[i][j], i < m, j < n */
void se_add_rows(se_real *row, const se_real *y, int m, int n);

#endif
