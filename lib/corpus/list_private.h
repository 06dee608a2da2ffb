/* list_private.h - a list while it is read, and what it is read from. */
#ifndef SE_CORPUS_LIST_PRIVATE_H
#define SE_CORPUS_LIST_PRIVATE_H

#include "corpus/list.h"

struct se_list_reading {
    struct se_list *list;
    const char *name;       /* of the file or folder */
    char *folder;           /* that is searched, no slash at its end; or NULL */
    const char *selection;  /* of the manifest's entries; "": all */
    const char *extensions; /* of files in the folder */
    const struct se_list_filter *filter;
    struct se_report *report;
};

/* Whether groups are speakers. */
int se_list_is_speech(const struct se_list_filter *filter);

/* Takes `path` (malloc), also where it fails. */
int se_list_append(struct se_list *list, char *path, struct se_report *report);

/* A path as the list has it: as given if it is absolute or there, else below
 * the folder of the list, or the one above, if it is there. */
int se_list_append_named(struct se_list_reading *reading, const char *named);

/* The files below reading->folder, sorted. */
int se_list_search(struct se_list_reading *reading);

/* What the text of a manifest has of what is asked for, with its groups. */
int se_list_take_manifest(struct se_list_reading *reading, char *text);

#endif
