/* match.h - sound files that belong together: those of one name in several
 * folders. */
#ifndef SE_METRICS_MATCH_H
#define SE_METRICS_MATCH_H

#include "base/status.h"

enum { SE_MATCH_MAX_PLACES = 18 };

struct se_match {
    char *name;   /* "a/b" of "folder/a/b.wav" */
    char **paths; /* [n_places] */
};

struct se_matches {
    struct se_match *match; /* [n], sorted by name */
    int n, n_places;
};

/* Of folders: the sound files that each of them has below it, by name without
 * ending. Of files: these alone, by the name of the second, with its ending.
 * n_places is 2 to SE_MATCH_MAX_PLACES. SE_ERR_ARG: a folder among files.
 * Other errors: a folder without sound, with two files of one name, or without
 * some that another has, the first of which are named. */
int se_match_files(struct se_matches *matches, const char *const *places,
                   int n_places, struct se_report *report);
void se_matches_free(struct se_matches *matches);

#endif
