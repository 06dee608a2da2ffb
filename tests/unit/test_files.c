/* test_files.c - atomic files, folders, whole files, the search for files. */
#include "check.h"
#include "files/atomic.h"
#include "files/file.h"
#include "files/find.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "wb");

    expect(stream);
    expect(fputs(text, stream) >= 0);
    expect_equal(fclose(stream), 0);
}

static void expect_file(const char *path, const char *expected)
{
    char *bytes;
    size_t n_bytes;

    expect_ok(se_read_file(&bytes, &n_bytes, path, 1000, &report));
    expect_text(bytes, expected);
    expect_equal(n_bytes, strlen(expected));
    free(bytes);
}

/* The scratch folder is empty: nothing half-written stays. rmdir tells. */
static void expect_scratch_empty(void)
{
    expect_equal(rmdir(scratch), 0);
    expect_equal(mkdir(scratch, 0700), 0);
}

/* ---- atomic files ------------------------------------------------------- */

TEST(atomic_commit)
{
    const char *path = in_scratch("a");
    struct se_atomic_file file;

    write_text(path, "old");
    expect_ok(se_atomic_open(&file, path, &report));
    fputs("new", file.stream);
    fflush(file.stream);
    expect_file(path, "old"); /* until the commit */
    expect_ok(se_atomic_commit(&file, &report));
    expect_file(path, "new");
    expect_equal(unlink(path), 0);
    expect_scratch_empty();
}

TEST(atomic_discard)
{
    struct se_atomic_file file;

    expect_ok(se_atomic_open(&file, in_scratch("a"), &report));
    fputs("half", file.stream);
    se_atomic_discard(&file);
    expect_scratch_empty();
    se_atomic_discard(&file); /* zeroed by the first */
}

TEST(atomic_no_folder)
{
    const char *path = in_scratch("missing/a");
    struct se_atomic_file file;
    char expected[512];

    expect_status(se_atomic_open(&file, path, &report), SE_ERR_IO);
    snprintf(expected, sizeof expected, "%s: cannot write: %s", path,
             strerror(ENOENT));
    expect_text(report.text, expected);
    expect(!file.stream);
    expect(!file.is_open);
    expect_scratch_empty();
}

/* Root may write everywhere, so it takes another user's place meanwhile. */
TEST(atomic_read_only_folder)
{
    uid_t user = geteuid();
    struct se_atomic_file file;
    int status;

    expect_equal(chmod(scratch, 0555), 0);
    expect_equal(seteuid(user == 0 ? 65534 : user), 0);
    status = se_atomic_open(&file, in_scratch("a"), &report);
    expect_equal(seteuid(user), 0);
    expect_equal(status, SE_ERR_IO);
    expect_contains(report.text, strerror(EACCES));
    expect_equal(chmod(scratch, 0700), 0);
    expect_scratch_empty();
}

/* Puts the file `path` behind a descriptor. */
static void redirect(int fd, const char *path)
{
    int other = open(path, O_WRONLY);

    expect(other >= 0);
    expect_equal(dup2(other, fd), fd);
    close(other);
}

/* /dev/full in place of the temporary file: every write fails for want of room,
 * the old file stays and nothing else does. */
TEST(atomic_full_disk)
{
    const char *path = in_scratch("a");
    struct se_atomic_file file;
    char expected[512];

    write_text(path, "old");
    expect_ok(se_atomic_open(&file, path, &report));
    redirect(file.fd, "/dev/full");
    fputs("new", file.stream);
    expect_status(se_atomic_commit(&file, &report), SE_ERR_MACHINE);
    snprintf(expected, sizeof expected, "%s: cannot write: %s", path,
             strerror(ENOSPC));
    expect_text(report.text, expected);
    expect_file(path, "old");
    expect_equal(unlink(path), 0);
    expect_scratch_empty();
}

static int count_temporary(void)
{
    glob_t found;
    int n;

    glob(in_scratch(".nnse-*.tmp"), 0, NULL, &found);
    n = (int)found.gl_pathc;
    globfree(&found);
    return n;
}

/* The longest name that there is, and a second file beside it of which nobody
 * can guess the temporary's. */
TEST(atomic_names)
{
    struct se_atomic_file a, b;
    char name[512] = "";

    memset(name, 'n', 255);
    expect_ok(se_atomic_open(&a, in_scratch(name), &report));
    expect_ok(se_atomic_open(&b, in_scratch(name), &report));
    expect(strcmp(a.temporary, b.temporary) != 0);
    fputs("a", a.stream);
    expect_ok(se_atomic_commit(&a, &report));
    expect_file(in_scratch(name), "a");
    se_atomic_discard(&b);
    expect_equal(count_temporary(), 0);
}

/* Mode and links, relative ones in other folders too, outlive a new content. */
TEST(atomic_keeps)
{
    struct se_atomic_file file;
    struct stat info;
    char target[512], link[512], hop[512];

    expect_equal(mkdir(in_scratch("there"), 0700), 0);
    snprintf(target, sizeof target, "%s", in_scratch("there/file"));
    snprintf(hop, sizeof hop, "%s", in_scratch("there/hop"));
    snprintf(link, sizeof link, "%s", in_scratch("link"));
    write_text(target, "old");
    expect_equal(chmod(target, 0640), 0);
    expect_equal(symlink("file", hop), 0);
    expect_equal(symlink("there/hop", link), 0);
    expect_ok(se_atomic_open(&file, link, &report));
    fputs("new", file.stream);
    expect_ok(se_atomic_commit(&file, &report));
    expect_file(target, "new");
    expect_equal(lstat(link, &info), 0);
    expect(S_ISLNK(info.st_mode));
    expect_equal(stat(target, &info), 0);
    expect_equal(info.st_mode & 07777, 0640);

    expect_equal(unlink(target), 0); /* a link to nothing yet */
    expect_ok(se_atomic_open(&file, link, &report));
    expect_ok(se_atomic_commit(&file, &report));
    expect_file(target, "");

    expect_equal(unlink(hop), 0);
    expect_equal(symlink("hop", hop), 0); /* to itself */
    expect_status(se_atomic_open(&file, link, &report), SE_ERR_IO);
    expect_contains(report.text, strerror(ELOOP));
}

/* What is no file is written, not replaced. */
TEST(atomic_in_place)
{
    struct se_atomic_file file;
    struct stat info;

    expect_ok(se_atomic_open(&file, "/dev/null", &report));
    fputs("x", file.stream);
    expect_ok(se_atomic_commit(&file, &report));
    expect_equal(stat("/dev/null", &info), 0);
    expect(S_ISCHR(info.st_mode));
    expect_ok(se_atomic_open(&file, "/dev/full", &report));
    fputs("x", file.stream);
    expect_status(se_atomic_commit(&file, &report), SE_ERR_MACHINE);
    expect_contains(report.text, strerror(ENOSPC));
}

/* Opens a file in a process of its own and returns when it has; the process
 * then waits to be killed. */
static pid_t write_half(void)
{
    struct se_atomic_file file;
    int ready[2];
    char byte = 0;

    expect_equal(pipe(ready), 0);

    pid_t child = fork();

    if (child == 0) {
        alarm(60);
        se_atomic_open(&file, in_scratch("a"), NULL);
        (void)!write(ready[1], &byte, 1);
        for (;;)
            pause();
    }
    (void)!read(ready[0], &byte, 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void kill_now(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* What a killed process left goes when the next one opens a file there; what a
 * living one writes stays, and so does what only looks like it. */
TEST(atomic_leftovers)
{
    static const char *const others[] = {".nnse-0123456789abcdef.tmpx",
                                         ".nnse-0123456789abcde.tmp",
                                         ".nnse-0123456789abcdeg.tmp", "a.tmp"};
    struct se_atomic_file file;
    pid_t first = write_half(), second;
    int n_dead = count_temporary(), n_living, n_left;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        write_text(in_scratch(others[i]), "mine");
    kill_now(first);
    second = write_half();
    n_living = count_temporary();

    int status = se_atomic_open(&file, in_scratch("b"), &report);

    n_left = count_temporary();
    kill_now(second);
    expect_equal(n_dead, 1);
    expect_equal(n_living, 3); /* two that look like it */
    expect_ok(status);
    expect_equal(n_left, 4);
    expect_ok(se_atomic_commit(&file, &report));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect_file(in_scratch(others[i]), "mine");
}

/* Nothing of a process that ends stays, and what it had published does. */
TEST(atomic_abandon)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct se_atomic_file a, b, c;

        se_atomic_open(&a, in_scratch("a"), NULL);
        se_atomic_open(&b, in_scratch("b"), NULL);
        se_atomic_open(&c, in_scratch("c"), NULL);
        se_atomic_commit(&a, NULL);
        se_temporary_abandon();
        _exit(0);
    }
    waitpid(child, &status, 0);
    expect_equal(status, 0);
    expect_file(in_scratch("a"), "");
    expect_equal(unlink(in_scratch("a")), 0);
    expect_scratch_empty();
}

/* A folder stands where the file should go: an error at once, or, if it comes
 * later, when the rename fails. */
TEST(atomic_onto_folder)
{
    const char *path = in_scratch("a");
    struct se_atomic_file file;

    expect_equal(mkdir(path, 0700), 0);
    expect_error(se_atomic_open(&file, path, &report), SE_ERR_IO, path);
    expect_equal(rmdir(path), 0);
    expect_ok(se_atomic_open(&file, path, &report));
    expect_equal(mkdir(path, 0700), 0);
    expect_status(se_atomic_commit(&file, &report), SE_ERR_IO);
    expect_equal(rmdir(path), 0);
    expect_scratch_empty();
}

/* ---- finding, folders, reading ------------------------------------------ */

TEST(find)
{
    char found[512], name[400];

    expect_equal(mkdir(in_scratch("nn_arch"), 0700), 0);
    write_text(in_scratch("nn_arch/only_here.txt"), "x");
    setenv("SE_SHARE", scratch, 1);
    expect_ok(
        se_find(found, sizeof found, "only_here.txt", "nn_arch", &report));
    expect_text(found, in_scratch("nn_arch/only_here.txt"));

    /* as given, before any folder; absolute names are not searched for */
    snprintf(name, sizeof name, "%s", in_scratch("nn_arch/only_here.txt"));
    expect_ok(se_find(found, sizeof found, name, "nn_arch", &report));
    expect_text(found, name);
    expect_status(
        se_find(found, sizeof found, "/only_here.txt", "nn_arch", &report),
        SE_ERR_IO);

    expect_error(
        se_find(found, sizeof found, "nowhere.txt", "nn_arch", &report),
        SE_ERR_IO, "nowhere.txt: no such file");
    expect_contains(report.text, scratch);
    expect_error(se_find(found, sizeof found, "", "nn_arch", &report),
                 SE_ERR_ARG, "'': expected the name of a file");
    expect_error(se_find(found, sizeof found, "shipped:", "nn_arch", &report),
                 SE_ERR_ARG, "'shipped:': expected the name of a file");
    unsetenv("SE_SHARE");
}

TEST(make_folder)
{
    struct stat info;

    expect_ok(se_make_folder(in_scratch("x/y/z/"), &report));
    expect_equal(stat(in_scratch("x/y/z"), &info), 0);
    expect(S_ISDIR(info.st_mode));
    expect_ok(se_make_folder(in_scratch("x/y"), &report));
    expect_ok(se_make_folder(".", &report));

    write_text(in_scratch("file"), "x");
    expect_status(se_make_folder(in_scratch("file"), &report), SE_ERR_IO);
    expect_status(se_make_folder(in_scratch("file/y"), &report), SE_ERR_IO);
}

/* Around the first buffer of 2^16 bytes, and around the limit. */
TEST(read_file)
{
    static const size_t sizes[] = {0, 1, 65534, 65535, 65536, 200000};
    const char *path = in_scratch("a");
    size_t n_bytes;
    char *bytes;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        FILE *stream = fopen(path, "wb");

        expect(stream);
        for (size_t j = 0; j < sizes[i]; j++)
            fputc((int)(j % 251), stream);
        fclose(stream);
        expect_ok(se_read_file(&bytes, &n_bytes, path, sizes[i], &report));
        expect_equal(n_bytes, sizes[i]);
        for (size_t j = 0; j < n_bytes; j++)
            expect_equal((unsigned char)bytes[j], j % 251);
        expect_equal(bytes[n_bytes], 0);
        free(bytes);
        if (sizes[i] == 0)
            continue;
        expect_status(
            se_read_file(&bytes, &n_bytes, path, sizes[i] - 1, &report),
            SE_ERR_FORMAT);
        expect(!bytes);
    }
    expect_status(se_read_file(&bytes, &n_bytes, scratch, 10, &report),
                  SE_ERR_IO);
    expect(!bytes);
}
