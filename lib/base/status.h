/* status.h - what went wrong, as a code for programs and a line for people. */
#ifndef SE_BASE_STATUS_H
#define SE_BASE_STATUS_H

/* Every function that can fail returns one of these; counts are >= 0. */
enum se_status {
    SE_OK = 0,
    SE_ERR_ARG = -1,     /* the caller asked for something impossible */
    SE_ERR_IO = -2,      /* the system could not read, write or open */
    SE_ERR_FORMAT = -3,  /* a file does not hold what it should */
    SE_ERR_MEMORY = -4,  /* no memory */
    SE_ERR_NUMERIC = -5, /* not a number where a number must be */
    SE_ERR_STOPPED = -6, /* the user interrupted; state was saved */
    SE_ERR_MACHINE = -7, /* as SE_ERR_IO, but any file would fail: no
                            descriptors are left, a disk is full or broken */
};

/* One line for the user: the file, the place in it, what was found and what
 * was expected. The library never prints: programs print `text`. */
struct se_report {
    char text[512];
};

/* Writes the formatted line to `report` (which may be NULL) and returns
 * `status`, so that a failure is one statement: return se_fail(...). */
int se_fail(struct se_report *report, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "<path>: <doing>: <system's reason from errno>"; returns SE_ERR_IO,
 * SE_ERR_MACHINE or SE_ERR_MEMORY. */
int se_fail_errno(struct se_report *report, const char *path,
                  const char *doing);

/* "out of memory for <what>"; returns SE_ERR_MEMORY. */
int se_fail_memory(struct se_report *report, const char *what);

/* Whether a failure is the machine's and not a file's (SE_ERR_MACHINE,
 * SE_ERR_MEMORY): leaving the file out would not help. */
int se_is_machines(int status);

#endif
