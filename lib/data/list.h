/* list.h - lists of files: a text file with one path a line, or a folder. */
#ifndef SE_DATA_LIST_H
#define SE_DATA_LIST_H

#include "base/status.h"

struct se_list {
    char **paths; /* [n], sorted when they come from a folder */
    int n;
};

/* `name` is a text file (one path a line, # comments, relative to the working
 * directory, then to the list's own folder) or a folder, searched below for
 * names ending in one of the blank-separated `extensions` ("wav flac ogg").
 * An empty result is an error that says so. */
int se_list_read(struct se_list *list, const char *name, const char *extensions,
                 struct se_report *report);
void se_list_free(struct se_list *list);

#endif
