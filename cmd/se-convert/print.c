/* print.c - costs and distances of an integer net, as text or JSON. */
#include "print.h"

#include "encoding/json.h"

#include <math.h>
#include <stdio.h>

enum { JSON_DIGITS = 10 };

/* "21.3", "-" without sound, "inf" where nothing differs. */
static const char *decibels(char text[32], double db)
{
    if (isnan(db))
        return "-";
    snprintf(text, 32, "%.1f", db);
    return text;
}

static void print_layer(int i, const struct se_layer_report *layer)
{
    char shape[32], scales[32], db[32];

    snprintf(shape, sizeof shape, "%d -> %d", layer->n_in, layer->n_out);
    snprintf(scales, sizeof scales, "2^%d..2^%d", layer->min_scale_log2,
             layer->max_scale_log2);
    printf("%5d  %-6s  %12s  %7lld  %9.0f  %10s  %9lld  %7s\n", i + 1,
           se_layer_type_name(layer->type), shape,
           (long long)(layer->weight_bytes + layer->bias_bytes), layer->macs,
           scales, (long long)layer->n_saturated, decibels(db, layer->sqnr_db));
}

void convert_print_text(const struct se_quant_report *report)
{
    char features[32], mask[32], output[32];

    puts("layer  type           shape    bytes  MAC/frame      scales  "
         "saturated  SQNR dB");
    for (int i = 0; i < report->n_layers; i++)
        print_layer(i, &report->layer[i]);
    if (report->seconds > 0.0)
        printf("SQNR over %.2f s, integer net against float net: features "
               "%s dB, mask %s dB, sound %s dB\n",
               report->seconds, decibels(features, report->feature_sqnr_db),
               decibels(mask, report->mask_sqnr_db),
               decibels(output, report->output_sqnr_db));
    printf("flash %.1f KB of tables, RAM %.1f KB of state and scratch\n",
           (double)report->flash_bytes / 1000.0,
           (double)report->ram_bytes / 1000.0);
    printf("%.0f multiply-adds a frame, %.2f million a second\n", report->macs,
           report->macs_per_s / 1e6);
    printf(
        "Cortex-M4, estimated: %.0f cycles a frame and %.0f lines from MRAM, "
        "%.0f %% of its 10 ms at 96 MHz, %.0f %% at 192 MHz\n",
        report->cycles, report->lines, 100.0 * se_quant_share(report, 96.0),
        100.0 * se_quant_share(report, 192.0));
}

/* JSON has neither NaN nor infinity. */
static void print_json_layer(const struct se_layer_report *layer)
{
    printf("    {\"type\": \"%s\", \"inputs\": %d, \"outputs\": %d, "
           "\"weight_bytes\": %lld, \"bias_bytes\": %lld, ",
           se_layer_type_name(layer->type), layer->n_in, layer->n_out,
           (long long)layer->weight_bytes, (long long)layer->bias_bytes);
    se_json_print_number(stdout, "macs_per_frame", layer->macs, JSON_DIGITS);
    printf(", \"min_scale_log2\": %d, \"max_scale_log2\": %d, "
           "\"weights\": %lld, \"saturated\": %lld, ",
           layer->min_scale_log2, layer->max_scale_log2,
           (long long)layer->n_weights, (long long)layer->n_saturated);
    se_json_print_number(stdout, "sqnr_db", layer->sqnr_db, JSON_DIGITS);
    printf("}");
}

void convert_print_json(const struct se_quant_report *report)
{
    const struct {
        const char *key;
        double value;
    } totals[] = {
        {"flash_bytes", (double)report->flash_bytes},
        {"ram_bytes", (double)report->ram_bytes},
        {"macs_per_frame", report->macs},
        {"macs_per_second", report->macs_per_s},
        {"cycles_per_frame", report->cycles},
        {"lines_per_frame", report->lines},
        {"line_ns", report->line_ns},
        {"share_96_mhz", se_quant_share(report, 96.0)},
        {"share_192_mhz", se_quant_share(report, 192.0)},
        {"seconds", report->seconds},
        {"feature_sqnr_db", report->feature_sqnr_db},
        {"mask_sqnr_db", report->mask_sqnr_db},
        {"output_sqnr_db", report->output_sqnr_db},
    };
    size_t n_totals = sizeof totals / sizeof *totals;

    puts("{\n  \"layers\": [");
    for (int i = 0; i < report->n_layers; i++) {
        print_json_layer(&report->layer[i]);
        puts(i + 1 < report->n_layers ? "," : "");
    }
    puts("  ],");
    for (size_t i = 0; i < n_totals; i++) {
        printf("  ");
        se_json_print_number(stdout, totals[i].key, totals[i].value,
                             JSON_DIGITS);
        puts(i + 1 < n_totals ? "," : "");
    }
    puts("}");
}
