/* font.h - fonts that have the characters of a text.
 *
 * Cairo draws a text in one font, and boxes for what that lacks. */
#ifndef SE_PICTURE_FONT_H
#define SE_PICTURE_FONT_H

#include <stddef.h>
#include <stdint.h>

enum { SE_FONT_NAME = 128 };

struct se_font_run {
    char family[SE_FONT_NAME];
    uint32_t missing; /* the first character that the family lacks; 0: none */
};

/* How many bytes of the text, UTF-8, can be drawn in one font, and which: as
 * many as "sans-serif" has; or, where it lacks the first, as many as it lacks,
 * in the font that has most of them of those that are installed. */
size_t se_font_run(struct se_font_run *run, const char *text);

#endif
