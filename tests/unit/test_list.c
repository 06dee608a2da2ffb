/* test_list.c - lists of files from text files and folders. */
#include "check.h"
#include "corpus/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *name, const char *text, size_t n)
{
    FILE *file = fopen(in_scratch(name), "wb");

    expect(file);
    expect_equal(fwrite(text, 1, n, file), n);
    expect_equal(fclose(file), 0);
}

/* A file or folder in the scratch folder, of .wav files. */
static int read_list(struct se_list *list, const char *name)
{
    return se_list_read(list, in_scratch(name), "wav", &report);
}

TEST(text)
{
    static const char text[] = "# a comment\n\n  /abs/a.wav  \r\nb c.wav\n"
                               "\tno#comment.wav\n/last";
    struct se_list list;

    write_file("list.txt", text, strlen(text));
    expect_ok(read_list(&list, "list.txt"));
    expect_equal(list.n, 4);
    expect_text(list.paths[0], "/abs/a.wav");
    expect_text(list.paths[1], "b c.wav");
    expect_text(list.paths[2], "no#comment.wav");
    expect_text(list.paths[3], "/last");
    se_list_free(&list);
}

/* A name that is not in the working directory is looked for beside the list. */
TEST(relative)
{
    static const char text[] = "beside.wav\nMakefile\nnowhere.wav\n";
    struct se_list list;

    write_file("beside.wav", "x", 1);
    write_file("Makefile", "x", 1);
    write_file("list.txt", text, strlen(text));
    expect_ok(read_list(&list, "list.txt"));
    expect_equal(list.n, 3);
    expect_text(list.paths[0], in_scratch("beside.wav"));
    expect_text(list.paths[1], "Makefile");
    expect_text(list.paths[2], "nowhere.wav");
    se_list_free(&list);
}

/* A byte order mark in front, UTF-16 of either order, lines as in DOS. */
TEST(marks)
{
    static const struct {
        const char *bytes;
        size_t n;
    } texts[] = {
        {"\xef\xbb\xbf"
         "a.wav\r\n/\xc3\xa9\r\n",
         15},
        {"\xff\xfe"
         "a\0.\0w\0a\0v\0\r\0\n\0/\0\xe9\0",
         20},
        {"\xfe\xff"
         "\0a\0.\0w\0a\0v\0\r\0\n\0/\0\xe9",
         20},
    };
    struct se_list list;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file("list.txt", texts[i].bytes, texts[i].n);
        expect_ok(read_list(&list, "list.txt"));
        expect_equal(list.n, 2);
        expect_text(list.paths[0], "a.wav");
        expect_text(list.paths[1], "/\xc3\xa9");
        se_list_free(&list);
    }
    write_file("list.txt",
               "\xff\xfe\x00\xd8"
               "a\0",
               6);
    expect_error(read_list(&list, "list.txt"), SE_ERR_FORMAT,
                 "half a character");
    write_file("list.txt", "\xff\xfe\x3d\xd8\x00\xde", 6);
    expect_ok(read_list(&list, "list.txt"));
    expect_text(list.paths[0], "\xf0\x9f\x98\x80");
    se_list_free(&list);
}

/* Manifests as spreadsheets write them. */
TEST(spreadsheets)
{
    static const char *const texts[] = {
        "\xef\xbb\xbfpath,kind\r\n/a.wav,speech\r\n",
        "path,kind\r/a.wav,speech\r",
        "sep=;\r\npath;kind\r\n/a.wav;speech\r\n",
        "\"/a.wav\"\r\n",
        "path;kind\n/a.wav;speech\n",
        "path\tkind\n/a.wav\tspeech\n"};
    struct se_list list;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file("list.csv", texts[i], strlen(texts[i]));
        expect_ok(read_list(&list, "list.csv"));
        expect_equal(list.is_manifest, texts[i][0] != '"');
        expect_equal(list.n, 1);
        expect_text(list.paths[0], "/a.wav");
        se_list_free(&list);
    }
}

/* What would never end, or keep its reader waiting. */
TEST(no_files)
{
    struct se_list list;

    write_file("list.txt", "/dev/zero\n", 10);
    expect_error(read_list(&list, "list.txt"), SE_ERR_FORMAT,
                 "/dev/zero is a pipe or a device");
    expect_error(se_list_read(&list, "/dev/zero", "wav", &report),
                 SE_ERR_FORMAT, "is a device");
    expect_equal(mkfifo(in_scratch("fifo.wav"), 0666), 0);
    write_file("list.txt", "fifo.wav\n", 9);
    expect_error(read_list(&list, "list.txt"), SE_ERR_FORMAT,
                 "fifo.wav is a pipe or a device");
}

/* Dot files are no sound; what cannot be read is not passed over. */
TEST(folder_of_odd_things)
{
    struct se_list list;

    expect_equal(mkdir(in_scratch("odd"), 0777), 0);
    expect_equal(mkdir(in_scratch("odd/.git"), 0777), 0);
    write_file("odd/.git/x.wav", "", 0);
    write_file("odd/._a.wav", "", 0);
    write_file("odd/.b.wav", "", 0);
    write_file("odd/a.wav", "", 0);
    expect_equal(symlink("nowhere.txt", in_scratch("odd/readme.txt")), 0);
    expect_ok(read_list(&list, "odd"));
    expect_equal(list.n, 1);
    expect_text(list.paths[0], in_scratch("odd/a.wav"));
    se_list_free(&list);
    expect_equal(symlink("nowhere", in_scratch("odd/z.wav")), 0);
    expect_error(read_list(&list, "odd"), SE_ERR_IO,
                 "odd/z.wav: cannot open: a link to what is not there");
    unlink(in_scratch("odd/z.wav"));
    expect_equal(symlink("z.wav", in_scratch("odd/z.wav")), 0);
    expect_error(read_list(&list, "odd"), SE_ERR_IO,
                 "odd/z.wav: cannot open: a link that leads back to itself");
    unlink(in_scratch("odd/z.wav"));
    expect_equal(symlink("a.wav/b", in_scratch("odd/z")), 0);
    expect_error(read_list(&list, "odd"), SE_ERR_IO,
                 "odd/z: cannot open what this links to: Not a directory");
    unlink(in_scratch("odd/z"));
    expect_equal(mkfifo(in_scratch("odd/z.wav"), 0666), 0);
    expect_error(read_list(&list, "odd"), SE_ERR_IO, "odd/z.wav: a pipe");
    unlink(in_scratch("odd/z.wav"));
    if (geteuid() != 0) {
        expect_equal(mkdir(in_scratch("odd/shut"), 0111), 0);
        expect_error(read_list(&list, "odd"), SE_ERR_IO,
                     "odd/shut: cannot search");
        expect_equal(chmod(in_scratch("odd/shut"), 0755), 0);
        write_file("odd/shut/b.wav", "", 0);
        expect_equal(chmod(in_scratch("odd/shut"), 0444), 0);
        expect_error(read_list(&list, "odd"), SE_ERR_IO,
                     "odd/shut/b.wav: cannot search");
        expect_equal(chmod(in_scratch("odd/shut"), 0755), 0);
    }
}

TEST(folder)
{
    struct se_list list;

    expect_equal(mkdir(in_scratch("set"), 0777), 0);
    expect_equal(mkdir(in_scratch("set/b"), 0777), 0);
    write_file("set/b/1.WAV", "", 0);
    write_file("set/c.flac", "", 0);
    write_file("set/a.ogg", "", 0);
    write_file("set/notes.txt", "", 0);
    write_file("set/wav", "", 0);
    write_file("set/x.wa", "", 0);
    write_file("set/x.", "", 0);
    expect_equal(symlink(in_scratch("set"), in_scratch("set/b/loop")), 0);
    expect_ok(
        se_list_read(&list, in_scratch("set//"), "wav flac ogg", &report));
    expect_equal(list.n, 3);
    expect_text(list.paths[0], in_scratch("set/a.ogg"));
    expect_text(list.paths[1], in_scratch("set/b/1.WAV"));
    expect_text(list.paths[2], in_scratch("set/c.flac"));
    se_list_free(&list);
}

TEST(many)
{
    enum { N = 1000 };
    char *text = malloc(N * 16);
    size_t n = 0;
    struct se_list list;

    expect(text);
    for (int i = 0; i < N; i++)
        n += (size_t)sprintf(text + n, "file%d\n", i);
    write_file("many.txt", text, n);
    free(text);
    expect_ok(read_list(&list, "many.txt"));
    expect_equal(list.n, N);
    expect_text(list.paths[N - 1], "file999");
    se_list_free(&list);
}

static void expect_failure(const char *name, int status, const char *words)
{
    struct se_list list;

    expect_equal(se_list_read(&list, in_scratch(name), "wav", &report), status);
    expect_contains(report.text, in_scratch(name));
    expect_contains(report.text, words);
    expect(!list.paths);
    expect_equal(list.n, 0);
    se_list_free(&list);
}

TEST(bad)
{
    expect_failure("missing.txt", SE_ERR_IO, "No such file");
    write_file("empty.txt", "", 0);
    expect_failure("empty.txt", SE_ERR_FORMAT, "empty list");
    write_file("blank.txt", "\n  \n# no\n", 9);
    expect_failure("blank.txt", SE_ERR_FORMAT, "empty list");
    write_file("sound.wav", "RIFF\0\0\0\0", 8);
    expect_failure("sound.wav", SE_ERR_FORMAT, "not a list");
    write_file("manifest.json", "{\n\t\"format\": 1 }", 16);
    expect_failure("manifest.json", SE_ERR_FORMAT, "not a list: it is JSON");
    expect_equal(mkdir(in_scratch("hollow"), 0777), 0);
    write_file("hollow/a.mp4", "", 0);
    expect_failure("hollow", SE_ERR_FORMAT, "no files ending in");
}

/* What the list names by another place is found by its name, the one of several
 * that shares the most folders with the path. */
TEST(moved)
{
    static const char *const folders[] = {"m", "m/deep", "m/deep/a", "m/b",
                                          "m/lists"};
    struct se_list list;
    char wanted[4200];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        mkdir(in_scratch(folders[i]), 0777);
    write_bytes(in_scratch("m/deep/a/1.wav"), "x", 1);
    write_bytes(in_scratch("m/b/1.wav"), "x", 1);
    write_bytes(in_scratch("m/b/2.wav"), "x", 1);
    write_bytes(in_scratch("m/b/1.txt"), "x", 1);
    write_file("m/list.txt", "wavs/a/1.wav\n./x/y/2.wav\nz/1.wav\nq/3.wav\n",
               41);
    expect_ok(read_list(&list, "m/list.txt"));
    expect_equal(list.n, 4);
    expect_equal(list.n_moved, 2);
    expect(realpath(in_scratch("m/deep/a/1.wav"), wanted));
    expect_text(list.paths[0], wanted);
    expect(realpath(in_scratch("m/b/2.wav"), wanted));
    expect_text(list.paths[1], wanted);
    expect_text(list.paths[2], "z/1.wav"); /* either may be meant */
    expect_text(list.paths[3], "q/3.wav"); /* not there */
    se_list_free(&list);

    /* Lists of the original are in a folder beside what they name. */
    write_file("m/lists/list.txt", "b/2.wav\n", 8);
    expect_ok(read_list(&list, "m/lists/list.txt"));
    expect_equal(list.n_moved, 0);
    expect(strstr(list.paths[0], "lists/../b/2.wav") != NULL);
    se_list_free(&list);
}

/* However many slashes end a folder's name, files, groups and types are those
 * of its name without. */
TEST(slashes_at_the_end)
{
    const struct se_list_filter filter = {.kind = "speech", .most = -1};
    struct se_list plain, slashed;

    mkdir(in_scratch("d"), 0777);
    mkdir(in_scratch("d/bob"), 0777);
    mkdir(in_scratch("d/eve"), 0777);
    write_bytes(in_scratch("d/bob/1.wav"), "x", 1);
    write_bytes(in_scratch("d/bob/2.wav"), "x", 1);
    write_bytes(in_scratch("d/eve/1.wav"), "x", 1);
    expect_ok(se_list_read_filtered(&plain, in_scratch("d"), "wav", &filter,
                                    &report));
    expect_ok(se_list_read_filtered(&slashed, in_scratch("d////////////"),
                                    "wav", &filter, &report));
    expect_equal(plain.n, 3);
    expect_equal(slashed.n, 3);
    for (int i = 0; i < 3; i++) {
        expect_text(slashed.paths[i], plain.paths[i]);
        expect_text(slashed.groups[i], plain.groups[i]);
    }
    expect_text(plain.groups[0], "bob");
    expect_text(plain.groups[2], "eve");
    se_list_free(&plain);
    se_list_free(&slashed);
}
