/* line.h - a line for people, whatever file names and values go into it. */
#ifndef SE_BASE_LINE_H
#define SE_BASE_LINE_H

#include <stdarg.h>
#include <stddef.h>

/* Formats into line[size], 16 or more, without control characters. A line that
 * is too long loses its middle: the name in front, and what is wrong with it at
 * the end, are what matters. */
void se_line_format(char *line, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
