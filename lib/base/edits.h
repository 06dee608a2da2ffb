/* edits.h - how alike two words are, for "did you mean". */
#ifndef SE_BASE_EDITS_H
#define SE_BASE_EDITS_H

#include <stddef.h>

enum { SE_EDITS_MAX = 40 };

/* '_' and '-' are alike. */
static inline char se_as_dash(char c)
{
    return c == '_' ? '-' : c;
}

/* How many letters of a[n_a] were left out, put in, changed or exchanged with
 * their neighbour, compared with b: Damerau's distance, in its form of optimal
 * string alignment. SE_EDITS_MAX for longer words. */
size_t se_edits(const char *a, size_t n_a, const char *b);

#endif
