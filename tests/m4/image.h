/* image.h - net 3, "se", one frame after the other. */
#ifndef SE_M4_IMAGE_H
#define SE_M4_IMAGE_H

#include "nnsp/nnsp.h"

extern int16_t input[NNSP_HOP], output[NNSP_HOP];

/* NNSP_OK, or what nnsp_init has against the net. */
int begin(void);

/* `input` to `output`; 0. */
int step(void);

#endif
