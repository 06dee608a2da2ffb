/* obtain.h - downloads a data set's archives, checks and unpacks them.
 *
 *     DIR/NAME/              the set, once all of it is there
 *     DIR/NAME/dataset.txt   its row of the table: licence, origin, digests
 *     DIR/NAME.archives/     what is downloaded or was put there by hand
 *     DIR/NAME.unpacking/    only while it is unpacked */
#ifndef SE_FETCH_OBTAIN_H
#define SE_FETCH_OBTAIN_H

#include "base/status.h"
#include "fetch/datasets.h"
#include "fetch/download.h"
#include "fetch/extract.h"
#include "fetch/watch.h"

struct se_obtain {
    const char *data_dir; /* is there */
    const char *mirror;   /* takes the place of all before the archives' names;
                             NULL: as the table says */
    struct se_retry retry;
    int keep_archives;
    const struct se_watch *watch;
};

/* 1 if the set is there, 0 if not; SE_ERR_FORMAT if a folder of its name holds
 * something else, or was made from other archives. */
int se_obtain_present(const struct se_obtain *how, const struct se_dataset *set,
                      struct se_report *report);

/* Leaves those that are not there in the choice; each other gives a remark. */
int se_obtain_leave_absent(struct se_dataset_choice *choice,
                           const struct se_obtain *how,
                           struct se_report *report);

/* What became of one set: `status`, and `why` if that is an error. */
struct se_obtained {
    const struct se_dataset *set;
    struct se_extracted extracted;
    int status;
    struct se_report why;
};

/* Obtains the sets of a choice, none of which is there: makes the folder, sees
 * that the disk has room for all, keeps other processes out, and then
 * downloads, checks and unpacks one set after the other. One that fails does
 * not keep the rest waiting: `done` is called, as for each set. Whatever fails,
 * what was downloaded stays; an archive that proved wrong is set aside as
 * *.bad.
 *
 * SE_OK if each set has had its turn; SE_ERR_STOPPED if the watcher asked for
 * it. */
int se_obtain_all(const struct se_obtain *how,
                  const struct se_dataset_choice *choice,
                  void (*done)(void *context, const struct se_obtained *what),
                  void *context, struct se_report *report);

#endif
