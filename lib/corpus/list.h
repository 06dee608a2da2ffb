/* list.h - lists of files: a text file with one path a line, a CSV manifest
 * (see catalog.h), or a folder. */
#ifndef SE_CORPUS_LIST_H
#define SE_CORPUS_LIST_H

#include "base/status.h"

#include <stdint.h>

struct se_list {
    char *name;         /* of the text, manifest or folder, for messages */
    char **paths;       /* [n], sorted when they come from a folder */
    char **groups;      /* [n] who speaks, if speech was asked for, else what
                           kind of noise it is: by the manifest, or the name */
    int n, is_manifest; /* the latter: a CSV manifest was read */
    int n_moved;        /* found elsewhere than the list says */
};

/* `name` is a text file (one path a line, # comments, relative to the working
 * directory, then to the list's own folder, then to the one above; else a file
 * of that name is looked for, see se_relocate), a CSV manifest, or a folder,
 * searched below for names ending in one of the blank-separated `extensions`
 * ("wav flac ogg"), those that begin with a dot and what is below them left
 * out. Text may be UTF-16 with a byte order mark. What cannot be searched, a
 * link to nothing, a pipe or a device in the place of a file is an error.
 * Behind the name of a manifest and a colon may stand what is wanted of it:
 * "corpus.csv:split=train,kind=noise". An empty result is an error that says
 * so. */
int se_list_read(struct se_list *list, const char *name, const char *extensions,
                 struct se_report *report);

/* What is wanted of a list. */
struct se_list_filter {
    const char *kind; /* "speech", "noise": of a manifest that has kinds, unless
                         its name asks for one, and what groups are; may be
                         NULL */
    const char *split; /* the same for splits */
    int by_type;       /* groups are types: the kind in a manifest, the first
                          folder below a folder, the folder of a file named in
                          a text */
    int most;          /* drawn of all, each as likely; -1: all */
    uint64_t seed;     /* of the draw */
};

int se_list_read_filtered(struct se_list *list, const char *name,
                          const char *extensions,
                          const struct se_list_filter *filter,
                          struct se_report *report);

void se_list_free(struct se_list *list);

#endif
