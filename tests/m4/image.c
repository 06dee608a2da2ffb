/* image.c - one net, one stream: what runs in the counting machine, and on the
 * desk with host.c around it. */
#include "image.h"

#include "def_nn3_se.h"

int16_t input[NNSP_HOP], output[NNSP_HOP];

static uint64_t memory[NNSP_SE_MEMORY_BYTES / 8];
static struct nnsp nnsp;

int begin(void)
{
    return nnsp_init(&nnsp, &nnsp_net_se, memory, sizeof memory);
}

int step(void)
{
    nnsp_step(&nnsp, output, input);
    return 0;
}
