/* desk.c - the checksums here, in plain C. */
#include "checksum.h"

#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    for (const struct checksum *c = checksums; c->name; c++)
        printf("%s %08" PRIx32 "\n", c->name, c->compute());
    return fflush(stdout) != 0;
}
