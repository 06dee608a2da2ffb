/* edits.c - the distance between words, row after row of a table. */
#include "base/edits.h"

#include <string.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t se_edits(const char *a, size_t n_a, const char *b)
{
    size_t d[SE_EDITS_MAX + 1][SE_EDITS_MAX + 1], n_b = strlen(b);

    if (n_a > SE_EDITS_MAX || n_b > SE_EDITS_MAX)
        return SE_EDITS_MAX;
    for (size_t i = 0; i <= n_a; i++) {
        for (size_t j = 0; j <= n_b; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }

            int same = se_as_dash(a[i - 1]) == se_as_dash(b[j - 1]);

            d[i][j] = smaller(smaller(d[i - 1][j], d[i][j - 1]) + 1,
                              d[i - 1][j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n_a][n_b];
}
