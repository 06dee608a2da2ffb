/* desk.c - the checksum here, in plain C. */
#include "checksum.h"

#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    printf("%08" PRIx32 "\n", checksum());
    return fflush(stdout) != 0;
}
