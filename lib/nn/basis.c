/* basis.c - the first layer's kernel, seen in a cosine basis. */
#include "nn/basis.h"

#include "gemm/gemm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Orthonormal DCT-II: u[i][j] is cosine j at point i. */
static void fill_cosines(se_real *u, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            u[i * n + j] = (se_real)(sqrt((j ? 2.0 : 1.0) / n) *
                                     cos(M_PI * (i + 0.5) * j / n));
}

int64_t se_basis_size(const struct se_basis *basis)
{
    return (int64_t)basis->taps * basis->n_in * basis->n_out;
}

int64_t se_basis_floats(const struct se_arch *arch)
{
    const struct se_layer_arch *layer = &arch->layer[0];
    struct se_tensor tensors[SE_MAX_TENSORS];

    se_arch_tensors(arch, tensors);
    return (int64_t)arch->n_in * arch->n_in +
           (int64_t)layer->kernel_size * layer->kernel_size +
           (int64_t)tensors[0].rows * tensors[0].columns;
}

int se_basis_create(struct se_basis *basis, const struct se_arch *arch,
                    struct se_report *report)
{
    struct se_tensor tensors[SE_MAX_TENSORS];

    se_arch_tensors(arch, tensors);
    *basis = (struct se_basis){
        .taps = arch->layer[0].kernel_size,
        .n_in = arch->n_in,
        .n_out = tensors[0].columns,
        .bins = malloc((size_t)se_basis_floats(arch) * sizeof(se_real)),
    };
    if (!basis->bins)
        return se_fail_memory(report, "a cosine basis");
    basis->frames = basis->bins + (int64_t)basis->n_in * basis->n_in;
    basis->work = basis->frames + (int64_t)basis->taps * basis->taps;
    fill_cosines(basis->bins, basis->n_in);
    fill_cosines(basis->frames, basis->taps);
    return SE_OK;
}

void se_basis_free(struct se_basis *basis)
{
    free(basis->bins);
    *basis = (struct se_basis){0};
}

void se_basis_bins(const struct se_basis *basis, const se_real *kernel,
                   int inverse, int tap)
{
    const struct se_gemm size = {
        .m = basis->n_in, .n = basis->n_out, .k = basis->n_in};
    int64_t at = (int64_t)tap * basis->n_in * basis->n_out;

    if (inverse)
        se_gemm_nn(basis->work + at, basis->bins, kernel + at, &size);
    else
        se_gemm_tn(basis->work + at, basis->bins, kernel + at, &size);
}

void se_basis_frames(const struct se_basis *basis, se_real *kernel, int inverse,
                     int bin)
{
    int taps = basis->taps, n_out = basis->n_out;
    int64_t tap_size = (int64_t)basis->n_in * n_out;
    int64_t at = (int64_t)bin * n_out;

    for (int to = 0; to < taps; to++) {
        se_real *y = kernel + to * tap_size + at;

        memset(y, 0, (size_t)n_out * sizeof *y);
        for (int from = 0; from < taps; from++) {
            const se_real *x = basis->work + from * tap_size + at;
            se_real u = inverse ? basis->frames[to * taps + from]
                                : basis->frames[from * taps + to];

            for (int i = 0; i < n_out; i++)
                y[i] += u * x[i];
        }
    }
}
