/* shipped.c - which checkpoints come with the programs. */
#include "files/file.h"
#include "files/find.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line "<sha256>  <name>/<checkpoint>" of this net: its second word, ended;
 * or NULL. */
static const char *find_entry(char *list, const char *name)
{
    const size_t n = strlen(name);
    char *rest = NULL;

    for (char *line = strtok_r(list, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *entry = strstr(line, "  ");

        if (entry && strncmp(entry + 2, name, n) == 0 && entry[2 + n] == '/')
            return entry + 2;
    }
    return NULL;
}

int se_model_shipped(char *path, size_t size, const char *name,
                     struct se_report *report)
{
    enum { LIMIT_BYTES = 1 << 20 };
    char list_path[4096], *list;
    size_t n_bytes;
    int status;

    if (!*name)
        return se_fail(report, SE_ERR_ARG,
                       "'shipped:': expected the name of a net, found an empty "
                       "one");
    status = se_find(list_path, sizeof list_path, "shipped:shipped.txt",
                     "models", report);

    if (status == SE_OK)
        status = se_read_file(&list, &n_bytes, list_path, LIMIT_BYTES, report);
    if (status != SE_OK)
        return status;

    const char *entry = find_entry(list, name);

    if (entry)
        snprintf(path, size, "%s/models/%s", se_root(1), entry);
    else
        status = se_fail(report, SE_ERR_IO, "shipped:%s: no such net in %s",
                         name, list_path);
    free(list);
    return status;
}
