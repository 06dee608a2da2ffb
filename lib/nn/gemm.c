/* gemm.c - matrix products by OpenBLAS. */
#include "nn/gemm.h"

#include "base/simd.h"

#include <cblas.h>
#include <string.h>

#ifdef SE_NN_DOUBLE
#define gemm cblas_dgemm
#else
#define gemm cblas_sgemm
#endif

void se_gemm_nn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, add,
         c, n);
}

void se_gemm_nt(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    gemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, a, k, b, k, add,
         c, n);
}

void se_gemm_tn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    gemm(CblasRowMajor, CblasTrans, CblasNoTrans, m, n, k, 1, a, m, b, n, add,
         c, n);
}

void se_gemm_single_thread(void)
{
    openblas_set_num_threads(1);
}

void se_fill_rows(se_real *y, const se_real *row, int m, int n)
{
    for (int i = 0; i < m; i++)
        memcpy(y + (int64_t)i * n, row, (size_t)n * sizeof *y);
}

SE_MULTIVERSION
void se_add_rows(se_real *row, const se_real *y, int m, int n)
{
    for (int i = 0; i < m; i++, y += n)
        for (int j = 0; j < n; j++)
            row[j] += y[j];
}
