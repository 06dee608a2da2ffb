/* corpus.h - clips of speech or noise in memory, 16 kHz mono, 16 bit.
 *
 * Each clip has its mean removed and is scaled to its peak: mixing sets all
 * levels, quiet recordings keep their precision and loud ones do not clip. */
#ifndef SE_DATA_CORPUS_H
#define SE_DATA_CORPUS_H

#include "base/pool.h"
#include "data/list.h"

#include <stdint.h>

struct se_clip {
    int16_t *samples;  /* [n_samples], peak 32000 */
    int64_t n_samples; /* 20 ms or more */
    float active_rms;  /* se_level_active_power's root, full scale 1; > 0 */
};

struct se_corpus {
    struct se_clip *clips; /* [n_clips] */
    int n_clips;
    double seconds;
    int n_skipped; /* unreadable, silent or empty files, first one in `skipped`
                    */
    struct se_report skipped;
};

/* Decodes the files of the list on the pool's workers. Files that cannot be
 * used are counted and skipped; none left is an error. `progress` (may be
 * NULL) is called now and then, from one thread at a time. */
int se_corpus_load(struct se_corpus *corpus, const struct se_list *list,
                   struct se_pool *pool,
                   void (*progress)(void *context, int done, int total),
                   void *context, struct se_report *report);
void se_corpus_free(struct se_corpus *corpus);

#endif
