/* text.h - text files in whatever encoding and line ends editors write. */
#ifndef SE_FILES_TEXT_H
#define SE_FILES_TEXT_H

#include "base/status.h"

#include <stddef.h>

/* Reads a whole file of text, up to `limit` bytes, into *text (malloc, one zero
 * byte after the end) as UTF-8 without a byte order mark: UTF-16 with a mark,
 * of either order, is converted; CR LF becomes LF, and so does CR in a text
 * without LF. SE_ERR_FORMAT: it is longer, or its UTF-16 has lone surrogates.
 */
int se_read_text(char **text, size_t *n_bytes, const char *path, size_t limit,
                 struct se_report *report);

#endif
