/* files.c - which files belong together. */
#include "common/cli.h"
#include "eval.h"

#include "audio/endings.h"
#include "corpus/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_TOLD = 5 };

struct named {
    char *name;
    char *path;
};

struct folder {
    const char *path;
    struct se_list list; /* its paths are those of the files */
    struct named *files; /* [list.n], sorted by name */
};

void *eval_memory(void *memory)
{
    if (!memory)
        cli_die(EXIT_FAILED, "out of memory for the list of files");
    return memory;
}

/* Exits when there is no such file; "-" is standard input. */
static int is_folder(const char *path)
{
    struct stat info;

    if (strcmp(path, "-") == 0)
        return 0;
    if (stat(path, &info) != 0)
        cli_die(EXIT_FAILED, "%s: cannot open: %s", path, strerror(errno));
    return S_ISDIR(info.st_mode);
}

/* "a/b" of "folder/a/b.wav" */
static char *name_in(const char *folder, const char *path)
{
    size_t length = strlen(folder);

    while (length > 1 && folder[length - 1] == '/')
        length--;
    path += length;
    path += strspn(path, "/");
    return eval_memory(strndup(path, (size_t)(strrchr(path, '.') - path)));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name,
                  ((const struct named *)b)->name);
}

static struct folder open_folder(const char *path)
{
    struct folder folder = {.path = path};
    struct se_report report;

    cli_check(se_list_read(&folder.list, path, se_sound_endings, &report),
              &report);

    int n = folder.list.n;

    folder.files = eval_memory(calloc((size_t)n, sizeof *folder.files));
    for (int i = 0; i < n; i++)
        folder.files[i] = (struct named){name_in(path, folder.list.paths[i]),
                                         folder.list.paths[i]};
    qsort(folder.files, (size_t)n, sizeof *folder.files, compare_names);
    for (int i = 1; i < n; i++) {
        if (compare_names(&folder.files[i - 1], &folder.files[i]) == 0)
            cli_die(EXIT_FAILED, "%s and %s have the same name",
                    folder.files[i - 1].path, folder.files[i].path);
    }
    return folder;
}

static void close_folder(struct folder *folder)
{
    for (int i = 0; i < folder->list.n; i++)
        free(folder->files[i].name);
    free(folder->files);
    se_list_free(&folder->list);
}

/* Exits, naming the first files, if `folder` lacks some of `other`. */
static void check_complete(const struct folder *folder,
                           const struct folder *other)
{
    char told[400] = "";
    size_t used = 0;
    int n_missing = 0;

    for (int i = 0; i < other->list.n; i++) {
        if (bsearch(&other->files[i], folder->files, (size_t)folder->list.n,
                    sizeof *folder->files, compare_names))
            continue;
        if (n_missing++ < MAX_TOLD && used < sizeof told)
            used += (size_t)snprintf(told + used, sizeof told - used, "%s%s",
                                     used ? ", " : "", other->files[i].name);
    }
    if (n_missing)
        cli_die(EXIT_FAILED, "%s: lacks %d of the %d files in %s: %s%s",
                folder->path, n_missing, other->list.n, other->path, told,
                n_missing > MAX_TOLD ? ", ..." : "");
}

static void allocate(struct eval *eval, int n_files, int n_places)
{
    eval->n_files = n_files;
    eval->n_places = n_places;
    eval->files = eval_memory(calloc((size_t)n_files, sizeof *eval->files));
    for (int i = 0; i < n_files; i++) {
        struct eval_file *file = &eval->files[i];

        file->paths =
            eval_memory(calloc((size_t)n_places, sizeof *file->paths));
        file->result =
            eval_memory(calloc((size_t)eval->n_systems, sizeof *file->result));
    }
}

static void open_folders(struct eval *eval, const char *const *places,
                         int n_places)
{
    struct folder folders[EVAL_MAX_PLACES];

    for (int p = 0; p < n_places; p++)
        folders[p] = open_folder(places[p]);
    for (int p = 1; p < n_places; p++) {
        check_complete(&folders[p], &folders[EVAL_CLEAN]);
        check_complete(&folders[EVAL_CLEAN], &folders[p]);
    }
    allocate(eval, folders[EVAL_CLEAN].list.n, n_places);
    for (int i = 0; i < eval->n_files; i++) {
        struct eval_file *file = &eval->files[i];

        file->name = eval_memory(strdup(folders[EVAL_CLEAN].files[i].name));
        for (int p = 0; p < n_places; p++)
            file->paths[p] = eval_memory(strdup(folders[p].files[i].path));
    }
    for (int p = 0; p < n_places; p++)
        close_folder(&folders[p]);
}

static void open_file(struct eval *eval, const char *const *places,
                      int n_places)
{
    const char *slash = strrchr(places[EVAL_INPUT], '/');

    allocate(eval, 1, n_places);
    eval->files->name =
        eval_memory(strdup(slash ? slash + 1 : places[EVAL_INPUT]));
    for (int p = 0; p < n_places; p++)
        eval->files->paths[p] = eval_memory(strdup(places[p]));
}

void eval_open_files(struct eval *eval, const char *const *places, int n_places)
{
    int in_folders = is_folder(places[EVAL_CLEAN]);

    for (int p = 1; p < n_places; p++) {
        if (is_folder(places[p]) != in_folders)
            cli_die(EXIT_USAGE,
                    "%s is a folder and %s is none: expected folders or files",
                    places[in_folders ? EVAL_CLEAN : p],
                    places[in_folders ? p : EVAL_CLEAN]);
    }
    if (in_folders)
        open_folders(eval, places, n_places);
    else
        open_file(eval, places, n_places);
}

void eval_close_files(struct eval *eval)
{
    for (int i = 0; i < eval->n_files; i++) {
        struct eval_file *file = &eval->files[i];

        for (int p = 0; p < eval->n_places; p++)
            free(file->paths[p]);
        free(file->paths);
        free(file->result);
        free(file->name);
    }
    free(eval->files);
}
