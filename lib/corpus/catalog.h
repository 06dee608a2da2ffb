/* catalog.h - CSV manifests of sound files: what there is to mix.
 *
 *   path,kind,seconds,rate,channels,speaker,set,split
 *
 * The first line names the columns, in any order; "path" must be there, others
 * may be missing, and columns of other names do no harm. Paths are relative to
 * the working directory, or else to the folder of the manifest. `kind` is
 * "speech", or "noise" with its type behind a colon ("noise:street"). */
#ifndef SE_CORPUS_CATALOG_H
#define SE_CORPUS_CATALOG_H

#include "base/status.h"

#include <stdint.h>

struct se_entry {
    char *path, *kind, *speaker, *set, *split; /* "": not known */
    double seconds;                            /* 0: not known */
    int rate_hz, channels;
};

/* Zeroed: empty. */
struct se_catalog {
    struct se_entry *entries;
    int n;
};

/* Whether a text begins with a line of column names: "path", or two others that
 * are known. */
int se_catalog_is(const char *text);

/* Reads a manifest of that name from its text, which is taken apart. */
int se_catalog_parse(struct se_catalog *catalog, char *text, const char *name,
                     struct se_report *report);
int se_catalog_write(const struct se_catalog *catalog, const char *path,
                     struct se_report *report);

/* Adds an entry with all strings empty but the path (copied). */
int se_catalog_add(struct se_catalog *catalog, const char *path,
                   struct se_report *report);

/* Replaces a string of an entry by a copy; SE_ERR_MEMORY. */
int se_entry_set(char **field, const char *text, struct se_report *report);

/* Whether an entry is what `selection` asks for: "split=train,kind=noise", all
 * of them, NULL or "": anything. A kind also stands for all its types.
 * "leave_out=0.3" leaves out that share of the speakers, and of the kinds of
 * noise, by a hash of their names; "left_out=0.3" is what it leaves out. -1 if
 * it is not such a text. */
int se_entry_matches(const struct se_entry *entry, const char *selection);

/* Parts of a whole. */
struct se_splits {
    int n;
    const char *const *names; /* [n] */
    const double *shares;     /* [n] */
};

/* Gives every speaker, with all that is spoken, to one of the splits, whose
 * lengths come as near as speakers allow to their shares of the whole; who goes
 * where depends on names and seed alone. A file without a speaker is its own.
 * SE_ERR_ARG if there are fewer speakers than splits. */
int se_catalog_split(struct se_catalog *catalog, const struct se_splits *splits,
                     uint64_t seed, struct se_report *report);

void se_catalog_free(struct se_catalog *catalog);

#endif
