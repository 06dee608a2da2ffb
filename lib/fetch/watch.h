/* watch.h - progress of downloads and what follows them. */
#ifndef SE_FETCH_WATCH_H
#define SE_FETCH_WATCH_H

#include <stdint.h>

struct se_watch {
    /* Often: `done` of `total` bytes (0: not known) of "checking x.zip". A
     * result other than 0 stops the work. */
    int (*progress)(void *context, const char *doing, int64_t done,
                    int64_t total);
    /* Now and then: a line that a person may want to read. */
    void (*remark)(void *context, const char *text);
    void *context;
};

#endif
