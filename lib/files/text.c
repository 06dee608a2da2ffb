/* text.c - text in UTF-8 or UTF-16 (RFC 3629, RFC 2781). */
#include "files/text.h"

#include "files/file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }

    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf00 >> n & 0xff) | c);
    return n;
}

/* One unit of 16 bits. */
static uint32_t unit_at(const uint8_t *bytes, int is_big_endian)
{
    return is_big_endian ? (uint32_t)(bytes[0] << 8 | bytes[1])
                         : (uint32_t)(bytes[1] << 8 | bytes[0]);
}

/* Converts the n bytes behind a mark into `out`, which has room for 3 bytes a
 * unit; how many bytes, or -1 where half a character is missing. */
static int64_t from_utf16(char *out, const uint8_t *bytes, size_t n,
                          int is_big_endian)
{
    size_t used = 0;

    if (n % 2 != 0)
        return -1;
    for (size_t i = 0; i < n; i += 2) {
        uint32_t c = unit_at(bytes + i, is_big_endian);

        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low =
                i + 4 <= n ? unit_at(bytes + i + 2, is_big_endian) : 0;

            if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
                return -1;
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        }
        used += put_utf8(out + used, c);
    }
    return (int64_t)used;
}

/* Takes the CR out of each CR LF; where there are none but CR, they become LF.
 * How many bytes are left. */
static size_t unify_lines(char *text, size_t n)
{
    int has_lf = memchr(text, '\n', n) != NULL;
    size_t used = 0;

    for (size_t i = 0; i < n && !has_lf; i++)
        if (text[i] == '\r')
            text[i] = '\n';
    for (size_t i = 0; i < n; i++) {
        if (text[i] != '\r' || i + 1 == n || text[i + 1] != '\n')
            text[used++] = text[i];
    }
    text[used] = '\0';
    return used;
}

static int convert(char **text, size_t *n_bytes, const char *path,
                   struct se_report *report)
{
    const uint8_t *bytes = (const uint8_t *)*text;
    size_t n = *n_bytes - 2;
    char *out = malloc(n / 2 * 3 + 1);
    int64_t used = out ? from_utf16(out, bytes + 2, n, bytes[0] == 0xfe) : 0;

    if (!out || used < 0) {
        free(out);
        return !out ? se_fail_memory(report, path)
                    : se_fail(report, SE_ERR_FORMAT,
                              "%s: expected text: its UTF-16 has half a "
                              "character",
                              path);
    }
    free(*text);
    *text = out;
    *n_bytes = (size_t)used;
    return SE_OK;
}

int se_read_text(char **text, size_t *n_bytes, const char *path, size_t limit,
                 struct se_report *report)
{
    int status = se_read_file(text, n_bytes, path, limit, report);

    if (status != SE_OK)
        return status;
    if (*n_bytes >= 2 && (memcmp(*text, "\xff\xfe", 2) == 0 ||
                          memcmp(*text, "\xfe\xff", 2) == 0))
        status = convert(text, n_bytes, path, report);
    if (status != SE_OK) {
        free(*text);
        *text = NULL;
        *n_bytes = 0;
        return status;
    }
    if (*n_bytes >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
        *n_bytes -= 3;
        memmove(*text, *text + 3, *n_bytes);
    }
    *n_bytes = unify_lines(*text, *n_bytes);
    return SE_OK;
}
