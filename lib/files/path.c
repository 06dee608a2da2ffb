/* path.c - path names and their parts. */
#include "files/path.h"

#include <string.h>
#include <strings.h>

size_t se_path_folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

const char *se_path_base(const char *path)
{
    return path + se_path_folder_length(path);
}

const char *se_path_of_input(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

int se_path_has_extension(const char *path, const char *endings)
{
    const char *dot = strrchr(se_path_base(path), '.');
    size_t length = dot ? strlen(dot + 1) : 0;

    if (length == 0)
        return 0;
    for (const char *word = endings; *word;) {
        size_t word_length = strcspn(word, " ");

        if (word_length == length && strncasecmp(word, dot + 1, length) == 0)
            return 1;
        word += word_length;
        word += strspn(word, " ");
    }
    return 0;
}
