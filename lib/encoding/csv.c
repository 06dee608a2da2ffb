/* csv.c - comma-separated values. */
#include "encoding/csv.h"

#include <string.h>

/* Ends the field at `p` with zeros; *end is the byte that ended it. */
static char *take_field(char *p, char *end, char separator)
{
    char *start = p, *out = p;
    int quoted = *p == '"';

    p += quoted;
    for (; *p; p++) {
        if (quoted && *p == '"') {
            if (p[1] != '"') {
                quoted = 0;
                continue;
            }
            p++;
        } else if (!quoted && (*p == separator || *p == '\n')) {
            break;
        }
        *out++ = *p;
    }
    if (quoted)
        return NULL;
    *end = *p;
    if (*end != separator && out > start && out[-1] == '\r')
        out--;
    *out = '\0';
    return *end ? p + 1 : p;
}

int se_csv_split_by(char **fields, int max, char **text, char separator)
{
    char *p = *text, end = separator;
    int n = 0;

    while (end == separator) {
        char *field = p;

        p = take_field(p, &end, separator);
        if (!p)
            return -1;
        if (n < max)
            fields[n] = field;
        n++;
    }
    *text = end ? p : NULL;
    return n == 1 && max > 0 && fields[0][0] == '\0' ? 0 : n;
}

int se_csv_split(char **fields, int max, char **text)
{
    return se_csv_split_by(fields, max, text, ',');
}

size_t se_csv_preamble(const char *text)
{
    size_t n = strcspn(text, "\n");

    if (strncmp(text, "sep=", 4) != 0 || n < 5 || n > 6 || !text[n])
        return 0;
    return n + 1;
}

char se_csv_separator(const char *text)
{
    static const char separators[] = ",;\t";
    int counts[sizeof separators] = {0}, best = 0;

    for (size_t n = strcspn(text, "\n"), i = 0; i < n; i++) {
        const char *found = strchr(separators, text[i]);

        if (found && *found)
            counts[found - separators]++;
    }
    for (int i = 1; separators[i]; i++)
        if (counts[i] > counts[best])
            best = i;
    return separators[best];
}

void se_csv_write(FILE *stream, const char *field)
{
    if (!strpbrk(field, ",\"\r\n")) {
        fputs(field, stream);
        return;
    }
    putc('"', stream);
    for (; *field; field++) {
        if (*field == '"')
            putc('"', stream);
        putc(*field, stream);
    }
    putc('"', stream);
}
