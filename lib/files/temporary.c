/* temporary.c - temporary files. */
#include "files/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N_SLOTS = 256, N_SWEPT = 32, MAX_TRIES = 100 };

#define PREFIX ".nnse-"
#define ENDING ".tmp"

/* ---- temporary files of this process ------------------------------------- */

/* A list that a signal handler can read at any time. */
static struct slot {
    atomic_int is_used; /* set last, cleared first */
    int folder;
    char name[SE_TEMPORARY_NAME];
} slots[N_SLOTS];

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* -1: all are taken; the file is then not in the list. */
static int take_slot(int folder, const char *name)
{
    int found = -1;

    pthread_mutex_lock(&mutex);
    for (int i = 0; i < N_SLOTS && found < 0; i++) {
        if (atomic_load(&slots[i].is_used))
            continue;
        slots[i].folder = folder;
        memcpy(slots[i].name, name, sizeof slots[i].name);
        atomic_store(&slots[i].is_used, 1);
        found = i;
    }
    pthread_mutex_unlock(&mutex);
    return found;
}

void se_temporary_forget(int slot)
{
    if (slot >= 0)
        atomic_store(&slots[slot].is_used, 0);
}

void se_temporary_abandon(void)
{
    for (int i = 0; i < N_SLOTS; i++) {
        if (atomic_load(&slots[i].is_used))
            unlinkat(slots[i].folder, slots[i].name, 0);
    }
}

/* ---- what others left ---------------------------------------------------- */

static int is_temporary_name(const char *name)
{
    size_t prefix = strlen(PREFIX), n = strlen(name);

    return n == prefix + 16 + strlen(ENDING) &&
           strncmp(name, PREFIX, prefix) == 0 &&
           strspn(name + prefix, "0123456789abcdef") == 16 &&
           strcmp(name + prefix + 16, ENDING) == 0;
}

/* Removes it if nobody holds it. */
static void remove_dead(int folder, const char *name)
{
    struct stat info;
    int file =
        openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (file < 0)
        return;
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) &&
        flock(file, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, name, 0);
    close(file);
}

/* Whether this process has looked there lately; it has from now on. A folder
 * that is made anew may have the number of one that was removed. */
static int was_swept(int folder)
{
    static struct {
        uint64_t inode;
        uint32_t major, minor;
        struct statx_timestamp born;
    } swept[N_SWEPT];
    static unsigned next;
    struct statx info;
    int found = 0;

    if (statx(folder, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &info) != 0)
        return 1;
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < N_SWEPT; i++)
        found |= swept[i].inode == info.stx_ino &&
                 swept[i].major == info.stx_dev_major &&
                 swept[i].minor == info.stx_dev_minor &&
                 swept[i].born.tv_sec == info.stx_btime.tv_sec &&
                 swept[i].born.tv_nsec == info.stx_btime.tv_nsec;
    if (!found) {
        swept[next % N_SWEPT].inode = info.stx_ino;
        swept[next % N_SWEPT].major = info.stx_dev_major;
        swept[next % N_SWEPT].minor = info.stx_dev_minor;
        swept[next % N_SWEPT].born = info.stx_btime;
        next++;
    }
    pthread_mutex_unlock(&mutex);
    return found;
}

void se_temporary_sweep(int folder)
{
    const struct dirent *entry;
    int copy;
    DIR *directory;

    if (was_swept(folder))
        return;
    copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    directory = copy < 0 ? NULL : fdopendir(copy);
    if (!directory) {
        if (copy >= 0)
            close(copy);
        return;
    }
    while ((entry = readdir(directory))) {
        if (is_temporary_name(entry->d_name))
            remove_dead(folder, entry->d_name);
    }
    closedir(directory);
}

/* ---- making one ---------------------------------------------------------- */

/* Locks a file that was just made; 0 if somebody took it for a dead one. A file
 * system without locks is fine: nobody can take it for a dead one there. */
static int lock_new(int fd)
{
    struct stat info;

    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return 0;
    return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

int se_temporary_make(char name[SE_TEMPORARY_NAME], int *slot, int folder,
                      mode_t mode)
{
    for (int i = 0; i < MAX_TRIES; i++) {
        uint64_t number;

        if (getrandom(&number, sizeof number, 0) != sizeof number)
            return -1;
        snprintf(name, SE_TEMPORARY_NAME, PREFIX "%016" PRIx64 ENDING, number);
        /* Before it is there: whenever a signal comes, it is removed. */
        *slot = take_slot(folder, name);

        int fd =
            openat(folder, name,
                   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

        if (fd < 0 && errno != EEXIST)
            return -1;
        if (fd >= 0 && lock_new(fd))
            return fd;
        se_temporary_forget(*slot);
        *slot = -1;
        if (fd >= 0)
            close(fd);
    }
    errno = EEXIST;
    return -1;
}
