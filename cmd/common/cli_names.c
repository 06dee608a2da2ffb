/* cli_names.c - names of files in columns. */
#include "common/cli.h"

#include "base/utf8.h"

#include <limits.h>
#include <stdio.h>

int cli_name_width(const char *name)
{
    int width = 0;

    for (; *name; name++)
        width += (*name & 0xC0) != 0x80; /* UTF-8: not inside a character */
    return width;
}

void cli_print_name(const char *name, int width)
{
    char shown[PATH_MAX];
    int n_blanks = width - cli_name_width(name);

    snprintf(shown, sizeof shown, "%s", name);
    se_utf8_tame_line(shown);
    printf("%s%*s", shown, n_blanks > 0 ? n_blanks : 0, "");
}
