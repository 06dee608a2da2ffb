/* picture.c - says which characters are boxes. */
#include "common/picture.h"

#include "common/cli.h"

/* UTF-8 of a character. */
static void encode(char text[5], uint32_t c)
{
    int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (int i = n - 1; i > 0; i--, c >>= 6)
        text[i] = (char)(0x80 | (c & 0x3f));
    text[0] = (char)(first[n] | c);
    text[n] = '\0';
}

int picture_commit(struct se_canvas *canvas, struct se_report *report)
{
    char character[5];

    if (canvas->missing) {
        encode(character, canvas->missing);
        cli_remark("no font here has the character %s (U+%04X), it is a box in "
                   "the picture: on Debian, fonts-noto-cjk and fonts-noto-core "
                   "have most",
                   character, (unsigned)canvas->missing);
    }
    return se_canvas_commit(canvas, report);
}
