/* reference.c - what a board must give: the runtime and the same tables, built
 * for the desk. Raw 16-bit samples from file to file, whole frames only. */

#include "firmware/frame.h"
#include "nnsp/nnsp.h"

#include "def_nn3_se.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    static uint64_t memory[NNSP_SE_MEMORY_BYTES / 8];
    int16_t hop[NNSP_HOP];
    struct nnsp nnsp;
    uint32_t crc = 0;
    FILE *in, *out;

    if (argc != 3 || !(in = fopen(argv[1], "rb")) ||
        !(out = fopen(argv[2], "wb")) ||
        nnsp_init(&nnsp, &nnsp_net_se, memory, sizeof memory) != NNSP_OK) {
        fprintf(stderr, "usage: reference IN OUT (raw samples)\n");
        return 1;
    }
    while (fread(hop, sizeof hop, 1, in) == 1) {
        nnsp_step(&nnsp, hop, hop);
        crc = frame_crc32(crc, hop, sizeof hop);
        fwrite(hop, sizeof hop, 1, out);
    }
    printf("crc32=%08x\n", crc);
    fclose(in);
    return fclose(out) ? 1 : 0;
}
