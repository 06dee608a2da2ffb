/* temporary.h - temporary files, ".nnse-X.tmp", of which none stays behind.
 *
 * They are locked (flock) for as long as their process lives, so what a killed
 * one left is known. */
#ifndef SE_FILES_TEMPORARY_H
#define SE_FILES_TEMPORARY_H

#include <sys/types.h>

enum { SE_TEMPORARY_NAME = 32 };

/* Makes one in a folder, open for reading and writing, under a random name; the
 * descriptor, or -1 with errno. Until se_temporary_forget(*slot), which takes
 * -1, too, se_temporary_abandon removes it. */
int se_temporary_make(char name[SE_TEMPORARY_NAME], int *slot, int folder,
                      mode_t mode);
void se_temporary_forget(int slot);

/* Removes those of this process, which must end then. May be called by a signal
 * handler. */
void se_temporary_abandon(void);

/* Removes those that processes which are no more left in a folder, the first
 * time that this one looks there. */
void se_temporary_sweep(int folder);

#endif
