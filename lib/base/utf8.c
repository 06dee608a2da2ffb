/* utf8.c - the table of RFC 3629, section 4. */
#include "base/utf8.h"

#include <string.h>

int se_utf8_length(const char *text, size_t n)
{
    /* First byte, range of the second; the rest are 80..BF. */
    static const struct {
        unsigned char first_lo, first_hi, second_lo, second_hi;
        int length;
    } forms[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2},
        {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
        {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    const unsigned char *p = (const unsigned char *)text;

    for (size_t i = 0; n > 0 && i < sizeof forms / sizeof *forms; i++) {
        const int length = forms[i].length;

        if (p[0] < forms[i].first_lo || p[0] > forms[i].first_hi)
            continue;
        if ((size_t)length > n)
            return 0;
        if (length > 1 &&
            (p[1] < forms[i].second_lo || p[1] > forms[i].second_hi))
            return 0;
        for (int j = 2; j < length; j++) {
            if ((p[j] & 0xc0) != 0x80)
                return 0;
        }
        return length;
    }
    return 0;
}

int se_utf8_mend(char *text)
{
    size_t n = strlen(text);
    int n_mended = 0;

    while (n > 0) {
        int length = se_utf8_length(text, n);

        if (length == 0)
            *text = '?', n_mended++, length = 1;
        text += length;
        n -= (size_t)length;
    }
    return n_mended;
}

char se_utf8_tame(char *text, size_t n, char before)
{
    unsigned char last = (unsigned char)before;

    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)text[i];
        /* 80..9F are harmless behind any other byte of a character. */
        const int is_c1 =
            c >= 0x80 && c < 0xa0 && (last < 0x80 || last == 0xc2);
        const int is_control = (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;

        if (is_c1 || is_control)
            text[i] = '?';
        last = c;
    }
    return (char)last;
}

void se_utf8_tame_line(char *text)
{
    se_utf8_tame(text, strlen(text), '\n');
    for (; *text; text++) {
        if (*text == '\n' || *text == '\t')
            *text = '?';
    }
}
