/* find.h - where the project's files are: here, or in the share folder of what
 * is installed. */
#ifndef SE_FILES_FIND_H
#define SE_FILES_FIND_H

#include "base/status.h"

#include <stddef.h>

/* Finds a file or folder: as given, then in `folder`/ ("nn_arch", "models"),
 * which may stand before its name, of the working directory and of the share
 * folder; with "shipped:" before its name, in the share folder alone. Writes
 * the name that exists to `found`; SE_ERR_IO names all places looked at. */
int se_find(char *found, size_t size, const char *name, const char *folder,
            struct se_report *report);

/* What follows the "shipped:" of a name; NULL: it has none. */
const char *se_shipped_name(const char *name);

/* The folders, from number 0 on, under which se_find looks; NULL after the
 * last. The share folder is $SE_SHARE or, where that is not set, ../share/nnse
 * from the folder of the program: make install puts it there, and the build has
 * a link to the source tree in its place. */
const char *se_root(int index);

#endif
