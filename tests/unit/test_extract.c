/* test_extract.c - archives, honest and hostile. */
#include "check.h"
#include "damage.h"
#include "fetch/extract.h"
#include "files/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- archives to order --------------------------------------------------- */

struct item {
    const char *name;
    int type; /* AE_IF... */
    const char *link;
    int is_hard;
    const char *text;
};

static void fill_entry(struct archive_entry *entry, const struct item *item)
{
    archive_entry_set_pathname(entry, item->name);
    archive_entry_set_filetype(entry, (unsigned)item->type);
    archive_entry_set_perm(entry, 0644);
    if (item->link && item->is_hard)
        archive_entry_set_hardlink(entry, item->link);
    else if (item->link)
        archive_entry_set_symlink(entry, item->link);
    archive_entry_set_size(entry, item->text ? (int64_t)strlen(item->text) : 0);
}

static void put_items(struct archive *archive, const struct item *items)
{
    for (; items->name; items++) {
        struct archive_entry *entry = archive_entry_new();

        fill_entry(entry, items);
        expect_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        if (items->text)
            expect_equal(
                archive_write_data(archive, items->text, strlen(items->text)),
                (int)strlen(items->text));
        archive_entry_free(entry);
    }
}

enum packing { TAR, TAR_GZIP, TAR_BZIP2, TAR_XZ, ZIP };

static struct archive *open_archive(const char *path, enum packing packing)
{
    struct archive *archive = archive_write_new();

    if (packing == ZIP)
        archive_write_set_format_zip(archive);
    else
        archive_write_set_format_pax_restricted(archive);
    if (packing == TAR_GZIP)
        archive_write_add_filter_gzip(archive);
    if (packing == TAR_BZIP2)
        archive_write_add_filter_bzip2(archive);
    if (packing == TAR_XZ)
        archive_write_add_filter_xz(archive);
    expect_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    return archive;
}

static void close_archive(struct archive *archive)
{
    expect_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

static void pack(const char *path, enum packing packing,
                 const struct item *items)
{
    struct archive *archive = open_archive(path, packing);

    put_items(archive, items);
    close_archive(archive);
}

/* One file of zero bytes; its size is in the header if `tell`. */
static void pack_zeros(const char *path, enum packing packing, size_t n,
                       int tell)
{
    static const char zeros[1 << 16];
    struct archive *archive = open_archive(path, packing);
    struct archive_entry *entry = archive_entry_new();

    fill_entry(entry, &(struct item){"zeros", AE_IFREG, NULL, 0, ""});
    if (tell)
        archive_entry_set_size(entry, (int64_t)n);
    else
        archive_entry_unset_size(entry);
    expect_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    for (size_t left = n; left > 0;) {
        size_t piece = left < sizeof zeros ? left : sizeof zeros;

        expect_equal(archive_write_data(archive, zeros, piece), piece);
        left -= piece;
    }
    archive_entry_free(entry);
    close_archive(archive);
}

/* ---- extraction to order ------------------------------------------------- */

static int stop_after;

static int watch_progress(void *context, const char *doing, int64_t done,
                          int64_t total)
{
    (void)context;
    expect(doing);
    expect_range(done, 0, total);
    return stop_after > 0 && --stop_after == 0;
}

static const struct se_watch watch = {watch_progress, NULL, NULL};

/* Into a fresh folder "out" in a fresh folder "yard". */
static int extract(struct se_extracted *extracted, const char *path,
                   int64_t max_bytes)
{
    const char *parts[] = {path, NULL};

    *extracted = (struct se_extracted){0};
    expect_ok(se_remove_folder(in_scratch("yard"), &report));
    expect_ok(se_make_folder(in_scratch("yard/out"), &report));
    return se_extract(extracted, in_scratch("yard/out"),
                      &(struct se_packed){parts, max_bytes}, &watch, &report);
}

static int is_there(const char *name)
{
    struct stat info;

    return lstat(in_scratch(name), &info) == 0;
}

/* Beside "out" nothing must ever appear. */
static void check_yard(void)
{
    DIR *listing = opendir(in_scratch("yard"));
    const struct dirent *entry;

    expect(listing);
    while ((entry = readdir(listing))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            expect_text(entry->d_name, "out");
    }
    closedir(listing);
}

static void expect_file(const char *name, const char *text)
{
    char *bytes;
    size_t n;

    expect_ok(se_read_file(&bytes, &n, in_scratch(name), 1 << 20, &report));
    expect_text(bytes, text);
    free(bytes);
}

/* ---- tests --------------------------------------------------------------- */

TEST(honest_archives)
{
    static const struct item items[] = {
        {"./", AE_IFDIR, NULL, 0, NULL},
        {"./set/", AE_IFDIR, NULL, 0, NULL},
        {"set/one.wav", AE_IFREG, NULL, 0, "one"},
        {"set/empty.wav", AE_IFREG, NULL, 0, ""},
        {"set/without/a/folder..s/..entry", AE_IFREG, NULL, 0, "deep"},
        {"set/hollow/", AE_IFDIR, NULL, 0, NULL},
        {"set/one.wav", AE_IFREG, NULL, 0, "1"},
        {NULL, 0, NULL, 0, NULL},
    };
    struct se_extracted extracted;

    for (int packing = TAR; packing <= ZIP; packing++) {
        pack(in_scratch("archive"), (enum packing)packing, items);
        if (extract(&extracted, in_scratch("archive"), 8) != SE_OK)
            fail_test("packing %d: %s", packing, report.text);
        expect_equal(extracted.n_files, 4);
        expect_equal(extracted.n_bytes, 8);
        expect_equal(extracted.n_links, 0);
        expect_file("yard/out/set/one.wav", "1"); /* the later one */
        expect_file("yard/out/set/empty.wav", "");
        expect_file("yard/out/set/without/a/folder..s/..entry", "deep");
        expect(is_there("yard/out/set/hollow"));
        check_yard();
    }
}

static void refuse(enum packing packing, const struct item *item,
                   const char *words)
{
    struct item items[] = {*item, {NULL, 0, NULL, 0, NULL}};
    struct se_extracted extracted;

    pack(in_scratch("archive"), packing, items);
    expect_status(extract(&extracted, in_scratch("archive"), 1 << 20),
                  SE_ERR_FORMAT);
    if (!strstr(report.text, words) || !strstr(report.text, item->name))
        fail_test("'%s' without '%s'", report.text, words);
    expect(!is_there("x"));
    check_yard();
}

TEST(names_that_leave)
{
    static const char *const names[] = {
        "../x", "..", "a/../../x", "a/..", "a/../x", "./../x", "a//..//../x",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct item item = {names[i], AE_IFREG, NULL, 0, "out of bounds"};

        refuse(TAR, &item, "leaves the folder");
        refuse(ZIP, &item, "leaves the folder");
    }

    struct item absolute = {in_scratch("x"), AE_IFREG, NULL, 0, "out"};

    refuse(TAR, &absolute, "leaves the folder");
    refuse(ZIP, &absolute, "leaves the folder");
}

TEST(neither_file_nor_folder)
{
    static const int types[] = {AE_IFIFO, AE_IFCHR, AE_IFBLK};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        refuse(TAR, &(struct item){"thing", types[i], NULL, 0, NULL},
               "neither a file nor a folder");
}

/* No link is made, so what is meant to go through one stays inside. */
TEST(links)
{
    static const struct item items[] = {
        {"data/a.wav", AE_IFREG, NULL, 0, "a"},
        {"train/a.wav", AE_IFLNK, "../data/a.wav", 0, NULL},
        {"out", AE_IFLNK, "../..", 0, NULL},
        {"out/x", AE_IFREG, NULL, 0, "through"},
        {"hard", AE_IFREG, "data/a.wav", 1, NULL},
        {"passwd", AE_IFLNK, "/etc/passwd", 0, NULL},
        {"passwd", AE_IFREG, NULL, 0, "mine"},
        {NULL, 0, NULL, 0, NULL},
    };
    struct se_extracted extracted;

    pack(in_scratch("archive"), TAR_GZIP, items);
    expect_ok(extract(&extracted, in_scratch("archive"), 1 << 20));
    expect_equal(extracted.n_links, 4);
    expect_equal(extracted.n_files, 3);
    expect(!is_there("yard/out/train"));
    expect(!is_there("yard/out/hard"));
    expect_file("yard/out/out/x", "through");
    expect_file("yard/out/passwd", "mine");
    check_yard();
}

static void expect_bomb(enum packing packing, size_t n, int tell, int64_t max)
{
    struct se_extracted extracted;
    struct stat info;

    pack_zeros(in_scratch("bomb"), packing, n, tell);
    stat(in_scratch("bomb"), &info);
    expect_error(extract(&extracted, in_scratch("bomb"), max), SE_ERR_FORMAT,
                 "refused: more than");

    /* Where the header has the size, not one byte was written. */
    if (tell)
        expect_equal(extracted.n_bytes, 0);
    else
        expect(extracted.n_bytes <=
               (max < INT64_MAX ? max : 200 * info.st_size) + (17 << 20));
    check_yard();
}

TEST(bombs)
{
    struct se_extracted extracted;

    expect_bomb(TAR, 1001, 1, 1000);
    expect_bomb(ZIP, 1001, 1, 1000);
    expect_bomb(ZIP, 5000000, 0, 1000000);
    /* 40 MB of nothing pack into 40 kB. */
    expect_bomb(TAR_GZIP, 40000000, 1, INT64_MAX);
    expect_bomb(ZIP, 40000000, 0, INT64_MAX);

    /* As much as is allowed is no bomb; and a little silence is none. */
    pack_zeros(in_scratch("archive"), TAR, 1000, 1);
    expect_ok(extract(&extracted, in_scratch("archive"), 1000));
    pack_zeros(in_scratch("archive"), TAR_GZIP, 10000000, 1);
    expect_ok(extract(&extracted, in_scratch("archive"), INT64_MAX));
    expect_equal(extracted.n_bytes, 10000000);
}

/* A toy set of noise, which does not pack. */
static size_t pack_noise(const char *path, enum packing packing, char **bytes)
{
    char text[8][1024] = {""};
    struct item items[9] = {{NULL, 0, NULL, 0, NULL}};
    static const char *const names[] = {"s/0", "s/1", "s/2", "s/3",
                                        "s/4", "s/5", "s/6", "s/7"};
    struct se_rng rng;
    size_t n;

    se_rng_seed(&rng, 1, 1);
    for (int i = 0; i < 8; i++) {
        for (size_t j = 0; j + 1 < sizeof text[i]; j++)
            text[i][j] = (char)('!' + se_rng_below(&rng, 90));
        items[i] = (struct item){names[i], AE_IFREG, NULL, 0, text[i]};
    }
    pack(path, packing, items);
    expect_ok(se_read_file(bytes, &n, path, 1 << 20, &report));
    return n;
}

TEST(truncated)
{
    static const enum packing packings[] = {TAR_GZIP, TAR_XZ, ZIP};
    struct se_extracted extracted;

    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
        char *bytes;
        size_t n = pack_noise(in_scratch("archive"), packings[i], &bytes);

        /* All files are whole before the directory at the end of a zip. */
        for (size_t left = 0; left < n - 1000; left += n / 17) {
            write_bytes(in_scratch("short"), bytes, left);
            expect_error(extract(&extracted, in_scratch("short"), 1 << 20),
                         SE_ERR_FORMAT, "damaged archive");
        }
        free(bytes);
    }
}

TEST(damaged)
{
    enum { N_ROUNDS = 150 };
    struct se_extracted extracted;
    struct se_rng rng;
    int n_broken = 0;

    se_rng_seed(&rng, 7, 1);
    for (int i = 0; i < N_ROUNDS; i++) {
        char *bytes, *copy;
        size_t n = pack_noise(in_scratch("archive"), i % 2 ? TAR : ZIP, &bytes);

        copy = malloc(2 * n);
        expect(copy);
        memcpy(copy, bytes, n);
        write_bytes(in_scratch("damaged"), copy, mutate(copy, n, &rng));

        report.text[0] = '\0';

        int status = extract(&extracted, in_scratch("damaged"), 1 << 20);

        expect(status == SE_OK || report.text[0] != '\0');
        n_broken += status != SE_OK;
        check_yard();
        free(copy);
        free(bytes);
    }
    expect(n_broken > N_ROUNDS / 4);
}

/* No set has pieces of gzip; libarchive 3.6.2 crashes where it opens them by
 * itself. */
TEST(pieces_of_gzip)
{
    struct se_extracted extracted = {0};
    char *bytes;
    size_t n = pack_noise(in_scratch("archive"), TAR_GZIP, &bytes);
    const char *const parts[] = {in_scratch("piece1"), in_scratch("piece2"),
                                 NULL};

    write_bytes(parts[0], bytes, n / 2);
    write_bytes(parts[1], bytes + n / 2, n - n / 2);
    free(bytes);
    expect_ok(se_remove_folder(in_scratch("yard"), &report));
    expect_ok(se_make_folder(in_scratch("yard/out"), &report));
    expect_ok(se_extract(&extracted, in_scratch("yard/out"),
                         &(struct se_packed){parts, 1 << 20}, &watch, &report));
    expect_equal(extracted.n_files, 8);
}

TEST(no_archive)
{
    struct se_extracted extracted;

    write_bytes(in_scratch("page"), "<html>please log in</html>", 26);
    expect_status(extract(&extracted, in_scratch("page"), 1000), SE_ERR_FORMAT);
    expect_status(extract(&extracted, in_scratch("none"), 1000), SE_ERR_IO);
}

TEST(stop)
{
    struct se_extracted extracted;
    char *bytes;

    pack_noise(in_scratch("archive"), TAR, &bytes);
    free(bytes);
    stop_after = 3;
    expect_status(extract(&extracted, in_scratch("archive"), 1 << 20),
                  SE_ERR_STOPPED);
    stop_after = 0;
    expect_equal(extracted.n_files, 3);
}

TEST(remove_folder)
{
    expect_ok(se_make_folder(in_scratch("keep"), &report));
    expect_ok(se_make_folder(in_scratch("old/a/b"), &report));
    write_bytes(in_scratch("keep/file"), "x", 1);
    write_bytes(in_scratch("old/a/file"), "x", 1);
    expect_equal(symlink(in_scratch("keep"), in_scratch("old/a/link")), 0);
    expect_ok(se_remove_folder(in_scratch("old"), &report));
    expect(!is_there("old"));
    expect(is_there("keep/file"));
    expect_ok(se_remove_folder(in_scratch("old"), &report));
}
