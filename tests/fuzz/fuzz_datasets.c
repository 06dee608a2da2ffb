/* fuzz_datasets.c - libFuzzer: any text is an error or rows of data sets, which
 * print as rows that read as the same. */
#include "fuzz.h"

#include "fetch/datasets.h"

static char *print(const struct se_datasets *sets)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    for (int i = 0; stream && i < sets->n; i++)
        se_dataset_print(&sets->set[i], stream);
    if (stream)
        fclose(stream);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct se_datasets sets = {0}, again = {0};
    struct se_report report = {""};
    char *text = strndup((const char *)bytes, n);
    int status = text ? se_datasets_add(&sets, text, "text", &report) : SE_OK;

    fuzz_check(status, &report);
    if (status == SE_OK) {
        char *first = print(&sets);

        if (se_datasets_add(&again, first, "again", &report) != SE_OK)
            abort();

        char *second = print(&again);

        if (strcmp(first, second) != 0)
            abort();
        free(first);
        free(second);
    }
    se_datasets_free(&sets);
    se_datasets_free(&again);
    free(text);
    return 0;
}
