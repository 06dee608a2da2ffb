/* fuzz_table.c - libFuzzer: any bytes are an error or a table to plot, as CSV
 * and as a history of JSON lines; the best epoch of such a history is one of
 * those there; and they are an error or the groups of files of pairs.csv. */
#include "fuzz.h"

#include "metrics/groups.h"
#include "picture/curves.h"
#include "picture/table.h"

static void read_table(const char *path)
{
    struct se_report report = {""};
    struct se_table table;
    int status = se_table_read(&table, path, &report);

    fuzz_check(status, &report);
    if (status != SE_OK)
        return;
    for (int i = 0; i < table.n_columns; i++) {
        volatile double sum = 0; /* all may be read */

        for (int r = 0; r < table.n_rows; r++)
            sum += table.column[i][r];
        (void)sum;
        if (!se_table_find(&table, table.name[i]))
            abort();
    }
    se_curves_check(&table, path, &report);
    se_table_free(&table);
}

static void read_groups(const char *path)
{
    static char *paths[] = {"noisy/a.wav", "clean/a.wav"};
    static struct se_match match[] = {
        {"a", paths}, {"b", paths}, {"mix000002", paths}};
    const struct se_matches files = {match, 3, 2};
    struct se_groups_by by[] = {
        {.path = path}, {path, {"snr", "noise"}, 2}, {path, {"x"}, 1}};

    for (int i = 0; i < 3; i++) {
        struct se_report report = {""};
        struct se_groups groups;
        int status = se_groups_read(&groups, &by[i], &files, &report);

        fuzz_check(status, &report);
        if (status != SE_OK)
            continue;
        for (int g = 0; g < groups.n; g++) {
            for (int m = 0; m < groups.group[g].n; m++) {
                if (groups.group[g].members[m] < 0 ||
                    groups.group[g].members[m] >= files.n)
                    abort();
            }
        }
        se_groups_free(&groups);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64], history[64];
    int file = fuzz_file(path, "x.csv", bytes, n);

    read_table(path);
    read_groups(path);
    close(file);
    file = fuzz_file(history, "history.jsonl", bytes, n);
    read_table(history);
    close(file);
    return 0;
}
