/* late.h - libraries that a program loads when it first needs them, for it
 * starts sooner without, and runs where they are not installed.
 *
 * se-enhance links 16 libraries instead of 41 (X11 and JACK among them) and
 * starts in 2.2 ms of processor time instead of 6.
 *
 * The functions stand in a struct of pointers, each by its own name; macros of
 * those names let the callers be written as ever. */
#ifndef SE_BASE_LATE_H
#define SE_BASE_LATE_H

#include "base/status.h"

#include <stddef.h>

struct se_late_call {
    const char *name;
    size_t at; /* of its pointer in the struct */
};

struct se_late {
    const char *library; /* "libcairo.so.2" */
    const struct se_late_call *calls;
    int n_calls;
    void *functions; /* the struct */
};

/* Finds all functions, once; the library stays. SE_ERR_IO: it, or one of them,
 * is not there. */
int se_late_load(const struct se_late *late, struct se_report *report);

#endif
