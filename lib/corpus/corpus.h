/* corpus.h - clips of speech or noise, 16 kHz mono, 16 bit, in memory or in a
 * scratch file that is mapped there.
 *
 * Each clip has its mean removed and is scaled to its peak: mixing sets all
 * levels, quiet recordings keep their precision and loud ones do not clip. */
#ifndef SE_CORPUS_CORPUS_H
#define SE_CORPUS_CORPUS_H

#include "base/pool.h"
#include "base/ticker.h"
#include "corpus/grouping.h"
#include "corpus/list.h"

#include <stddef.h>
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
    struct se_grouping groups; /* by the list's groups, if it has any */
    int n_skipped; /* unreadable, silent or empty files, first one in `skipped`
                    */
    struct se_report skipped;
    char **reasons; /* [n_skipped] a line for each, in the list's order */

    char *store; /* the mapped scratch file, or NULL: clips own their samples */
    size_t store_bytes;
};

/* How files are loaded. */
struct se_loading {
    struct se_pool *pool;
    struct se_ticker progress; /* of the files; cannot stop it */
    /* A folder for a scratch file of samples, which has no name and vanishes
     * with the corpus: memory is needed for what is in use alone, however large
     * the corpus. NULL: samples are kept in memory. */
    const char *scratch;
};

/* Decodes the files of the list on the pool's workers. Files that cannot be
 * used are counted and skipped; none left is an error. */
int se_corpus_load(struct se_corpus *corpus, const struct se_list *list,
                   const struct se_loading *how, struct se_report *report);

/* Gives back the memory that a mapped corpus takes up at the moment; what is
 * needed of it comes back by itself. Nothing happens to one in memory. */
void se_corpus_relax(const struct se_corpus *corpus);

/* CRC-32C of the clips' lengths and beginnings: other recordings, or the same
 * in another order, have another one. */
uint32_t se_corpus_checksum(const struct se_corpus *corpus);

void se_corpus_free(struct se_corpus *corpus);

#endif
