/* tile_private.h - the kernels for x86-64; float only. */
#ifndef SE_GEMM_TILE_PRIVATE_H
#define SE_GEMM_TILE_PRIVATE_H

#include "gemm/tile.h"

#if defined __x86_64__ && defined __GNUC__ && !defined SE_DOUBLE
#define SE_TILE_X86
extern const struct se_tile_kernel se_tile_avx512, se_tile_avx2;
#endif

#endif
