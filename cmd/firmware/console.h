/* console.h - text and frames out over the board's serial line. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "frame.h"

/* Prints text, in which each % stands for the next of the values:
 *   %u  unsigned decimal     %x  8 hexadecimal digits     %s  text
 * and %% for itself. Values are uintptr_t, pointers cast to it. A newline comes
 * out as CR LF. */
void console_print(const char *text, const uintptr_t *values);

#define CONSOLE_PRINT(text, ...)                                               \
    console_print((text), (const uintptr_t[]){__VA_ARGS__})

/* Sends a frame whose payload lies in two parts. */
struct console_part {
    const void *bytes;
    uint32_t n_bytes;
};
void console_frame(enum frame_type type, uint16_t sequence,
                   struct console_part first, struct console_part second);

#endif
