/* compare.c - systems as a table, JSON or comma-separated values. */
#include "compare.h"

#include "common/cli.h"

#include "base/csv.h"
#include "base/json.h"
#include "metrics/interval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_SCORES = 4, LABEL_WIDTH = 28 };

static const struct {
    const char *key, *title;
    int digits;
} kinds[N_SCORES] = {
    {"stoi", "STOI", 3},
    {"estoi", "ESTOI", 3},
    {"si_sdr_db", "SI-SDR dB", 2},
    {"seg_snr_db", "seg SNR dB", 2},
};

/* One system on one group of files. */
struct row {
    const struct eval_system *system;
    struct se_interval score[N_SCORES], gain[N_SCORES];
    int has_gain;
    double real_time; /* processor time by duration; NAN: not a net */
};

/* ---- rows ---------------------------------------------------------------- */

static double value_of(const struct se_scores *scores, int kind)
{
    const double values[N_SCORES] = {scores->stoi, scores->estoi,
                                     scores->si_sdr_db, scores->seg_snr_db};

    return values[kind];
}

static double real_time_of(const struct eval *eval, int s,
                           const struct se_group *group)
{
    double processor_s = 0.0, seconds = 0.0;

    if (!eval->systems[s].engine)
        return (double)NAN;
    for (int i = 0; i < group->n; i++) {
        const struct eval_file *file = &eval->files[group->members[i]];

        processor_s += file->result[s].processor_s;
        seconds += file->seconds;
    }
    return processor_s / seconds;
}

static struct row make_row(const struct eval *eval, int s,
                           const struct se_group *group)
{
    double *values = eval_memory(malloc(2 * (size_t)group->n * sizeof *values));
    double *gains = values + group->n;
    struct row row = {
        .system = &eval->systems[s],
        .has_gain = eval->has_noisy && s > 0,
        .real_time = real_time_of(eval, s, group),
    };

    for (int kind = 0; kind < N_SCORES; kind++) {
        for (int i = 0; i < group->n; i++) {
            const struct eval_result *result =
                eval->files[group->members[i]].result;

            values[i] = value_of(&result[s].scores, kind);
            gains[i] = values[i] - value_of(&result[0].scores, kind);
        }
        row.score[kind] = se_interval_of(values, group->n);
        row.gain[kind] = se_interval_of(gains, group->n);
    }
    free(values);
    return row;
}

/* ---- table --------------------------------------------------------------- */

/* Returns by how much the last cell is shorter than the widest. */
static int print_cells(const struct se_interval *cells, int with_sign)
{
    int pad = 0;

    for (int kind = 0; kind < N_SCORES; kind++) {
        const char *format = with_sign ? "%*s%+8.*f" : "%*s%8.*f";
        int digits = kinds[kind].digits;
        int has_width = !isnan(cells[kind].half_width);

        printf(format, pad, "", digits, cells[kind].mean);
        pad = 8;
        if (has_width)
            pad -= printf(" +-%.*f", digits, cells[kind].half_width);
    }
    return pad;
}

/* The end of a long label tells more than its beginning. */
static void print_label(const struct eval_system *system)
{
    char label[512];
    int length = snprintf(label, sizeof label, "%s%s%s", system->label,
                          system->engine ? " " : "",
                          system->engine ? system->engine : "");

    if (length > LABEL_WIDTH && length < (int)sizeof label)
        printf("..%s", label + length - (LABEL_WIDTH - 2));
    else
        printf("%-*.*s", LABEL_WIDTH, LABEL_WIDTH, label);
}

static void print_table_group(const struct eval *eval,
                              const struct se_group *group)
{
    if (group->by)
        printf("%s %s, %d files\n", group->by, group->value, group->n);
    else
        printf("all %d files\n", group->n);
    for (int s = 0; s < eval->n_systems; s++) {
        struct row row = make_row(eval, s, group);

        print_label(row.system);

        int pad = print_cells(row.score, 0);

        if (!isnan(row.real_time))
            printf("%*s%7.4f", pad, "", row.real_time);
        putchar('\n');
        if (row.has_gain) {
            printf("%*s", LABEL_WIDTH, "over noisy");
            print_cells(row.gain, 1);
            putchar('\n');
        }
    }
}

static void print_table(const struct eval *eval, const struct se_groups *groups,
                        const struct se_group *all)
{
    printf("%-*s", LABEL_WIDTH, "mean +- 95 % confidence");
    for (int kind = 0; kind < N_SCORES; kind++)
        printf("%11s     ", kinds[kind].title);
    printf("    RTF\n");
    for (int i = 0; i < groups->n && !cli_quiet; i++) {
        print_table_group(eval, &groups->group[i]);
        putchar('\n');
    }
    print_table_group(eval, all);
}

/* ---- comma-separated values ---------------------------------------------- */

static void print_csv_cells(const struct se_interval *cells)
{
    for (int kind = 0; kind < N_SCORES; kind++) {
        printf(",%.6f,", cells[kind].mean);
        if (!isnan(cells[kind].half_width))
            printf("%.6f", cells[kind].half_width);
    }
}

static void print_csv_group(const struct eval *eval,
                            const struct se_group *group)
{
    for (int s = 0; s < eval->n_systems; s++) {
        struct row row = make_row(eval, s, group);

        se_csv_write(stdout, group->by);
        putchar(',');
        se_csv_write(stdout, group->value);
        printf(",%d,", group->n);
        se_csv_write(stdout, row.system->label);
        printf(",%s", row.system->engine ? row.system->engine : "");
        print_csv_cells(row.score);
        if (row.has_gain)
            print_csv_cells(row.gain);
        else
            printf(",,,,,,,,");
        if (isnan(row.real_time))
            printf(",\n");
        else
            printf(",%.6f\n", row.real_time);
    }
}

static void print_csv(const struct eval *eval, const struct se_groups *groups,
                      const struct se_group *all)
{
    printf("by,value,n_files,system,engine");
    for (int kind = 0; kind < N_SCORES; kind++)
        printf(",%s,%s_ci95", kinds[kind].key, kinds[kind].key);
    for (int kind = 0; kind < N_SCORES; kind++)
        printf(",%s_gain,%s_gain_ci95", kinds[kind].key, kinds[kind].key);
    printf(",real_time_factor\n");
    for (int i = 0; i < eval->n_files && !cli_quiet; i++) {
        struct se_group group = {"file", eval->files[i].name, &i, 1};

        print_csv_group(eval, &group);
    }
    for (int i = 0; i < groups->n && !cli_quiet; i++)
        print_csv_group(eval, &groups->group[i]);

    struct se_group last = *all;

    last.by = "all";
    print_csv_group(eval, &last);
}

/* ---- JSON ---------------------------------------------------------------- */

static void print_json_cells(const struct se_interval *cells)
{
    for (int kind = 0; kind < N_SCORES; kind++) {
        printf("%s\"%s\": {", kind ? ", " : "", kinds[kind].key);
        se_json_print_fixed(stdout, "mean", cells[kind].mean, 6);
        printf(", ");
        se_json_print_fixed(stdout, "ci95", cells[kind].half_width, 6);
        putchar('}');
    }
}

static void print_json_row(const struct row *row)
{
    printf("{\"system\": ");
    se_json_print_text(stdout, row->system->label);
    if (row->system->engine)
        printf(", \"engine\": \"%s\"", row->system->engine);
    printf(", ");
    print_json_cells(row->score);
    if (row->has_gain) {
        printf(", \"gain\": {");
        print_json_cells(row->gain);
        putchar('}');
    }
    if (!isnan(row->real_time))
        printf(", \"real_time_factor\": %.6f", row->real_time);
    putchar('}');
}

static void print_json_systems(const struct eval *eval,
                               const struct se_group *group, const char *indent)
{
    printf("\"systems\": [\n");
    for (int s = 0; s < eval->n_systems; s++) {
        struct row row = make_row(eval, s, group);

        printf("%s  ", indent);
        print_json_row(&row);
        printf("%s\n", s + 1 < eval->n_systems ? "," : "");
    }
    printf("%s]", indent);
}

static void print_json_file(const struct eval *eval,
                            const struct eval_file *file)
{
    printf("    {\"file\": ");
    se_json_print_text(stdout, file->name);
    printf(", \"seconds\": %.4f, \"systems\": [\n", file->seconds);
    for (int s = 0; s < eval->n_systems; s++) {
        const struct eval_system *system = &eval->systems[s];
        const struct se_scores *scores = &file->result[s].scores;

        printf("      {\"system\": ");
        se_json_print_text(stdout, system->label);
        if (system->engine)
            printf(", \"engine\": \"%s\"", system->engine);
        printf(", ");
        eval_json_scores(scores);
        printf(", \"delay_samples\": %d}%s\n", scores->delay_samples,
               s + 1 < eval->n_systems ? "," : "");
    }
    printf("    ]}");
}

static void print_json(const struct eval *eval, const struct se_groups *groups,
                       const struct se_group *all)
{
    printf("{\n");
    for (int i = 0; i < eval->n_files && !cli_quiet; i++) {
        printf(i ? ",\n" : "  \"files\": [\n");
        print_json_file(eval, &eval->files[i]);
    }
    if (!cli_quiet)
        printf("\n  ],\n  \"groups\": [");
    for (int i = 0; i < groups->n && !cli_quiet; i++) {
        const struct se_group *group = &groups->group[i];

        printf("%s\n    {\"by\": ", i ? "," : "");
        se_json_print_text(stdout, group->by);
        printf(", \"value\": ");
        se_json_print_text(stdout, group->value);
        printf(", \"n_files\": %d, ", group->n);
        print_json_systems(eval, group, "    ");
        putchar('}');
    }
    if (!cli_quiet)
        printf("\n  ],\n");
    printf("  \"n_files\": %d,\n  ", all->n);
    print_json_systems(eval, all, "  ");
    printf("\n}\n");
}

void eval_compare(enum eval_format format, const struct eval *eval,
                  const struct se_groups *groups)
{
    static void (*const printers[])(const struct eval *,
                                    const struct se_groups *,
                                    const struct se_group *) = {
        [EVAL_TABLE] = print_table,
        [EVAL_JSON] = print_json,
        [EVAL_CSV] = print_csv,
    };
    struct se_group all = {.value = "", .n = eval->n_files};

    all.members = eval_memory(malloc((size_t)all.n * sizeof *all.members));
    for (int i = 0; i < all.n; i++)
        all.members[i] = i;
    printers[format](eval, groups, &all);
    free(all.members);
}
