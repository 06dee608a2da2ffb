/* late.h - libraries that are loaded on first use (dlopen): a program starts
 * sooner without them, and runs where they are not installed.
 *
 * se-enhance links 16 libraries instead of 41 (X11 and JACK among them) and
 * starts in 2.2 ms of processor time instead of 6.
 *
 * The functions are members of a struct of pointers, each under its own name;
 * macros of those names let callers be written as usual. A header lists the
 * names once, as CALLS(X), for both the struct and the list of names:
 *
 *     struct se_cairo_calls { CALLS(SE_LATE_POINTER) };
 *     static const char *const names[] = {CALLS(SE_LATE_NAME)}; */
#ifndef SE_BASE_LATE_H
#define SE_BASE_LATE_H

#include "base/status.h"

#define SE_LATE_POINTER(name) __typeof__(name) *name;
#define SE_LATE_NAME(name)    #name,

struct se_late {
    const char *library; /* "libcairo.so.2" */
    const char *const *names;
    int n_names;
    void *functions; /* the struct: a pointer for each name, in their order */
    int is_loaded;
};

/* Finds all functions, once; the library stays. SE_ERR_IO: it, or one of them,
 * is not there. */
int se_late_load(struct se_late *late, struct se_report *report);

#endif
