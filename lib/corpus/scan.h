/* scan.h - a manifest made of folders of sound files. */
#ifndef SE_CORPUS_SCAN_H
#define SE_CORPUS_SCAN_H

#include "base/pool.h"
#include "base/ticker.h"
#include "corpus/catalog.h"

struct se_scan {
    const char *kind;    /* of all files: "speech", "noise:street"; "noise"
                            alone becomes "noise:" and the set */
    const char *set;     /* NULL: the folder's name */
    const char *speaker; /* extended regular expression, matched against the
                            path below the folder; its first group is the
                            speaker. NULL: by the layout, see
                            se_speaker_of_path */
    struct se_pool *pool;
    struct se_ticker progress; /* of the files of a folder; cannot stop it */
};

/* SE_ERR_ARG, in words that begin with "kind" or "speaker", if that one is not
 * valid. */
int se_scan_check(const struct se_scan *scan, struct se_report *report);

/* Zeroed before the first folder. Skipped are files that cannot be opened. */
struct se_scan_result {
    int n_found, n_skipped;
    char **reasons; /* [n_skipped] */
};

/* Adds all sound files below a folder to the catalogue, sorted by path, with
 * what their headers tell; `scan` is one that se_scan_check accepts. */
int se_scan_folder(struct se_catalog *catalog, struct se_scan_result *result,
                   const struct se_scan *scan, const char *folder,
                   struct se_report *report);
void se_scan_result_free(struct se_scan_result *result);

#endif
