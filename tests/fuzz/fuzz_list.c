/* fuzz_list.c - libFuzzer: any bytes are an error or a list: a text or a CSV
 * manifest, in UTF-8 or UTF-16. A manifest that was read is written and reads
 * back as the same. */
#include "fuzz.h"

#include "corpus/catalog.h"
#include "corpus/list.h"

static int same_entry(const struct se_entry *a, const struct se_entry *b)
{
    return strcmp(a->path, b->path) == 0 && strcmp(a->kind, b->kind) == 0 &&
           strcmp(a->speaker, b->speaker) == 0 && strcmp(a->set, b->set) == 0 &&
           strcmp(a->split, b->split) == 0;
}

static void read_back(const struct se_catalog *catalog)
{
    struct se_report report = {""};
    struct se_catalog again = {0};
    char path[64], text[1 << 17];

    snprintf(path, sizeof path, "%s/again.csv", fuzz_folder());
    if (se_catalog_write(catalog, path, &report) != SE_OK)
        abort();

    FILE *file = fopen(path, "r");
    size_t n = fread(text, 1, sizeof text - 1, file);

    fclose(file);
    text[n] = '\0';
    if (n == sizeof text - 1)
        return;
    if (se_catalog_parse(&again, text, "again", &report) != SE_OK ||
        again.n != catalog->n)
        abort();
    for (int i = 0; i < again.n; i++) {
        if (!same_entry(&again.entries[i], &catalog->entries[i]))
            abort();
        se_entry_matches(&again.entries[i], again.entries[i].split);
    }
    se_catalog_free(&again);
}

static void parse_catalog(const uint8_t *bytes, size_t n)
{
    struct se_catalog catalog = {0};
    struct se_report report = {""};
    char *text = strndup((const char *)bytes, n);

    if (text && se_catalog_is(text)) {
        int status = se_catalog_parse(&catalog, text, "text", &report);

        fuzz_check(status, &report);
        if (status == SE_OK && catalog.n < 50)
            read_back(&catalog);
    }
    se_catalog_free(&catalog);
    free(text);
}

static void read_list(const uint8_t *bytes, size_t n)
{
    struct se_list_filter filter = {.kind = "speech", .most = -1};
    struct se_report report = {""};
    struct se_list list;
    char path[64];
    int file = fuzz_file(path, "list", bytes, n);
    int status = se_list_read_filtered(&list, path, "wav", &filter, &report);

    fuzz_check(status, &report);
    if (status == SE_OK) {
        if (list.n < 1)
            abort();
        for (int i = 0; i < list.n; i++) {
            if (!list.paths[i] || !list.groups[i])
                abort();
        }
        se_list_free(&list);
    }
    close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    read_list(bytes, n);
    parse_catalog(bytes, n);
    return 0;
}
