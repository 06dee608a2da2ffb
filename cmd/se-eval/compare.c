/* compare.c - systems as a table, JSON or comma-separated values. */
#include "compare.h"

#include "common/cli.h"
#include "scores.h"

#include "encoding/csv.h"
#include "encoding/json.h"
#include "metrics/interval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 12 };

/* One system on one group of files. */
struct row {
    const struct eval_system *system;
    struct se_interval score[EVAL_SCORES], gain[EVAL_SCORES];
    int has_gain;
    double real_time; /* processor time by duration; NAN: not a net */
};

/* ---- rows ---------------------------------------------------------------- */

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

    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        for (int i = 0; i < group->n; i++) {
            const struct eval_result *result =
                eval->files[group->members[i]].result;

            values[i] = eval_score_get(&result[s].scores, kind);
            gains[i] = values[i] - eval_score_get(&result[0].scores, kind);
        }
        row.score[kind] = se_interval_of(values, group->n);
        row.gain[kind] = se_interval_of(gains, group->n);
    }
    free(values);
    return row;
}

/* ---- table --------------------------------------------------------------- */

static void print_cells(const struct eval *eval,
                        const struct se_interval *cells, int with_sign)
{
    int pad = 0;

    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const struct eval_score *score = eval_score(kind, eval->pesq);
        const char *format = with_sign ? "%*s%+7.*f" : "%*s%7.*f";

        if (!score->is_compared)
            continue;
        printf(format, pad, "", score->digits, cells[kind].mean);
        pad = 7;
        if (!isnan(cells[kind].half_width))
            pad -= printf("+-%.*f", score->digits, cells[kind].half_width);
    }
    putchar('\n');
}

static void print_label(const struct eval_system *system)
{
    cli_print_name(system->label, 0);
    if (system->engine)
        printf(" %s", system->engine);
}

static void print_group_name(const struct se_group *group)
{
    cli_print_name(group->by, 0);
    putchar(' ');
    cli_print_name(group->value, 0);
}

static void print_system(const struct eval *eval, const struct row *row)
{
    print_label(row->system);
    if (!isnan(row->real_time))
        printf(", real-time factor %.4f", row->real_time);
    printf("\n%-*s", INDENT, "");
    print_cells(eval, row->score, 0);
    if (row->has_gain) {
        printf("%-*s", INDENT, "  over noisy");
        print_cells(eval, row->gain, 1);
    }
}

static void print_table_group(const struct eval *eval,
                              const struct se_group *group)
{
    if (group->by) {
        print_group_name(group);
        printf(", %d files\n", group->n);
    } else {
        printf("all %d files\n", group->n);
    }
    for (int s = 0; s < eval->n_systems; s++) {
        struct row row = make_row(eval, s, group);

        print_system(eval, &row);
    }
}

static int falls(const struct eval *eval, const struct row *row)
{
    for (int kind = 0; kind < EVAL_SCORES; kind++)
        if (eval_score(kind, eval->pesq)->is_intelligibility &&
            row->gain[kind].mean < 0)
            return 1;
    return 0;
}

static void print_fallen_group(const struct eval *eval,
                               const struct se_group *group,
                               const struct row *row)
{
    printf("    ");
    print_group_name(group);
    putchar(':');
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const struct eval_score *score = eval_score(kind, eval->pesq);

        if (score->is_intelligibility)
            printf(" %s %+.*f", score->title, score->digits,
                   row->gain[kind].mean);
    }
    putchar('\n');
}

/* The groups whose mean is less intelligible than the noisy input's. */
static void print_fallen(const struct eval *eval,
                         const struct se_groups *groups)
{
    for (int s = 1; eval->has_noisy && s < eval->n_systems; s++) {
        const struct eval_system *system = &eval->systems[s];
        int n = 0;

        for (int i = 0; i < groups->n; i++) {
            struct row row = make_row(eval, s, &groups->group[i]);

            if (!falls(eval, &row))
                continue;
            if (n++ == 0) {
                print_label(system);
                printf(" is below noisy at\n");
            }
            print_fallen_group(eval, &groups->group[i], &row);
        }
    }
}

enum name { TITLE, KEY, QUOTED_KEY }; /* SI-SDR, si_sdr_db, "si_sdr_db" */

/* The scores whose bits are set, by name. */
static void print_scores(unsigned bits, enum name name, const char *separator)
{
    const char *before = "";

    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const struct eval_score *score = eval_score(kind, SE_PESQ_FULL);

        if (!(bits >> kind & 1))
            continue;
        printf(name == QUOTED_KEY ? "%s\"%s\"" : "%s%s", before,
               name == TITLE ? score->title : score->key);
        before = separator;
    }
}

/* What a net was trained for it can be expected to be good at. */
static void print_training(const struct eval_system *system)
{
    const char *loss = system->model->loss;
    unsigned bits = eval_scores_of_loss(loss);

    cli_print_name(system->label, 0);
    if (!loss[0]) {
        printf(": its checkpoint does not say what it was trained for\n");
        return;
    }
    printf(" was last trained for ");
    print_scores(bits, TITLE, ", ");
    printf("%s, by\n    --loss ", bits ? "" : "none of these");
    cli_print_name(loss, 0);
    putchar('\n');
}

static void print_trainings(const struct eval *eval)
{
    const struct se_model *last = NULL;

    for (int s = 0; s < eval->n_systems; s++) {
        const struct eval_system *system = &eval->systems[s];

        if (system->model && system->model != last)
            print_training(system);
        last = system->model;
    }
}

static void print_table(const struct eval *eval, const struct se_groups *groups,
                        const struct se_group *all)
{
    printf("mean, +- 95 %% confidence\n%*s", INDENT, "");
    for (int kind = 0, pad = 0; kind < EVAL_SCORES; kind++) {
        const struct eval_score *score = eval_score(kind, eval->pesq);

        if (!score->is_compared)
            continue;
        printf("%*s%10s", pad, "", score->title);
        pad = 4;
    }
    putchar('\n');
    for (int i = 0; i < groups->n && !cli_quiet; i++) {
        print_table_group(eval, &groups->group[i]);
        putchar('\n');
    }
    print_table_group(eval, all);
    eval_print_aligned(eval);
    if (cli_quiet)
        return;
    print_fallen(eval, groups);
    print_trainings(eval);
}

/* ---- comma-separated values ---------------------------------------------- */

static void print_csv_cells(const struct se_interval *cells)
{
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
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
            for (int kind = 0; kind < EVAL_SCORES; kind++)
                printf(",,");
        if (isnan(row.real_time))
            printf(",");
        else
            printf(",%.6f", row.real_time);
        putchar(',');
        if (row.system->model)
            print_scores(eval_scores_of_loss(row.system->model->loss), KEY,
                         " ");
        putchar('\n');
    }
}

static void print_csv(const struct eval *eval, const struct se_groups *groups,
                      const struct se_group *all)
{
    printf("by,value,n_files,system,engine");
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const char *key = eval_score(kind, eval->pesq)->key;

        printf(",%s,%s_ci95", key, key);
    }
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const char *key = eval_score(kind, eval->pesq)->key;

        printf(",%s_gain,%s_gain_ci95", key, key);
    }
    printf(",real_time_factor,trained_for\n");
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

static void print_json_cells(const struct eval *eval,
                             const struct se_interval *cells)
{
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        printf("%s\"%s\": {", kind ? ", " : "",
               eval_score(kind, eval->pesq)->key);
        se_json_print_fixed(stdout, "mean", cells[kind].mean, 6);
        printf(", ");
        se_json_print_fixed(stdout, "ci95", cells[kind].half_width, 6);
        putchar('}');
    }
}

static void print_json_training(const char *loss)
{
    printf(", \"loss\": ");
    se_json_print_text(stdout, loss);
    printf(", \"trained_for\": [");
    print_scores(eval_scores_of_loss(loss), QUOTED_KEY, ", ");
    putchar(']');
}

static void print_json_row(const struct eval *eval, const struct row *row)
{
    printf("{\"system\": ");
    se_json_print_text(stdout, row->system->label);
    if (row->system->engine)
        printf(", \"engine\": \"%s\"", row->system->engine);
    printf(", ");
    print_json_cells(eval, row->score);
    if (row->has_gain) {
        printf(", \"gain\": {");
        print_json_cells(eval, row->gain);
        putchar('}');
    }
    if (!isnan(row->real_time))
        printf(", \"real_time_factor\": %.6f", row->real_time);
    if (row->system->model && row->system->model->loss[0])
        print_json_training(row->system->model->loss);
    putchar('}');
}

static void print_json_systems(const struct eval *eval,
                               const struct se_group *group, const char *indent)
{
    printf("\"systems\": [\n");
    for (int s = 0; s < eval->n_systems; s++) {
        struct row row = make_row(eval, s, group);

        printf("%s  ", indent);
        print_json_row(eval, &row);
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
        eval_json_scores(eval, scores);
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
    printf("  \"n_files\": %d,\n", all->n);
    eval_json_odd(eval);
    printf("  ");
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
