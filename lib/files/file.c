/* file.c - folders, temporary files and whole files. */
#include "files/file.h"

#include "files/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

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
    int status = SE_OK;

    if (stat(path, &info) != 0) /* a link may lead nowhere */
        status = se_fail_errno(report, path, "cannot make the folder");
    else if (!S_ISDIR(info.st_mode))
        status = se_fail(report, SE_ERR_IO, "%s: is not a folder", path);
    free(name);
    return status;
}

struct input {
    FILE *stream;
    const char *path;
    size_t limit;  /* bytes */
    int is_device; /* of which one block is all that is read */
};

static int fail_length(const struct input *input, struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: longer than the %zu bytes expected", input->path,
                   input->limit);
}

static int read_stream(char **bytes, size_t *n_bytes, const struct input *input,
                       struct se_report *report)
{
    FILE *stream = input->stream;
    const char *path = input->path;
    size_t capacity = 1 << 16, used = 0;
    char *buffer = malloc(capacity);

    while (buffer) {
        used += fread(buffer + used, 1, capacity - 1 - used, stream);
        if (ferror(stream)) {
            free(buffer);
            return se_fail_errno(report, path, "cannot read");
        }
        if (used > input->limit) {
            free(buffer);
            return fail_length(input, report);
        }
        if (used < capacity - 1)
            break;
        if (input->is_device) {
            free(buffer);
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: is a device without an end, expected a file",
                           path);
        }

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

/* The name of what is not there yet, with no links in it: realpath of its
 * folder, and of what a link leads to. NULL: no such folder, or no memory. */
static char *resolve(const char *path)
{
    char link[PATH_MAX], folder[PATH_MAX], *result = NULL;
    size_t n = se_path_folder_length(path);
    ssize_t length = readlink(path, link, sizeof link - 1);
    char *whole;

    if (n >= sizeof folder)
        return NULL;
    snprintf(folder, sizeof folder, "%.*s", (int)n, n ? path : ".");
    if (length > 0) {
        link[length] = '\0';
        if (asprintf(&whole, "%s%s", link[0] == '/' || n == 0 ? "" : folder,
                     link) < 0)
            return NULL;
        result = realpath(whole, NULL);
        if (!result && readlink(whole, folder, sizeof folder) < 0)
            result = resolve(whole);
        free(whole);
        return result;
    }
    whole = realpath(n ? folder : ".", NULL);
    if (whole && asprintf(&result, "%s/%s", whole, path + n) < 0)
        result = NULL;
    free(whole);
    return result;
}

int se_open_nameless(const char *folder)
{
    char *path;
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    /* Some file systems must give it a name first. */
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return file;
    if (asprintf(&path, "%s/.nnse.XXXXXX", folder) < 0)
        return -1;
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        unlink(path);
    free(path);
    return file;
}

const char *se_temporary_folder(void)
{
    const char *folder = secure_getenv("TMPDIR");

    return folder && folder[0] ? folder : "/tmp";
}

int se_free_bytes(double *bytes, const char *folder, struct se_report *report)
{
    struct statvfs info;
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s", folder);
    while (statvfs(path, &info) != 0) {
        size_t n = se_path_folder_length(path);

        if (errno != ENOENT || strcmp(path, ".") == 0)
            return se_fail_errno(report, path, "cannot measure");
        while (n > 1 && path[n - 1] == '/')
            n--;
        snprintf(path + n, sizeof path - n, "%s", n > 0 ? "" : ".");
    }
    *bytes = (double)info.f_bavail * (double)info.f_frsize;
    return SE_OK;
}

const char *se_size_text(char text[32], double bytes)
{
    if (bytes >= 1e9)
        snprintf(text, 32, "%.1f GB", bytes / 1e9);
    else if (bytes >= 1e6)
        snprintf(text, 32, "%.0f MB", bytes / 1e6);
    else
        snprintf(text, 32, "%.3g kB", bytes / 1e3);
    return text;
}

int se_same_file(const char *a, const char *b)
{
    struct stat info_a, info_b;
    int has_a = stat(a, &info_a) == 0, has_b = stat(b, &info_b) == 0;

    if (has_a && has_b)
        return info_a.st_dev == info_b.st_dev &&
               info_a.st_ino == info_b.st_ino && S_ISREG(info_a.st_mode);
    if (has_a || has_b)
        return 0;

    char *name_a = resolve(a), *name_b = resolve(b);
    int is_same = strcmp(name_a ? name_a : a, name_b ? name_b : b) == 0;

    free(name_a);
    free(name_b);
    return is_same;
}

int se_read_file(char **bytes, size_t *n_bytes, const char *path, size_t limit,
                 struct se_report *report)
{
    *bytes = NULL;
    *n_bytes = 0;

    FILE *stream = fopen(path, "rb");

    if (!stream)
        return se_fail_errno(report, path, "cannot open");

    struct stat info = {0};
    int is_known = fstat(fileno(stream), &info) == 0;
    const struct input input = {stream, path, limit,
                                is_known && S_ISCHR(info.st_mode)};
    int is_long =
        is_known && S_ISREG(info.st_mode) && (uintmax_t)info.st_size > limit;
    int status = is_long ? fail_length(&input, report)
                         : read_stream(bytes, n_bytes, &input, report);

    fclose(stream);
    return status;
}
