/* grouping.h - clips grouped by speaker or by kind of noise, and drawn so that
 * no group comes more often because it has more clips. */
#ifndef SE_CORPUS_GROUPING_H
#define SE_CORPUS_GROUPING_H

#include "base/rng.h"
#include "base/status.h"

#include <stdint.h>

/* Zeroed: not known. */
struct se_grouping {
    int n;
    int *of;      /* [clips] the group of a clip */
    int *members; /* [clips] clips, group after group */
    int *starts;  /* [n + 1] of a group among the members */
    double *odds; /* [n] the chance of all groups up to this one; rises to 1 */
};

/* Groups n clips by equal names; groups stand in the order of their names. A
 * group is as likely as any other, but for those shorter than 10 s, which are
 * less so in proportion. */
int se_grouping_create(struct se_grouping *groups, const char *const *names,
                       const double *seconds, int n, struct se_report *report);
void se_grouping_free(struct se_grouping *groups);

/* Draws a group other than `but` (-1: any), unless that is the only one. */
int se_grouping_draw(const struct se_grouping *groups, int but,
                     struct se_rng *rng);

/* Draws one of its clips, each as likely. */
int se_grouping_draw_clip(const struct se_grouping *groups, int group,
                          struct se_rng *rng);

/* A number of a name and a seed, even over all 64 bits: it puts names into an
 * order, or leaves some of them out, the same way on every machine. */
uint64_t se_grouping_hash(const char *name, uint64_t seed);

#endif
