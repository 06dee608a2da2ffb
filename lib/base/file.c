/* file.c - atomic files and the search for files. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *se_temporary_name(const char *path)
{
    size_t size = strlen(path) + 32;
    char *name = malloc(size);

    if (name)
        snprintf(name, size, "%s.%ld.tmp", path, (long)getpid());
    return name;
}

int se_check_replaceable(const char *path, struct se_report *report)
{
    struct stat info;

    if (path[0] == '\0')
        return se_fail(report, SE_ERR_IO, "a file to write has an empty name");
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return SE_OK;
    errno = EISDIR;
    return se_fail_errno(report, path, "cannot write");
}

int se_atomic_open(struct se_atomic_file *file, const char *path,
                   struct se_report *report)
{
    int checked = se_check_replaceable(path, report);

    *file = (struct se_atomic_file){0};
    if (checked != SE_OK)
        return checked;
    file->path = strdup(path);
    file->temporary = se_temporary_name(path);
    if (!file->path || !file->temporary) {
        se_atomic_discard(file);
        return se_fail_memory(report, path);
    }
    file->stream = fopen(file->temporary, "wb");
    if (!file->stream) {
        int status = se_fail_errno(report, path, "cannot write");

        se_atomic_discard(file);
        return status;
    }
    return SE_OK;
}

static int commit(struct se_atomic_file *file, int flush,
                  struct se_report *report)
{
    int failed = fflush(file->stream) != 0 || ferror(file->stream) ||
                 (flush && fsync(fileno(file->stream)) != 0);
    int reason = errno;

    failed |= fclose(file->stream) != 0;
    file->stream = NULL;
    int status = SE_OK;

    if (failed) {
        errno = reason ? reason : EIO;
        status = se_fail_errno(report, file->path, "cannot write");
    } else {
        status = se_publish(file->temporary, file->path, report);
    }
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

void se_atomic_discard(struct se_atomic_file *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct se_atomic_file){0};
}

int se_publish(const char *temporary, const char *path,
               struct se_report *report)
{
    if (rename(temporary, path) == 0)
        return SE_OK;

    int status = se_fail_errno(report, path, "cannot rename to it");

    unlink(temporary);
    return status;
}

static int exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static char own_share[PATH_MAX]; /* "" where there is none */

static void find_own_share(void)
{
    char name[PATH_MAX + 32], *slash;
    ssize_t n = readlink("/proc/self/exe", name, PATH_MAX);

    name[n > 0 ? n : 0] = '\0';
    slash = strrchr(name, '/');
    if (!slash)
        return;
    strcpy(slash, "/../share/nnse");
    if (!realpath(name, own_share))
        own_share[0] = '\0';
}

const char *se_root(int index)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const char *share = getenv("SE_SHARE");

    pthread_once(&once, find_own_share);
    if (!share && own_share[0])
        share = own_share;
    return index == 0 ? "." : index == 1 ? share : NULL;
}

/* What is behind "folder/" at the start of a name, or the name. */
static const char *below(const char *name, const char *folder)
{
    const size_t n = strlen(folder);

    return strncmp(name, folder, n) == 0 && name[n] == '/' ? name + n + 1
                                                           : name;
}

const char *se_shipped_name(const char *name)
{
    const char prefix[] = "shipped:";
    const size_t n = sizeof prefix - 1;

    return strncmp(name, prefix, n) == 0 ? name + n : NULL;
}

static int find_shipped(char *found, size_t size, const char *name,
                        const char *folder, struct se_report *report)
{
    const char *share = se_root(1);

    name = below(name, folder);
    snprintf(found, size, "%s/%s/%s", share ? share : "", folder, name);
    if (share && exists(found))
        return SE_OK;
    return se_fail(report, SE_ERR_IO, "shipped:%s: no such file in %s/%s", name,
                   share ? share : "", folder);
}

int se_find(char *found, size_t size, const char *name, const char *folder,
            struct se_report *report)
{
    const char *share = "", *shipped = se_shipped_name(name);

    if (shipped)
        return find_shipped(found, size, shipped, folder, report);
    snprintf(found, size, "%s", name);
    if (exists(found))
        return SE_OK;
    for (int i = 0; se_root(i); i++) {
        share = se_root(i);
        snprintf(found, size, "%s/%s/%s", share, folder, below(name, folder));
        if (name[0] != '/' && exists(found))
            return SE_OK;
    }
    return se_fail(report, SE_ERR_IO,
                   "%s: no such file, nor in %s/ here, nor in %s/%s", name,
                   folder, share, folder);
}

int se_make_folder(const char *path, struct se_report *report)
{
    char *name = strdup(path);

    if (!name)
        return se_fail_memory(report, path);
    for (char *p = name + 1;; p++) {
        char end = *p;

        if (end != '/' && end != '\0')
            continue;
        *p = '\0';
        if (mkdir(name, 0777) != 0 && errno != EEXIST) {
            int status = se_fail_errno(report, name, "cannot make the folder");

            free(name);
            return status;
        }
        *p = end;
        if (!end)
            break;
    }

    struct stat info;
    int is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);

    free(name);
    if (!is_folder)
        return se_fail(report, SE_ERR_IO, "%s: is not a folder", path);
    return SE_OK;
}

static int read_stream(char **bytes, size_t *n_bytes, FILE *stream,
                       const char *path, size_t limit, struct se_report *report)
{
    size_t capacity = 1 << 16, used = 0;
    char *buffer = malloc(capacity);

    while (buffer) {
        used += fread(buffer + used, 1, capacity - 1 - used, stream);
        if (ferror(stream)) {
            free(buffer);
            return se_fail_errno(report, path, "cannot read");
        }
        if (used > limit) {
            free(buffer);
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: longer than the %zu bytes expected", path,
                           limit);
        }
        if (used < capacity - 1)
            break;

        char *larger = realloc(buffer, capacity *= 2);

        if (!larger)
            free(buffer);
        buffer = larger;
    }
    if (!buffer)
        return se_fail_memory(report, path);
    buffer[used] = '\0';
    *bytes = buffer;
    *n_bytes = used;
    return SE_OK;
}

int se_read_file(char **bytes, size_t *n_bytes, const char *path, size_t limit,
                 struct se_report *report)
{
    *bytes = NULL;
    *n_bytes = 0;

    FILE *stream = fopen(path, "rb");

    if (!stream)
        return se_fail_errno(report, path, "cannot open");

    int status = read_stream(bytes, n_bytes, stream, path, limit, report);

    fclose(stream);
    return status;
}
