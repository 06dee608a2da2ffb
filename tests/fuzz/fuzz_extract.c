/* fuzz_extract.c - libFuzzer: any bytes, once as an archive and once as the
 * two pieces of a split zip, are an error or files in a folder; beside the
 * folder nothing appears, and not more in it than is allowed. */
#include "fuzz.h"

#include "fetch/extract.h"
#include "files/file.h"

#include <dirent.h>

enum { MAX_BYTES = 1 << 16 };

static char folder[80];

static int go_on(void *context, const char *doing, int64_t done, int64_t total)
{
    (void)context, (void)doing;
    if (done < 0 || done > total)
        abort();
    return 0;
}

static void check_beside(void)
{
    DIR *listing = opendir(fuzz_folder());
    const struct dirent *entry;

    while (listing && (entry = readdir(listing))) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, "out") != 0)
            abort();
    }
    closedir(listing);
}

/* A file in memory, with a name. */
static int store(char name[40], const uint8_t *bytes, size_t n)
{
    int file = memfd_create("fuzz", 0);

    if (file < 0 || write(file, bytes, n) != (ssize_t)n)
        abort();
    snprintf(name, 40, "/proc/self/fd/%d", file);
    return file;
}

static void extract(const char *const *parts)
{
    const struct se_watch watch = {go_on, NULL, NULL};
    struct se_extracted extracted = {0};
    struct se_report report = {""};

    fuzz_empty(folder);

    int status =
        se_extract(&extracted, folder, &(struct se_packed){parts, MAX_BYTES},
                   &watch, &report);

    /* One block may go beyond, but is not written. */
    fuzz_check(status, &report);
    if (status == SE_OK && extracted.n_bytes > MAX_BYTES)
        abort();
    check_beside();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char name[2][40];
    const char *whole[] = {name[0], NULL}, *both[] = {name[0], name[1], NULL};
    int file;

    snprintf(folder, sizeof folder, "%s/out", fuzz_folder());
    file = store(name[0], bytes, n);
    extract(whole);
    close(file);

    int first = store(name[0], bytes, n / 2);
    int second = store(name[1], bytes + n / 2, n - n / 2);

    extract(both);
    close(first);
    close(second);
    return 0;
}
