/* kernels.c - the kernels as a Cortex-M4 executes them against plain C.
 *
 *     kernels IMAGE.elf       (made of kernels_image.c and the arm archive)
 *
 * Exit status 0: the same bits everywhere; 1 with one line: not. */
#include "kernels.h"

#include "machine.h"
#include "matrices.h"

#include <stdio.h>
#include <string.h>

static int same_dot(struct machine *machine, uint32_t number,
                    uint32_t n_columns)
{
    static struct matrix here, there;
    const struct nnsp_rows rows = {here.weights, here.bias, here.shift};

    matrix_make(&here, number, n_columns);
    machine_write(machine, "matrix", &here, sizeof here);
    machine_call(machine, "dot");
    machine_read(machine, &there, "matrix", sizeof there);
    nnsp_dot(here.z, &rows, here.x, n_columns, MATRIX_GROUPS);
    if (memcmp(&here, &there, sizeof here) == 0)
        return 1;
    fprintf(stderr, "kernels: matrix %u of %u columns: %d, expected %d\n",
            number, n_columns, there.z[0], here.z[0]);
    return 0;
}

static int same_dots(struct machine *machine)
{
    for (uint32_t n = 8; n <= MATRIX_COLUMNS; n += n < 128 ? 8 : 88)
        for (uint32_t number = 0; number < 5 * MATRIX_KINDS; number++)
            if (!same_dot(machine, number, n))
                return 0;
    return 1;
}

/* Numbers of all sizes, and the ends; no product of -2^31 with itself, which
 * nnsp_mulh does not take, and sums that fit. */
static void fill(struct products *p, uint32_t round)
{
    static const int32_t ends[] = {INT32_MIN, INT32_MAX, 0, 1, -1, 1 << 30};
    uint64_t state = round + 1;

    for (int i = 0; i < N_FACTORS; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        p->a[i] = (int32_t)(state >> 32) >> (state >> 20 & 31);
        p->b[i] = (int32_t)(state >> 16) >> (state >> 11 & 31);
        p->acc[i] = (int32_t)(state >> 24) >> 1;
        if (i < 36) {
            p->a[i] = ends[i / 6];
            p->b[i] = i == 0 ? INT32_MAX : ends[i % 6];
        }
        p->acc[i] -= p->acc[i] / 2;
    }
}

static int same_products(struct machine *machine)
{
    for (uint32_t round = 0; round < 200; round++) {
        static struct products here, there;

        fill(&here, round);
        machine_write(machine, "factors", &here, sizeof here);
        machine_call(machine, "products");
        machine_read(machine, &there, "factors", sizeof there);
        products_make(&here);
        if (memcmp(&here, &there, sizeof here) != 0) {
            fprintf(stderr, "kernels: products of round %u differ\n", round);
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    struct machine *machine;
    int ok;

    if (argc != 2) {
        fprintf(stderr, "usage: kernels IMAGE.elf\n");
        return 1;
    }
    machine = machine_create(argv[1]);
    ok = same_dots(machine) && same_products(machine);
    machine_destroy(machine);
    return !ok;
}
