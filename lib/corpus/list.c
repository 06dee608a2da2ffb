/* list.c - lists of files from a text file, a manifest or a folder. */
#include "corpus/list.h"

#include "base/rng.h"
#include "corpus/catalog.h"
#include "corpus/list_private.h"
#include "corpus/relocate_private.h"
#include "corpus/speaker.h"
#include "files/path.h"
#include "files/text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LIST_BYTES = 1 << 30 };

/* A path in double quotes, as file managers copy it, without them. */
static char *unquote(char *line)
{
    size_t n = strlen(line);

    if (n < 3 || line[0] != '"' || line[n - 1] != '"')
        return line;
    line[n - 1] = '\0';
    return line + 1;
}

static int read_lines(struct se_list_reading *r, char *text)
{
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n"))) {
        size_t n = strlen(line);

        while (n > 0 && isspace((unsigned char)line[n - 1]))
            line[--n] = '\0';
        line += strspn(line, " \t");
        line = unquote(line);
        if (line[0] == '\0' || line[0] == '#')
            continue;

        int status = se_list_append_named(r, line);

        if (status != SE_OK)
            return status;
    }
    if (r->list->n == 0)
        return se_fail(r->report, SE_ERR_FORMAT,
                       "%s: empty list, expected one path a line", r->name);
    return se_relocate(r->list, r->name, r->extensions, r->report);
}

/* Such as the manifest of records, which stands in their folder. */
static int is_json(const char *text)
{
    text += strspn(text, " \t\n");
    if (*text != '{')
        return 0;
    text++;
    text += strspn(text, " \t\n");
    return *text == '"' || *text == '}';
}

static int read_text(struct se_list_reading *r)
{
    char *text;
    size_t n_bytes;
    int status =
        se_read_text(&text, &n_bytes, r->name, MAX_LIST_BYTES, r->report);

    if (status != SE_OK)
        return status;
    if (memchr(text, '\0', n_bytes))
        status = se_fail(r->report, SE_ERR_FORMAT,
                         "%s: not a list: zero bytes found, expected a folder "
                         "or a text file with one path a line",
                         r->name);
    else if (is_json(text))
        status = se_fail(r->report, SE_ERR_FORMAT,
                         "%s: not a list: it is JSON, expected a folder or a "
                         "text file with one path a line",
                         r->name);
    else if (se_catalog_is(text))
        status = se_list_take_manifest(r, text);
    else if (r->selection[0])
        status = se_fail(r->report, SE_ERR_FORMAT,
                         "%s: not a manifest, of which %s could be taken",
                         r->name, r->selection);
    else
        status = read_lines(r, text);
    free(text);
    return status;
}

/* ---- groups -------------------------------------------------------------- */

/* Type of a file by its place: the first folder below `folder`, else (NULL) the
 * folder that it is in. */
static void type_by_place(char *type, size_t size, const char *path,
                          const char *folder)
{
    size_t length = se_path_folder_length(path);

    if (folder) {
        path += strlen(folder);
        path += strspn(path, "/");
        length = strcspn(path, "/");
        length = path[length] ? length : 0;
    } else if (length > 0) {
        length--;
    }
    snprintf(type, size, "%.*s", (int)length, path);
}

/* What the manifest does not know, the names may tell. */
static int complete_groups(struct se_list_reading *r)
{
    struct se_list *list = r->list;
    size_t n_folder = r->folder ? strlen(r->folder) : 0;
    char name[PATH_MAX];

    if (!list->groups)
        list->groups = calloc((size_t)list->n + 1, sizeof *list->groups);
    if (!list->groups)
        return se_fail_memory(r->report, "a list of files");
    for (int i = 0; i < list->n; i++) {
        const char *path = list->paths[i], *below = path + n_folder;

        if (list->groups[i])
            continue;
        if (r->filter->by_type)
            type_by_place(name, sizeof name, path, r->folder);
        else if (se_list_is_speech(r->filter))
            se_speaker_of_path(name, sizeof name, below + strspn(below, "/"));
        else
            se_noise_of_path(name, sizeof name, path);
        list->groups[i] = strdup(name);
        if (!list->groups[i])
            return se_fail_memory(r->report, "a list of files");
    }
    return SE_OK;
}

/* ---- some of them -------------------------------------------------------- */

/* Keeps `most` of the files, each as likely as the others. */
static void draw(struct se_list *list, int most, uint64_t seed)
{
    const int n_all = list->n;
    struct se_rng rng;

    se_rng_seed(&rng, seed, 0);
    list->n = 0;
    for (int i = 0; i < n_all; i++) {
        if ((int)se_rng_below(&rng, (uint32_t)(n_all - i)) < most) {
            list->groups[list->n] = list->groups[i];
            list->paths[list->n++] = list->paths[i];
            most--;
        } else {
            free(list->groups[i]);
            free(list->paths[i]);
        }
    }
}

/* ---- names --------------------------------------------------------------- */

/* Splits "corpus.csv:split=train" if the whole is not a file; *selection
 * becomes "" otherwise. NULL without memory. */
static char *split_name(const char *name, const char **selection)
{
    const char *colon = strstr(name, ".csv:");

    *selection = "";
    if (!colon || access(name, F_OK) == 0)
        return strdup(name);
    *selection = colon + 5;
    return strndup(name, (size_t)(colon - name) + 4);
}

/* "folder/" and "folder" give the same paths. */
static int set_folder(struct se_list_reading *r)
{
    r->folder = strdup(r->name);
    if (!r->folder)
        return se_fail_memory(r->report, r->name);
    for (size_t n = strlen(r->folder); n > 1 && r->folder[n - 1] == '/'; n--)
        r->folder[n - 1] = '\0';
    return SE_OK;
}

static int read_any(struct se_list_reading *r)
{
    struct stat info;
    int status = SE_OK;

    if (stat(r->name, &info) != 0)
        return se_fail_errno(r->report, r->name, "cannot open");
    if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode))
        return se_fail(r->report, SE_ERR_FORMAT,
                       "%s: is a device, expected a list or a folder", r->name);
    if (S_ISDIR(info.st_mode))
        status = set_folder(r);
    if (status == SE_OK)
        status = r->folder ? se_list_search(r) : read_text(r);
    if (status == SE_OK)
        status = complete_groups(r);
    if (status == SE_OK && r->filter->most >= 0 && r->filter->most < r->list->n)
        draw(r->list, r->filter->most, r->filter->seed);
    free(r->folder);
    return status;
}

int se_list_read_filtered(struct se_list *list, const char *name,
                          const char *extensions,
                          const struct se_list_filter *filter,
                          struct se_report *report)
{
    struct se_list_reading reading = {.list = list,
                                      .extensions = extensions,
                                      .filter = filter,
                                      .report = report};
    char *file = split_name(name, &reading.selection);

    *list = (struct se_list){0};
    if (!file)
        return se_fail_memory(report, name);
    list->name = file;
    reading.name = file;

    int status = read_any(&reading);

    if (status != SE_OK)
        se_list_free(list);
    return status;
}

int se_list_read(struct se_list *list, const char *name, const char *extensions,
                 struct se_report *report)
{
    const struct se_list_filter all = {.most = -1};

    return se_list_read_filtered(list, name, extensions, &all, report);
}

void se_list_free(struct se_list *list)
{
    for (int i = 0; i < list->n; i++) {
        free(list->paths[i]);
        if (list->groups)
            free(list->groups[i]);
    }
    free(list->paths);
    free(list->groups);
    free(list->name);
    *list = (struct se_list){0};
}
