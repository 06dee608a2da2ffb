/* overlap.h - what two lists of recordings have in common. */
#ifndef SE_CORPUS_OVERLAP_H
#define SE_CORPUS_OVERLAP_H

#include "corpus/list.h"

struct se_overlap {
    int n_files;      /* of the second list that are in the first as well, by
                         whatever name, */
    const char *file; /* one of them, */
    int n_speakers;   /* and its speakers who speak in the first: those that a
                         manifest says, or the names of well-known sets */
    const char *speaker; /* one of them; valid as long as the lists are */
};

int se_overlap_find(struct se_overlap *overlap, const struct se_list *first,
                    const struct se_list *second, struct se_report *report);

#endif
