/* fuzz_arch.c - libFuzzer: any text is an error or a net that reads back. */
#include "nn/arch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    enum { TEXT_BYTES = 4096 };
    char *text = strndup((const char *)bytes, n), formatted[TEXT_BYTES];
    struct se_arch arch, again;
    struct se_report report;

    if (text && se_arch_parse(&arch, text, "text", &report) == SE_OK) {
        if (se_arch_format(formatted, TEXT_BYTES, &arch) >= TEXT_BYTES ||
            se_arch_parse(&again, formatted, "again", &report) != SE_OK ||
            se_arch_expect(&again, &arch, "again", &report) != SE_OK)
            abort();
    }
    free(text);
    return 0;
}
