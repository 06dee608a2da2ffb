/* pair_tile_private.h - the kernel for AMX; float only. */
#ifndef SE_GEMM_PAIR_TILE_PRIVATE_H
#define SE_GEMM_PAIR_TILE_PRIVATE_H

#include "gemm/pair_tile.h"

#if defined __x86_64__ && defined __linux__ && defined __GNUC__ &&             \
    !defined SE_DOUBLE
#define SE_PAIR_AMX
extern const struct se_pair_kernel se_pair_amx;

/* Whether processor and system allow it; asks the system once. */
int se_pair_has_amx(void);
#endif

#endif
