/* fuzz_pickle.c - libFuzzer: any bytes are an error or named arrays. */
#include "import/pickle.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct se_pickle pickle;
    struct se_report report = {""};
    int status = se_pickle_parse(&pickle, bytes, n, "bytes", &report);

    if ((status == SE_OK) != (report.text[0] == '\0') ||
        strchr(report.text, '\n'))
        abort();
    for (int i = 0; i < pickle.n_arrays; i++) {
        volatile float sum = 0; /* all may be read */

        for (int j = 0; j < pickle.array[i].n; j++)
            sum += pickle.array[i].values[j];
        (void)sum;
    }
    se_pickle_free(&pickle);
    return 0;
}
