/* line.c - lines without control characters, and not too long. */
#include "base/line.h"

#include "base/utf8.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static int is_inside_character(char c)
{
    return (c & 0xc0) == 0x80;
}

/* Two file names and a sentence. */
enum { WHOLE_BYTES = 2 * PATH_MAX + 1024 };

void se_line_format(char *line, size_t size, const char *format, va_list args)
{
    static const char gap[] = "...";
    char whole[WHOLE_BYTES];
    size_t n, head, tail;

    vsnprintf(whole, sizeof whole, format, args);
    se_utf8_tame_line(whole);
    n = strlen(whole);
    if (n < size) {
        memcpy(line, whole, n + 1);
        return;
    }
    head = size / 3;
    tail = n - (size - head - sizeof gap);
    while (head > 0 && is_inside_character(whole[head]))
        head--;
    while (is_inside_character(whole[tail]))
        tail++;
    snprintf(line, size, "%.*s%s%s", (int)head, whole, gap, whole + tail);
}
