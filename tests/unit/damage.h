/* damage.h - bytes damaged at random, for tests of what reads files. */
#ifndef SE_TESTS_DAMAGE_H
#define SE_TESTS_DAMAGE_H

#include "base/rng.h"

#include <string.h>

/* Damages bytes[n], which has room for 2 n, as files get damaged and as
 * attackers do it; returns the new length. */
static inline size_t mutate(char *bytes, size_t n, struct se_rng *rng)
{
    const int n_wounds = 1 + (int)se_rng_below(rng, 4);
    const size_t limit = 2 * n;

    for (int i = 0; i < n_wounds && n > 0; i++) {
        const size_t at = se_rng_below(rng, (uint32_t)n);
        const size_t length = 1 + se_rng_below(rng, (uint32_t)(n - at));

        switch (se_rng_below(rng, 6)) {
        case 0: /* a bit */
            bytes[at] ^= (char)(1 << se_rng_below(rng, 8));
            break;
        case 1: /* a byte of those that parsers look at */
            bytes[at] = "{}[]:,\"\\019-.eE \n#u\0\377"[se_rng_below(rng, 21)];
            break;
        case 2: /* cut off */
            n = at;
            break;
        case 3: /* a piece lost */
            memmove(bytes + at, bytes + at + length, n - at - length);
            n -= length;
            break;
        case 4: /* a piece twice */
            if (n + length <= limit) {
                memmove(bytes + at + length, bytes + at, n - at);
                n += length;
            }
            break;
        case 5: /* a number changed */
            for (size_t j = at; j < n; j++) {
                if (bytes[j] >= '0' && bytes[j] <= '9') {
                    bytes[j] = (char)('0' + se_rng_below(rng, 10));
                    break;
                }
            }
        }
    }
    return n;
}

#endif
