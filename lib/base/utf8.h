/* utf8.h - whether bytes are UTF-8 (RFC 3629), and safe to show. */
#ifndef SE_BASE_UTF8_H
#define SE_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character at text[0..n-1], 1..4; 0 if it is not UTF-8. */
int se_utf8_length(const char *text, size_t n);

/* Replaces, in place, each byte that is not UTF-8 by '?', as JSON must. Returns
 * how many there were. */
int se_utf8_mend(char *text);

/* Replaces, in place, what a terminal would take for a command by '?': control
 * characters except tab and new line, and those of ISO 8859 (C1), in UTF-8 or
 * as single bytes. A text may come in parts: `before` is the byte that precedes
 * this part, or '\n' if there is none. Returns the byte that precedes the next
 * part. */
char se_utf8_tame(char *text, size_t n, char before);

/* The same of a whole text, tabs and new lines included: it stays one line. */
void se_utf8_tame_line(char *text);

#endif
