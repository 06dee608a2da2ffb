/* image.c - what runs in the counting machine: one net, one stream. The net's
 * table is compiled beside it; NET is its symbol. */
#include "nnsp/nnsp.h"

int begin(void);
int step(void);

int16_t input[NNSP_HOP], output[NNSP_HOP];

extern const struct nnsp_net NET;

static uint64_t memory[4096];
static struct nnsp nnsp;

int begin(void)
{
    return nnsp_init(&nnsp, &NET, memory, sizeof memory);
}

int step(void)
{
    nnsp_step(&nnsp, output, input);
    return 0;
}
