/* checksum.h - what a core computes, as numbers: the same on every core. */
#ifndef SE_CORES_CHECKSUM_H
#define SE_CORES_CHECKSUM_H

#include <stdint.h>

struct checksum {
    const char *name; /* NULL: no more */
    uint32_t (*compute)(void);
};

/* stream.c: CRC-32 (as in zip) of what net 3, "se", makes of the speech in
 * speech.h, low bytes first; 0 if nnsp_init refuses the net.
 * kernels.c: of the parts that some cores have instructions of their own for,
 * one by one. */
extern const struct checksum checksums[];

#endif
