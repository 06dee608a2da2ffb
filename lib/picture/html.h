/* html.h - text and bytes as they may stand in a web page. */
#ifndef SE_PICTURE_HTML_H
#define SE_PICTURE_HTML_H

#include <stddef.h>
#include <stdio.h>

/* Text of any origin, between tags or inside a quoted attribute: nothing in it
 * is markup any more. Control characters, and what is not UTF-8, become
 * U+FFFD. */
void se_html_text(FILE *stream, const char *text);

/* RFC 4648, with padding, on one line. */
void se_html_base64(FILE *stream, const void *bytes, size_t n);

#endif
