/* print.c - scores as a table, JSON or comma-separated values. */
#include "print.h"
#include "scores.h"

#include "common/cli.h"
#include "encoding/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The delays are left out: their mean says nothing. */
static struct se_scores mean_scores(const struct eval *eval)
{
    struct se_scores mean = {0};

    for (int i = 0; i < eval->n_files; i++) {
        const struct se_scores *scores = &eval->files[i].result->scores;

        for (int kind = 0; kind < EVAL_SCORES; kind++)
            eval_score_add(&mean, kind,
                           eval_score_get(scores, kind) / eval->n_files);
    }
    return mean;
}

static int column_width(const struct eval_score *score)
{
    int width = (int)strlen(score->title);

    return width < 6 ? 6 : width;
}

static void print_table_scores(const struct eval *eval,
                               const struct se_scores *scores)
{
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const struct eval_score *score = eval_score(kind, eval->pesq);

        printf("  %*.*f", column_width(score), score->digits,
               eval_score_get(scores, kind));
    }
}

static void print_heading(const struct eval *eval, int width)
{
    printf("%-*s", width, "file");
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const struct eval_score *score = eval_score(kind, eval->pesq);

        printf("  %*s", column_width(score), score->title);
    }
    printf("%s\n", cli_quiet ? "" : "  delay ms");
}

static void print_table(const struct eval *eval, const struct se_scores *mean)
{
    char last[32];
    int n = eval->n_files;
    int width = snprintf(last, sizeof last, "mean of %d", n);

    for (int i = 0; i < n && !cli_quiet; i++) {
        int length = cli_name_width(eval->files[i].name);

        width = length > width ? length : width;
    }
    print_heading(eval, width);
    for (int i = 0; i < n && !cli_quiet; i++) {
        const struct se_scores *scores = &eval->files[i].result->scores;

        cli_print_name(eval->files[i].name, width);
        print_table_scores(eval, scores);
        printf("  %8.2f\n", scores->delay_samples / 16.0);
    }
    printf("%-*s", width, last);
    print_table_scores(eval, mean);
    printf("\n");
    eval_print_aligned(eval);
}

/* In double quotes; a quote inside is doubled. */
static void print_csv_string(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void print_csv_scores(const struct eval *eval,
                             const struct se_scores *scores)
{
    for (int kind = 0; kind < EVAL_SCORES; kind++)
        printf(",%.*f", eval_score(kind, eval->pesq)->file_digits,
               eval_score_get(scores, kind));
}

static void print_csv(const struct eval *eval, const struct se_scores *mean)
{
    printf("file");
    for (int kind = 0; kind < EVAL_SCORES; kind++)
        printf(",%s", eval_score(kind, eval->pesq)->key);
    puts(",delay_samples");
    for (int i = 0; i < eval->n_files && !cli_quiet; i++) {
        const struct se_scores *scores = &eval->files[i].result->scores;

        print_csv_string(eval->files[i].name);
        print_csv_scores(eval, scores);
        printf(",%d\n", scores->delay_samples);
    }
    print_csv_string("mean");
    print_csv_scores(eval, mean);
    printf(",\n");
}

void eval_json_scores(const struct eval *eval, const struct se_scores *scores)
{
    for (int kind = 0; kind < EVAL_SCORES; kind++) {
        const struct eval_score *score = eval_score(kind, eval->pesq);

        printf("%s", kind ? ", " : "");
        se_json_print_fixed(stdout, score->key, eval_score_get(scores, kind),
                            score->file_digits);
    }
}

void eval_json_odd(const struct eval *eval)
{
    if (eval->n_odd == 0)
        return;
    printf("  \"left_out\": [\n");
    for (int i = eval->n_odd - 1; i >= 0; i--) {
        const struct eval_file *file = &eval->files[eval->n_files + i];

        printf("    {\"file\": ");
        se_json_print_text(stdout, file->name);
        printf(", \"reason\": ");
        se_json_print_text(stdout, file->report.text);
        printf("}%s\n", i > 0 ? "," : "");
    }
    printf("  ],\n");
}

static void print_json(const struct eval *eval, const struct se_scores *mean)
{
    int n = eval->n_files;

    printf("{\n");
    if (!cli_quiet)
        printf("  \"files\": [\n");
    for (int i = 0; i < n && !cli_quiet; i++) {
        const struct se_scores *scores = &eval->files[i].result->scores;

        printf("    {\"file\": ");
        se_json_print_text(stdout, eval->files[i].name);
        printf(", ");
        eval_json_scores(eval, scores);
        printf(", \"delay_samples\": %d}%s\n", scores->delay_samples,
               i + 1 < n ? "," : "");
    }
    if (!cli_quiet)
        printf("  ],\n");
    printf("  \"n_files\": %d,\n", n);
    eval_json_odd(eval);
    printf("  \"mean\": {");
    eval_json_scores(eval, mean);
    printf("}\n}\n");
}

void eval_print_aligned(const struct eval *eval)
{
    if (eval->pesq == SE_PESQ_ALIGNED && !cli_quiet)
        puts("aligned: PESQ by a short cut that takes the files as aligned, "
             "not that of P.862");
}

void eval_print(enum eval_format format, const struct eval *eval)
{
    static void (*const printers[])(const struct eval *,
                                    const struct se_scores *) = {
        [EVAL_TABLE] = print_table,
        [EVAL_JSON] = print_json,
        [EVAL_CSV] = print_csv,
    };
    struct se_scores mean = mean_scores(eval);

    printers[format](eval, &mean);
}
