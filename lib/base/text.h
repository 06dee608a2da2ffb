/* text.h - files of text as people's editors write them. */
#ifndef SE_BASE_TEXT_H
#define SE_BASE_TEXT_H

#include "base/status.h"

#include <stddef.h>

/* Reads a whole file of text, up to `limit` bytes, into *text (malloc, one zero
 * byte after the end) as UTF-8 without a byte order mark: UTF-16 with a mark,
 * of either order, is converted, a line's end of CR LF becomes LF, and so does
 * CR where no LF is.
 * SE_ERR_FORMAT: it is longer, or its UTF-16 has halves of characters. */
int se_read_text(char **text, size_t *n_bytes, const char *path, size_t limit,
                 struct se_report *report);

#endif
