/* lock.c - locks by flock on a file that holds the name of its holder. */
#include "files/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char BEGINNING[] = "process ";

static int held_by_other(int file, const char *what, struct se_report *report)
{
    char holder[200];
    ssize_t n = pread(file, holder, sizeof holder - 1, 0);

    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    return se_fail(report, SE_ERR_ARG, "%s: in use by %s", what,
                   n > 0 ? holder : "another process");
}

/* Whether the name still stands for the open file: the last holder may have
 * removed it between opening and locking. */
static int is_named(int file, const char *path)
{
    struct stat opened, named;

    return fstat(file, &opened) == 0 && lstat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* Says who holds it; failing to say so harms nobody. */
static void sign(int file)
{
    char text[200], host[100] = "this machine";

    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text, "%s%ld on %s\n", BEGINNING, (long)getpid(),
             host);
    /* What an earlier holder left behind this line is not read. */
    if (pwrite(file, text, strlen(text), 0) < 0)
        return;
}

/* Whether it is a lock, or can become one: a file of the user's that has this
 * name is not to be written to. */
static int is_lock(int file)
{
    char text[sizeof BEGINNING] = "";
    struct stat info;

    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode))
        return 0;
    return info.st_size == 0 || (pread(file, text, strlen(BEGINNING), 0) > 0 &&
                                 strcmp(text, BEGINNING) == 0);
}

int se_lock_take(struct se_lock *lock, const char *path, int shared,
                 const char *what, struct se_report *report)
{
    *lock = (struct se_lock){0};
    for (;;) {
        int file = open(
            path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);

        if (file < 0)
            return se_fail_errno(report, path, "cannot write");
        if (!is_lock(file)) {
            close(file);
            return se_fail(report, SE_ERR_IO,
                           "%s: is in the way: expected a lock, or nothing",
                           path);
        }
        if (flock(file, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
            int status = errno == EWOULDBLOCK
                             ? held_by_other(file, what, report)
                             : se_fail_errno(report, path, "cannot lock");

            close(file);
            return status;
        }
        if (is_named(file, path)) {
            lock->file = file;
            break;
        }
        close(file);
    }
    lock->path = strdup(path);
    if (!lock->path) {
        close(lock->file);
        return se_fail_memory(report, path);
    }
    sign(lock->file);
    return SE_OK;
}

void se_lock_release(struct se_lock *lock)
{
    if (!lock->path)
        return;
    /* Alone now, so nobody else can be holding what is removed. */
    if (!lock->stays && flock(lock->file, LOCK_EX | LOCK_NB) == 0)
        unlink(lock->path);
    close(lock->file);
    free(lock->path);
    *lock = (struct se_lock){0};
}
