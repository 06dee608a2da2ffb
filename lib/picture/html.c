/* html.c - escapes. */
#include "picture/html.h"

#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void se_html_text(FILE *stream, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        int n = se_utf8_length(text, left);
        const char *escape = escape_of(*text);
        int is_control =
            ((unsigned char)*text < ' ' && *text != '\n') || *text == 0x7f;

        if (n == 0 || is_control) {
            n = 1;
            escape = "&#xFFFD;";
        }
        if (escape)
            fputs(escape, stream);
        else
            fwrite(text, 1, (size_t)n, stream);
        text += n;
        left -= (size_t)n;
    }
}

void se_html_base64(FILE *stream, const void *bytes, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *x = bytes;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)x[i] << 16;

        if (i + 1 < n)
            three |= (uint32_t)x[i + 1] << 8;
        if (i + 2 < n)
            three |= x[i + 2];
        putc(digits[three >> 18], stream);
        putc(digits[three >> 12 & 63], stream);
        putc(i + 1 < n ? digits[three >> 6 & 63] : '=', stream);
        putc(i + 2 < n ? digits[three & 63] : '=', stream);
    }
}
