/* grouping.c - clips sorted by name of group, and drawn. */
#include "corpus/grouping.h"

#include <stdlib.h>
#include <string.h>

static const double FULL_SECONDS = 10; /* a group that long is a full one */

struct named {
    const char *name;
    int index;
};

static int compare_names(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : x->index - y->index;
}

static void fill(struct se_grouping *groups, const struct named *sorted,
                 const double *seconds, int n)
{
    double sum = 0;

    for (int i = 0; i < n;) {
        const int group = groups->n++, first = i;
        double length = 0;

        groups->starts[group] = first;
        for (; i < n && strcmp(sorted[i].name, sorted[first].name) == 0; i++) {
            groups->members[i] = sorted[i].index;
            groups->of[sorted[i].index] = group;
            length += seconds[sorted[i].index];
        }
        sum += length < FULL_SECONDS ? length : FULL_SECONDS;
        groups->odds[group] = sum;
    }
    groups->starts[groups->n] = n;
    for (int i = 0; i < groups->n; i++)
        groups->odds[i] /= sum;
}

int se_grouping_create(struct se_grouping *groups, const char *const *names,
                       const double *seconds, int n, struct se_report *report)
{
    size_t size = (size_t)n + 1;
    struct named *sorted = calloc(size, sizeof *sorted);

    *groups = (struct se_grouping){
        .of = calloc(size, sizeof *groups->of),
        .members = calloc(size, sizeof *groups->members),
        .starts = calloc(size, sizeof *groups->starts),
        .odds = calloc(size, sizeof *groups->odds),
    };
    if (!sorted || !groups->of || !groups->members || !groups->starts ||
        !groups->odds) {
        free(sorted);
        se_grouping_free(groups);
        return se_fail_memory(report, "the speakers or kinds of noise");
    }
    for (int i = 0; i < n; i++)
        sorted[i] = (struct named){names[i], i};
    qsort(sorted, (size_t)n, sizeof *sorted, compare_names);
    fill(groups, sorted, seconds, n);
    free(sorted);
    return SE_OK;
}

void se_grouping_free(struct se_grouping *groups)
{
    free(groups->of);
    free(groups->members);
    free(groups->starts);
    free(groups->odds);
    *groups = (struct se_grouping){0};
}

static int draw_any(const struct se_grouping *groups, struct se_rng *rng)
{
    double x = se_rng_uniform(rng, 0, 1);
    int low = 0, high = groups->n - 1;

    while (low < high) {
        int middle = (low + high) / 2;

        if (x < groups->odds[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int se_grouping_draw(const struct se_grouping *groups, int but,
                     struct se_rng *rng)
{
    int group = draw_any(groups, rng);

    while (group == but && groups->n > 1)
        group = draw_any(groups, rng);
    return group;
}

int se_grouping_draw_clip(const struct se_grouping *groups, int group,
                          struct se_rng *rng)
{
    int first = groups->starts[group];
    int n = groups->starts[group + 1] - first;

    return groups->members[first + (int)se_rng_below(rng, (uint32_t)n)];
}

/* FNV-1a, stirred by the generator: http://www.isthe.com/chongo/tech/comp/fnv
 */
uint64_t se_grouping_hash(const char *name, uint64_t seed)
{
    uint64_t sum = 0xcbf29ce484222325u;
    struct se_rng rng;

    for (; *name; name++)
        sum = (sum ^ (uint8_t)*name) * 0x100000001b3u;
    se_rng_seed(&rng, seed, sum);
    return se_rng_next(&rng);
}
