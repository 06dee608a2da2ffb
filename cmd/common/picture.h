/* picture.h - pictures of a program: done, with a word on what they lack. */
#ifndef CMD_COMMON_PICTURE_H
#define CMD_COMMON_PICTURE_H

#include "picture/canvas.h"

/* As se_canvas_commit; first a remark where no installed font has a character
 * of the picture's words. */
int picture_commit(struct se_canvas *canvas, struct se_report *report);

#endif
