/* checksum.h - the runtime as a core executes it, as one number. */
#ifndef SE_CORES_CHECKSUM_H
#define SE_CORES_CHECKSUM_H

#include <stdint.h>

/* checksum.c: CRC-32 (as in zip) of what net 3, "se", makes of the speech in
 * speech.h, low bytes first; 0 if nnsp_init refuses the net. Or kernel.c: of
 * the dot product alone. */
uint32_t checksum(void);

#endif
