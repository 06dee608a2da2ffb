/* texts.h - text files that a test has written, read again. */
#ifndef SE_TESTS_TEXTS_H
#define SE_TESTS_TEXTS_H

#include "files/file.h"

/* To be freed; NULL: there is no such file. */
static inline char *read_text(const char *path)
{
    size_t n;
    char *text;

    if (se_read_file(&text, &n, path, 1 << 20, NULL) != SE_OK)
        return NULL;
    return text;
}

#endif
