/* print.c - scores as a table, JSON or comma-separated values. */
#include "print.h"

#include "base/json.h"
#include "common/cli.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The delays are left out: their mean says nothing. */
static struct se_scores mean_scores(const struct eval_file *files, int n)
{
    struct se_scores mean = {0};

    for (int i = 0; i < n; i++) {
        mean.stoi += files[i].result->scores.stoi / n;
        mean.estoi += files[i].result->scores.estoi / n;
        mean.si_sdr_db += files[i].result->scores.si_sdr_db / n;
        mean.seg_snr_db += files[i].result->scores.seg_snr_db / n;
    }
    return mean;
}

static void print_table_scores(const struct se_scores *s)
{
    printf("  %6.3f  %6.3f  %9.2f  %10.2f", s->stoi, s->estoi, s->si_sdr_db,
           s->seg_snr_db);
}

static void print_table(const struct eval_file *files, int n,
                        const struct se_scores *mean)
{
    char last[32];
    int width = snprintf(last, sizeof last, "mean of %d", n);

    for (int i = 0; i < n && !cli_quiet; i++) {
        int length = (int)strlen(files[i].name);

        width = length > width ? length : width;
    }
    printf("%-*s  %6s  %6s  %9s  %10s%s\n", width, "file", "STOI", "ESTOI",
           "SI-SDR dB", "seg SNR dB", cli_quiet ? "" : "  delay ms");
    for (int i = 0; i < n && !cli_quiet; i++) {
        printf("%-*s", width, files[i].name);
        print_table_scores(&files[i].result->scores);
        printf("  %8.2f\n", files[i].result->scores.delay_samples / 16.0);
    }
    printf("%-*s", width, last);
    print_table_scores(mean);
    printf("\n");
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

static void print_csv_scores(const struct se_scores *s)
{
    printf(",%.6f,%.6f,%.4f,%.4f,", s->stoi, s->estoi, s->si_sdr_db,
           s->seg_snr_db);
}

static void print_csv(const struct eval_file *files, int n,
                      const struct se_scores *mean)
{
    puts("file,stoi,estoi,si_sdr_db,seg_snr_db,delay_samples");
    for (int i = 0; i < n && !cli_quiet; i++) {
        print_csv_string(files[i].name);
        print_csv_scores(&files[i].result->scores);
        printf("%d\n", files[i].result->scores.delay_samples);
    }
    print_csv_string("mean");
    print_csv_scores(mean);
    printf("\n");
}

void eval_json_scores(const struct se_scores *s)
{
    se_json_print_fixed(stdout, "stoi", s->stoi, 6);
    printf(", ");
    se_json_print_fixed(stdout, "estoi", s->estoi, 6);
    printf(", ");
    se_json_print_fixed(stdout, "si_sdr_db", s->si_sdr_db, 4);
    printf(", ");
    se_json_print_fixed(stdout, "seg_snr_db", s->seg_snr_db, 4);
}

static void print_json(const struct eval_file *files, int n,
                       const struct se_scores *mean)
{
    printf("{\n");
    if (!cli_quiet)
        printf("  \"files\": [\n");
    for (int i = 0; i < n && !cli_quiet; i++) {
        printf("    {\"file\": ");
        se_json_print_text(stdout, files[i].name);
        printf(", ");
        eval_json_scores(&files[i].result->scores);
        printf(", \"delay_samples\": %d}%s\n",
               files[i].result->scores.delay_samples, i + 1 < n ? "," : "");
    }
    if (!cli_quiet)
        printf("  ],\n");
    printf("  \"n_files\": %d,\n  \"mean\": {", n);
    eval_json_scores(mean);
    printf("}\n}\n");
}

void eval_print(enum eval_format format, const struct eval *eval)
{
    static void (*const printers[])(const struct eval_file *, int,
                                    const struct se_scores *) = {
        [EVAL_TABLE] = print_table,
        [EVAL_JSON] = print_json,
        [EVAL_CSV] = print_csv,
    };
    struct se_scores mean = mean_scores(eval->files, eval->n_files);

    printers[format](eval->files, eval->n_files, &mean);
}
