/* speaker.c - who speaks and what sounds, by the names of files. */
#include "corpus/speaker.h"

#include "files/path.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Length of `digits` digits or more at `p`, 0 if there are fewer. */
static size_t number_at(const char *p, size_t digits)
{
    size_t n = strspn(p, "0123456789");

    return n >= digits ? n : 0;
}

/* Length of a speaker's mark at the start of a name, 0 if there is none: a
 * letter of `letters`, a number, and the separator. */
static size_t marked(const char *name, const char *letters, size_t digits)
{
    size_t n;

    if (!name[0] || !strchr(letters, name[0]))
        return 0;
    n = number_at(name + 1, digits);
    return n > 0 && name[n + 1] == '_' ? n + 1 : 0;
}

/* "1034-121119-0005.flac" */
static size_t librispeech(const char *name)
{
    size_t speaker = number_at(name, 1), chapter;

    if (!speaker || name[speaker] != '-')
        return 0;
    chapter = number_at(name + speaker + 1, 1);
    return chapter && name[speaker + 1 + chapter] == '-' ? speaker : 0;
}

/* Length of the speaker's mark that a well-known set puts into names; 0: none.
 */
static size_t well_known(const char *name)
{
    size_t n = librispeech(name);

    if (n == 0)
        n = marked(name, "ps", 3);
    if (n == 0)
        n = marked(name, "ABCD", 1);
    return n;
}

int se_speaker_is_marked(const char *path)
{
    return well_known(se_path_base(path)) > 0;
}

void se_speaker_of_path(char *speaker, size_t size, const char *path)
{
    const char *name = se_path_base(path), *start = name;
    size_t n = well_known(name);

    if (n == 0 && name > path) {
        for (start = name - 1; start > path && start[-1] != '/';)
            start--;
        n = (size_t)(name - 1 - start);
    } else if (n == 0) {
        n = strcspn(name, "_-");
        if (!name[n])
            n = strcspn(name, ".");
    }
    snprintf(speaker, size, "%.*s", (int)n, start);
}

void se_noise_of_path(char *kind, size_t size, const char *path)
{
    const char *name = se_path_base(path);
    size_t n = strcspn(name, ".");

    for (size_t i = 1; i + 1 < n; i++)
        if (strchr("_- ", name[i]) && isdigit((unsigned char)name[i + 1]))
            n = i;
    snprintf(kind, size, "%.*s", (int)n, name);
}
