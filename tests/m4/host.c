/* host.c - image.c on the desk, in plain C.
 *
 *     host <SPEECH.raw >OUT.raw       (as count.c) */
#include "image.h"

#include <stdio.h>

int main(void)
{
    if (begin() != NNSP_OK)
        return 1;
    while (fread(input, sizeof input, 1, stdin) == 1) {
        step();
        if (fwrite(output, sizeof output, 1, stdout) != 1)
            return 1;
    }
    return fflush(stdout) != 0;
}
