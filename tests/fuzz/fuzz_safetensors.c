/* fuzz_safetensors.c - libFuzzer: any bytes are an error or a file whose
 * arrays lie inside it; and a model, if they are one. */
#include "model/model.h"
#include "model/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void read_both(const char *path)
{
    struct se_safetensor tensor = {"w", 1, {2}, NULL};
    struct se_safetensors *file;
    struct se_model model;

    if (se_safetensors_read(&file, path, NULL) == SE_OK) {
        if (se_safetensors_get(file, &tensor, NULL) == SE_OK) {
            volatile float sum = tensor.data[0] + tensor.data[1]; /* may be */
            (void)sum;
        }
        se_safetensors_free(file);
    }
    if (se_model_read(&model, path, NULL) == SE_OK)
        se_model_free(&model);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[40];
    int file = memfd_create("fuzz", 0); /* a file in memory, with a name */

    if (file < 0 || write(file, bytes, n) != (ssize_t)n)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    read_both(path);
    close(file);
    return 0;
}
