/* obtain.h - brings a data set to the disk: loads its archives, checks them,
 * unpacks them.
 *
 *     DIR/NAME/              the set, once all of it is there
 *     DIR/NAME/dataset.txt   its row of the table: licence, origin, digests
 *     DIR/NAME.archives/     what is loaded or was put there by hand
 *     DIR/NAME.unpacking/    only while it is unpacked */
#ifndef SE_FETCH_OBTAIN_H
#define SE_FETCH_OBTAIN_H

#include "base/lock.h"
#include "base/status.h"
#include "fetch/datasets.h"
#include "fetch/download.h"
#include "fetch/extract.h"
#include "fetch/watch.h"

struct se_obtain {
    const char *data_dir; /* is there */
    const char *mirror;   /* takes the place of all before the archives' names;
                             NULL: load from where the table says */
    struct se_patience patience;
    int keep_archives;
    const struct se_watch *watch;
};

/* Takes the folder for this process alone; an error if another one has it. */
int se_obtain_lock(struct se_lock *lock, const char *data_dir,
                   struct se_report *report);

/* 1 if the set is there, 0 if not; SE_ERR_FORMAT if a folder of its name holds
 * something else, or was made from other archives. */
int se_obtain_present(const struct se_obtain *how, const struct se_dataset *set,
                      struct se_report *report);

/* The most bytes that `n_sets` absent ones will add to the disk on their way,
 * with what was already loaded taken off. */
int64_t se_obtain_room(const struct se_obtain *how,
                       const struct se_dataset *const *sets, int n_sets);

/* SE_OK if the disk has so much room. */
int se_obtain_check_room(const struct se_obtain *how, int64_t bytes,
                         struct se_report *report);

/* Obtains a set that is not there. Whatever fails, what was loaded stays; an
 * archive that proved wrong is set aside as *.bad. */
int se_obtain(struct se_extracted *extracted, const struct se_obtain *how,
              const struct se_dataset *set, struct se_report *report);

#endif
