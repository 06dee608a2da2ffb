/* nnse_builtin.h - the net that the library carries: the bytes of a checkpoint,
 * which the build names (Makefile, BUILTIN). */
#ifndef NNSE_BUILTIN_H
#define NNSE_BUILTIN_H

__attribute__((visibility("hidden"))) extern const unsigned char nnse_builtin[],
    nnse_builtin_end[];

#endif
