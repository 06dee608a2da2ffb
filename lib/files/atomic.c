/* atomic.c - atomic files. */
#include "files/atomic.h"

#include "files/io.h"
#include "files/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LINKS = 40 };

/* ---- opening ------------------------------------------------------------- */

/* SE_ERR_IO where no file can be renamed to `path`: a folder has that name, or
 * it is empty. */
static int check_replaceable(const char *path, struct se_report *report)
{
    struct stat info;

    if (path[0] == '\0')
        return se_fail(report, SE_ERR_IO, "a file to write has an empty name");
    if (stat(path, &info) != 0) {
        if (errno != ENAMETOOLONG && errno != ELOOP)
            return SE_OK;
    } else if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
    } else {
        return SE_OK;
    }
    return se_fail_errno(report, path, "cannot write");
}

/* The file that `path` leads to, there or not (malloc); NULL with errno. */
static char *follow_links(const char *path)
{
    char *name = strdup(path);
    char link[PATH_MAX];

    for (int i = 0; name && i < MAX_LINKS; i++) {
        ssize_t n = readlink(name, link, sizeof link - 1);
        char *next;

        if (n < 0)
            return name;
        link[n] = '\0';

        int folder = link[0] == '/' ? 0 : (int)se_path_folder_length(name);

        if (asprintf(&next, "%.*s%s", folder, name, link) < 0)
            next = NULL;
        free(name);
        name = next;
    }
    errno = name ? ELOOP : ENOMEM;
    free(name);
    return NULL;
}

/* A folder that may be written, but not read, will do. */
static int open_folder(const char *target)
{
    size_t n = se_path_folder_length(target);
    char *name = n > 0 ? strndup(target, n) : strdup(".");
    int folder = -1;

    if (!name) {
        errno = ENOMEM;
        return -1;
    }
    folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 && errno == EACCES)
        folder = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(name);
    return folder;
}

/* Mode and owner of the file that will be replaced. An owner that cannot be
 * given must not get the rights of another one. */
static void copy_rights(int fd, const struct stat *old)
{
    struct stat now;
    mode_t mode = old->st_mode & 07777;

    if (fstat(fd, &now) != 0)
        return;
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) != 0) {
        mode &= 0777;
        if (fchown(fd, (uid_t)-1, old->st_gid) != 0)
            mode &= 0707;
    }
    if (mode != (now.st_mode & 07777) && fchmod(fd, mode) != 0)
        return;
}

/* Fills in what a temporary file needs; errno on failure. */
static int open_temporary(struct se_atomic_file *file, const char *path)
{
    struct stat old;

    file->target = follow_links(path);
    if (!file->target)
        return -1;

    int is_there = stat(file->target, &old) == 0;

    file->folder = open_folder(file->target);
    if (file->folder < 0)
        return -1;
    se_temporary_sweep(file->folder);
    file->fd = se_temporary_make(file->temporary, &file->slot, file->folder,
                                 is_there ? 0600 : 0666);
    if (file->fd < 0)
        return -1;
    /* Holds the lock while the file is closed and renamed. */
    file->lock = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    if (file->lock < 0)
        return -1;
    if (is_there)
        copy_rights(file->fd, &old);
    return 0;
}

static int is_in_place(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

/* Where a stream's bytes go: streams forget why a write failed. */
struct se_sink {
    int fd, error; /* errno of the first write that failed */
};

static ssize_t on_write(void *cookie, const char *bytes, size_t n)
{
    struct se_sink *sink = cookie;

    if (se_write_fully(sink->fd, bytes, n) == 0)
        return (ssize_t)n;
    if (!sink->error)
        sink->error = errno;
    return 0; /* fopencookie(3): an error */
}

static int on_close(void *cookie)
{
    return close(((struct se_sink *)cookie)->fd);
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Ends with the file, however far it came; errno stays. */
static void close_all(struct se_atomic_file *file)
{
    int reason = errno;

    if (file->stream)
        fclose(file->stream);
    else
        close_one(&file->fd);
    free(file->sink);
    se_temporary_forget(file->slot);
    close_one(&file->folder);
    close_one(&file->lock);
    free(file->target);
    free(file->path);
    *file = (struct se_atomic_file){0};
    errno = reason;
}

void se_atomic_discard(struct se_atomic_file *file)
{
    if (!file->is_open)
        return;

    int reason = errno;

    /* First: what was removed is not written out any more. */
    if (file->temporary[0] && file->folder >= 0)
        unlinkat(file->folder, file->temporary, 0);
    errno = reason;
    close_all(file);
}

int se_atomic_open_fd(struct se_atomic_file *file, const char *path,
                      struct se_report *report)
{
    int status = check_replaceable(path, report);

    *file = (struct se_atomic_file){0};
    if (status != SE_OK)
        return status;
    *file = (struct se_atomic_file){.is_open = 1,
                                    .fd = -1,
                                    .folder = -1,
                                    .lock = -1,
                                    .slot = -1,
                                    .path = strdup(path)};
    if (!file->path) {
        se_atomic_discard(file);
        return se_fail_memory(report, path);
    }

    int failed;

    if (is_in_place(path)) {
        file->fd = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
        failed = file->fd < 0;
    } else {
        failed = open_temporary(file, path) != 0;
    }
    if (!failed)
        return SE_OK;
    se_atomic_discard(file);
    return se_fail_errno(report, path, "cannot write");
}

int se_atomic_check(const char *path, struct se_report *report)
{
    struct se_atomic_file file;
    int status;

    if (is_in_place(path))
        return check_replaceable(path, report);
    status = se_atomic_open_fd(&file, path, report);
    se_atomic_discard(&file);
    return status;
}

int se_atomic_open(struct se_atomic_file *file, const char *path,
                   struct se_report *report)
{
    static const cookie_io_functions_t functions = {.write = on_write,
                                                    .close = on_close};
    int status = se_atomic_open_fd(file, path, report);

    if (status != SE_OK)
        return status;
    file->sink = calloc(1, sizeof *file->sink);
    if (file->sink) {
        file->sink->fd = file->fd;
        file->stream = fopencookie(file->sink, "w", functions);
    }
    if (!file->stream) {
        se_atomic_discard(file);
        return se_fail_memory(report, path);
    }
    return SE_OK;
}

/* ---- the end ------------------------------------------------------------- */

/* There is nothing to flush in pipes and devices, in folders of some file
 * systems (EINVAL), and in a folder that may not be read (EBADF). */
static int sync_file(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == EBADF ? 0 : -1;
}

/* Writes out what the stream holds. */
static int flush_stream(const struct se_atomic_file *file)
{
    if (!file->stream || (fflush(file->stream) == 0 && !ferror(file->stream)))
        return 0;
    errno = file->sink->error;
    return -1;
}

static int flush_all(const struct se_atomic_file *file)
{
    return flush_stream(file) != 0 ? -1 : sync_file(file->fd);
}

/* Writes out and closes; -1 with errno. Some file systems report a full disk
 * only on closing. */
static int finish(struct se_atomic_file *file, int flush)
{
    FILE *stream = file->stream;
    int fd = file->fd, failed = 0, reason;

    failed = (flush ? flush_all(file) : flush_stream(file)) != 0;
    reason = errno;
    file->stream = NULL;
    file->fd = -1;
    if ((stream ? fclose(stream) : close(fd)) != 0 && !failed) {
        failed = 1;
        reason = errno;
    }
    errno = failed && !reason ? EIO : reason;
    return failed ? -1 : 0;
}

static int publish(struct se_atomic_file *file, int flush,
                   struct se_report *report)
{
    if (!file->temporary[0])
        return SE_OK;
    if (renameat(file->folder, file->temporary, file->folder,
                 se_path_base(file->target)) != 0)
        return se_fail_errno(report, file->path, "cannot rename to it");
    file->temporary[0] = '\0';
    if (flush && sync_file(file->folder) != 0)
        return se_fail_errno(report, file->path, "cannot flush its folder");
    return SE_OK;
}

static int commit(struct se_atomic_file *file, int flush,
                  struct se_report *report)
{
    int status = finish(file, flush) == 0
                     ? publish(file, flush, report)
                     : se_fail_errno(report, file->path, "cannot write");

    se_atomic_discard(file);
    return status;
}

int se_atomic_commit(struct se_atomic_file *file, struct se_report *report)
{
    return commit(file, 1, report);
}

int se_atomic_commit_unflushed(struct se_atomic_file *file,
                               struct se_report *report)
{
    return commit(file, 0, report);
}

/* Renames to the final name; the old file, if there is one, gets the temporary
 * name, where the file system can do that. */
static int exchange(struct se_atomic_file *file, struct se_report *report)
{
    const char *name = se_path_base(file->target ? file->target : file->path);
    struct stat old;

    if (!file->temporary[0] || fstatat(file->folder, name, &old, 0) != 0 ||
        !S_ISREG(old.st_mode))
        return publish(file, 0, report);
    if (renameat2(file->folder, file->temporary, file->folder, name,
                  RENAME_EXCHANGE) == 0) {
        file->is_exchanged = 1;
        return SE_OK;
    }
    if (errno == EINVAL || errno == ENOSYS)
        return publish(file, 0, report);
    return se_fail_errno(report, file->path, "cannot rename to it");
}

/* Undoes that: the old file is back, or there is none again. */
static void exchange_back(struct se_atomic_file *file)
{
    const char *name = se_path_base(file->target);

    if (file->is_exchanged)
        renameat2(file->folder, file->temporary, file->folder, name,
                  RENAME_EXCHANGE);
    else if (file->target)
        unlinkat(file->folder, name, 0);
}

static int exchange_all(struct se_atomic_file *const *files, int n,
                        struct se_report *report)
{
    for (int i = 0; i < n; i++) {
        int status = exchange(files[i], report);

        while (status != SE_OK && i-- > 0)
            exchange_back(files[i]);
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

int se_atomic_commit_all(struct se_atomic_file *const *files, int n,
                         struct se_report *report)
{
    int status = SE_OK;

    for (int i = 0; i < n && status == SE_OK; i++) {
        if (finish(files[i], 1) != 0)
            status = se_fail_errno(report, files[i]->path, "cannot write");
    }
    if (status == SE_OK)
        status = exchange_all(files, n, report);
    for (int i = 0; i < n && status == SE_OK; i++) {
        if (files[i]->target && sync_file(files[i]->folder) != 0)
            status = se_fail_errno(report, files[i]->path,
                                   "cannot flush its folder");
    }
    for (int i = 0; i < n; i++)
        se_atomic_discard(files[i]);
    return status;
}

int se_atomic_keep(struct se_atomic_file *file, struct se_report *report)
{
    finish(file, 1);

    int status = publish(file, 1, report);

    se_atomic_discard(file);
    return status;
}

int se_sync_folder(const char *path, struct se_report *report)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int status = SE_OK;

    if (folder < 0)
        return se_fail_errno(report, path, "cannot open");
    if (syncfs(folder) != 0)
        status = se_fail_errno(report, path, "cannot write");
    close(folder);
    return status;
}
