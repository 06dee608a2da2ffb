/* board.c - the integer runtime alone, as a firmware calls it: no heap, no
 * library. Standard input and output stand for microphone and loudspeaker (16
 * kHz, one channel, 16 bits).
 *
 *     se-convert --net_id 3 --net_name se
 *     cc -I lib board.c def_nn3_se.c lib/nnsp/[a-z]*.c -o board
 *     ./board <noisy.raw >clean.raw */
#include "def_nn3_se.h"

#include <stdio.h>

static uint64_t memory[NNSP_SE_MEMORY_BYTES / 8];
static struct nnsp nnsp;

int main(void)
{
    int16_t hop[NNSP_HOP];

    if (nnsp_init(&nnsp, &nnsp_net_se, memory, sizeof memory) != NNSP_OK)
        return 1;
    while (fread(hop, sizeof hop, 1, stdin) == 1) { /* every 10 ms */
        nnsp_step(&nnsp, hop, hop);
        fwrite(hop, sizeof hop, 1, stdout); /* NNSP_DELAY samples late */
    }
    return 0;
}
