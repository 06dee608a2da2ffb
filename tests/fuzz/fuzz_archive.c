/* fuzz_archive.c - libFuzzer: archives that are well formed but for a few
 * bytes, of any entries that a hostile hand could put there: the input is their
 * description. They are an error or files in a folder; beside the folder
 * nothing appears, in it nothing but files and folders, and not more than is
 * allowed. (fuzz_extract: any bytes.) */
#include "fuzz.h"

#include "fetch/extract.h"
#include "files/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <sys/stat.h>

enum { MAX_BYTES = 1 << 16, MAX_ARCHIVE = 1 << 18, MAX_ENTRIES = 12 };

static const char *const names[] = {
    "a",      "b/a",  "b",           "a/b/c",    ".",     "..",     "../x",
    "/x",     "b//a", "b/../../x",   "b/./a",    "./a",   "a/",     "",
    "c/",     "b\\a", "a\nb",        "\xff\xfe", "C:\\x", "c/../d", "link",
    "link/x", "..a",  "/tmp/nnse-x", "a/..",     "...",   "-",      "\033[2J",
};
enum { N_NAMES = sizeof names / sizeof *names };

static const int types[] = {AE_IFREG, AE_IFDIR, AE_IFLNK, AE_IFREG,
                            AE_IFIFO, AE_IFCHR, AE_IFREG, AE_IFSOCK};

static void add_entry(struct archive *archive, const uint8_t **bytes, size_t *n)
{
    struct archive_entry *entry = archive_entry_new();
    const char *name = names[fuzz_take(bytes, n) % N_NAMES];
    int type = types[fuzz_take(bytes, n) % 8];
    int size = fuzz_take(bytes, n) * (fuzz_take(bytes, n) % 200 == 0 ? 900 : 3);
    static char data[1 << 18];

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, (unsigned)type);
    archive_entry_set_perm(entry, fuzz_take(bytes, n) * 16u);
    archive_entry_set_mtime(entry, 1000000000, 0);
    archive_entry_set_size(entry, type == AE_IFREG ? size : 0);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(entry, names[fuzz_take(bytes, n) % N_NAMES]);
    if (fuzz_take(bytes, n) % 6 == 0) {
        archive_entry_set_hardlink(entry, names[fuzz_take(bytes, n) % N_NAMES]);
        archive_entry_set_size(entry, 0);
        size = 0;
    }
    if (archive_write_header(archive, entry) == ARCHIVE_OK && type == AE_IFREG)
        archive_write_data(archive, data, (size_t)size);
    archive_entry_free(entry);
}

/* Returns how long the archive is. */
static size_t make_archive(uint8_t *made, const uint8_t **bytes, size_t *n)
{
    struct archive *archive = archive_write_new();
    int how = fuzz_take(bytes, n), n_entries = fuzz_take(bytes, n);
    size_t used = 0;

    switch (how & 3) {
    case 0:
        archive_write_set_format_zip(archive);
        break;
    case 1:
        archive_write_set_format_gnutar(archive);
        break;
    case 2:
        archive_write_set_format_pax(archive);
        break;
    default:
        archive_write_set_format_ustar(archive);
    }
    if (how & 4)
        archive_write_add_filter_gzip(archive);
    /* The same bytes at any time. */
    archive_write_set_options(archive, "gzip:!timestamp");
    if (archive_write_open_memory(archive, made, MAX_ARCHIVE, &used) !=
        ARCHIVE_OK)
        abort();
    for (int i = 0; i < n_entries % MAX_ENTRIES; i++)
        add_entry(archive, bytes, n);
    archive_write_close(archive);
    archive_write_free(archive);
    return used;
}

/* What is left of the input changes bytes. */
static void damage(uint8_t *made, size_t size, const uint8_t **bytes, size_t *n)
{
    for (int i = 0; i < 8 && *n >= 3 && size > 0; i++) {
        size_t at = fuzz_take(bytes, n) << 8;

        at |= fuzz_take(bytes, n);
        made[at % size] ^= fuzz_take(bytes, n);
    }
}

static int go_on(void *context, const char *doing, int64_t done, int64_t total)
{
    (void)context, (void)doing, (void)done, (void)total;
    return 0;
}

/* Files and folders, of so many bytes in all. */
static int64_t check_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    int64_t sum = 0;

    while (listing && (entry = readdir(listing))) {
        struct stat info;
        char path[4096];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &info) != 0 ||
            (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) ||
            (info.st_mode & (S_ISUID | S_ISGID)))
            abort();
        sum += S_ISDIR(info.st_mode) ? check_folder(path) : info.st_size;
    }
    closedir(listing);
    return sum;
}

static void take_remark(void *context, const char *text)
{
    (void)context;
    if (strchr(text, '\n'))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t made[MAX_ARCHIVE];
    const struct se_watch watch = {go_on, take_remark, NULL};
    struct se_extracted extracted = {0};
    struct se_report report = {""};
    char path[64], folder[64];
    const char *parts[] = {path, NULL};
    size_t size = make_archive(made, &bytes, &n);

    damage(made, size, &bytes, &n);

    int file = fuzz_file(path, "x.zip", made, size);

    snprintf(folder, sizeof folder, "%s/out", fuzz_folder());
    fuzz_empty(folder);

    int status =
        se_extract(&extracted, folder, &(struct se_packed){parts, MAX_BYTES},
                   &watch, &report);

    fuzz_check(status, &report);
    if (check_folder(folder) > MAX_BYTES || access("/x", F_OK) == 0)
        abort();
    close(file);
    return 0;
}
