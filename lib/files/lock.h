/* lock.h - one process at a time, by a file that the system locks (flock): a
 * process that dies, however it does, lets go of it. */
#ifndef SE_FILES_LOCK_H
#define SE_FILES_LOCK_H

#include "base/status.h"

/* Zeroed: holds nothing. */
struct se_lock {
    char *path;
    int file;
    int stays; /* set by the holder: the file stays, as after a kill */
};

/* Takes the lock that stands for the file `path`, which is made if it is not
 * there; with `shared`, together with others that share it. SE_ERR_ARG if
 * somebody holds it: the report begins with `what` and names the holder. */
int se_lock_take(struct se_lock *lock, const char *path, int shared,
                 const char *what, struct se_report *report);

/* Lets go of it, and removes the file if nobody else shares it and it is not to
 * stay. */
void se_lock_release(struct se_lock *lock);

#endif
