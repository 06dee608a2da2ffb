/* kernels_image.c - kernels.c's other half, for the counting machine: the
 * kernels with the instructions of a Cortex-M4. */
#include "kernels.h"
#include "matrices.h"

int dot(void);
int products(void);

struct matrix matrix;
struct products factors;

int dot(void)
{
    const struct nnsp_rows rows = {matrix.weights, matrix.bias, matrix.shift};

    nnsp_dot(matrix.z, &rows, matrix.x, matrix.n_columns, MATRIX_GROUPS);
    return 0;
}

int products(void)
{
    products_make(&factors);
    return 0;
}
