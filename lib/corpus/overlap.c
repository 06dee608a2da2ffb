/* overlap.c - files and speakers that are in two lists. */
#include "corpus/overlap.h"

#include "corpus/speaker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct item {
    dev_t device;
    ino_t inode;
    const char *speaker; /* NULL: not known */
    const char *path;
};

static int compare_files(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static int compare_speakers(const void *a, const void *b)
{
    const char *x = ((const struct item *)a)->speaker;
    const char *y = ((const struct item *)b)->speaker;

    return x && y ? strcmp(x, y) : !x - !y;
}

struct items {
    struct item *at; /* [n] */
    int n;
};

static struct item *describe(const struct se_list *list)
{
    struct item *items = calloc((size_t)list->n + 1, sizeof *items);

    for (int i = 0; i < list->n && items; i++) {
        const char *path = list->paths[i];
        struct stat info = {0};

        /* What is not there is missed elsewhere. */
        if (stat(path, &info) == 0) {
            items[i].device = info.st_dev;
            items[i].inode = info.st_ino;
        }
        items[i].path = path;
        if (list->groups && (list->is_manifest || se_speaker_is_marked(path)))
            items[i].speaker = list->groups[i];
    }
    return items;
}

/* Counts the different items of `b` that are in `a`, by the comparison. */
static int count(const struct item **one, const struct items *a,
                 const struct items *b,
                 int (*compare)(const void *, const void *))
{
    int n = 0;

    qsort(a->at, (size_t)a->n, sizeof *a->at, compare);
    qsort(b->at, (size_t)b->n, sizeof *b->at, compare);
    for (int i = 0, k = 0; i < b->n; i++) {
        const struct item *item = &b->at[i];

        if (i > 0 && compare(item - 1, item) == 0)
            continue;
        while (k < a->n && compare(&a->at[k], item) < 0)
            k++;
        if (k == a->n || compare(&a->at[k], item) != 0)
            continue;
        if (compare == compare_files ? item->inode != 0
                                     : item->speaker != NULL) {
            if (n == 0)
                *one = item;
            n++;
        }
    }
    return n;
}

int se_overlap_find(struct se_overlap *overlap, const struct se_list *first,
                    const struct se_list *second, struct se_report *report)
{
    const struct items a = {describe(first), first->n};
    const struct items b = {describe(second), second->n};
    const struct item *one = NULL;

    *overlap = (struct se_overlap){0};
    if (!a.at || !b.at) {
        free(a.at);
        free(b.at);
        return se_fail_memory(report, "lists of files");
    }
    overlap->n_files = count(&one, &a, &b, compare_files);
    overlap->file = one ? one->path : NULL;
    one = NULL;
    overlap->n_speakers = count(&one, &a, &b, compare_speakers);
    overlap->speaker = one ? one->speaker : NULL;
    free(a.at);
    free(b.at);
    return SE_OK;
}
