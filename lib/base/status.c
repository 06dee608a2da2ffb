/* status.c - failure reports. */
#include "base/status.h"

#include "base/line.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int se_fail(struct se_report *report, int status, const char *format, ...)
{
    if (report) {
        va_list args;

        va_start(args, format);
        se_line_format(report->text, sizeof report->text, format, args);
        va_end(args);
    }
    return status;
}

static int status_of(int error)
{
    switch (error) {
    case ENOMEM:
        return SE_ERR_MEMORY;
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOSPC:
    case EDQUOT:
        return SE_ERR_MACHINE;
    default:
        return SE_ERR_IO;
    }
}

int se_fail_errno(struct se_report *report, const char *path, const char *doing)
{
    const char *reason =
        errno == EISDIR ? "is a folder, expected a file" : strerror(errno);

    return se_fail(report, status_of(errno), "%s: %s: %s",
                   path[0] ? path : "an empty file name", doing, reason);
}

int se_fail_memory(struct se_report *report, const char *what)
{
    return se_fail(report, SE_ERR_MEMORY, "out of memory for %s", what);
}

int se_is_machines(int status)
{
    return status == SE_ERR_MACHINE || status == SE_ERR_MEMORY;
}
