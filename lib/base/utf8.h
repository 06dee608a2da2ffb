/* utf8.h - whether bytes are UTF-8 (RFC 3629). */
#ifndef SE_BASE_UTF8_H
#define SE_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character at text[0..n-1], 1..4; 0 if it is not UTF-8. */
int se_utf8_length(const char *text, size_t n);

#endif
