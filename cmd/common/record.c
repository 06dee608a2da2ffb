/* record.c - recording: options, the meter, the summary at the end. */
#include "common/record.h"

#include "common/meter.h"
#include "files/file.h"
#include "live/device.h"
#include "live/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct record_options record_default = {
    .output = "test_wavs/speech.wav",
    .rate_hz = 16000,
    .channels = 1,
    .seconds = 10,
    .silence_db = -50,
};

struct watch {
    const struct record_options *options;
    struct cli_progress progress;
    struct meter meter;
    float peak;
};

int record_take_silence(void *options, const char *text,
                        struct se_report *report)
{
    struct record_options *o = options;
    size_t length = text ? strcspn(text, "/") : 0;
    char seconds[32];
    int status = SE_OK;

    o->silence_s = 2;
    if (length >= sizeof seconds)
        return se_fail(report, SE_ERR_ARG, "expected SECONDS/DB, found '%s'",
                       text);
    if (length > 0) {
        snprintf(seconds, sizeof seconds, "%.*s", (int)length, text);
        status = option_real(&o->silence_s, seconds, 0.1, 3600, report);
    }
    if (status == SE_OK && text && text[length])
        status =
            option_real(&o->silence_db, text + length + 1, -120, 0, report);
    return status;
}

void record_start_devices(int verbose)
{
    struct se_report report;

    if (!verbose)
        cli_hush_libraries();
    cli_check(se_devices_start(&report), &report);
}

/* "0:07 left", or what has passed if it has no end. */
static void time_text(char *text, size_t size, double seconds, double total)
{
    int is_open = isinf(total);
    long s = lround(is_open ? seconds : fmax(total - seconds, 0));

    snprintf(text, size, "%ld:%02ld%s", s / 60, s % 60, is_open ? "" : " left");
}

static int on_progress(void *context, const struct se_record_state *state)
{
    struct watch *watch = context;
    char bar[64], left[32], line[160];

    watch->peak = fmaxf(watch->peak, state->peak);
    if (cli_progress_line(&watch->progress, NULL)) {
        meter_draw(&watch->meter, bar, sizeof bar, watch->peak);
        time_text(left, sizeof left, state->seconds, watch->options->seconds);
        snprintf(line, sizeof line, "%s  %s", bar, left);
        cli_progress_line(&watch->progress, line);
        watch->peak = 0;
    }
    return cli_stop;
}

static int make_folder_of(const char *path, struct se_report *report)
{
    char *folder = strdup(path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    int status = folder ? SE_OK : se_fail_memory(report, path);

    if (slash && slash > folder) {
        *slash = '\0';
        status = cli_make_folder(folder, report);
    }
    free(folder);
    return status;
}

static void print_result(const struct record_options *o,
                         const struct se_record_result *result)
{
    const char *name =
        strcmp(o->output, "-") == 0 ? "standard output" : o->output;

    if (result->n_lost > 0)
        cli_warn("%s: %lld frames were lost: this machine was too slow", name,
                 (long long)result->n_lost);
    if (result->n_gaps > 0)
        cli_warn("%s: the device reports %lld gaps", name,
                 (long long)result->n_gaps);
    if (result->n_clipped > 0)
        cli_remark("%s: %lld samples at full scale: turn the microphone down",
                   name, (long long)result->n_clipped);
    cli_remark("%s: %.1f s%s", name, result->seconds,
               result->is_silent ? ", ended by silence" : "");
}

int record_run(const struct record_options *o, struct se_report *report)
{
    struct watch watch = {.options = o};
    const struct se_record_job job = {
        .output = o->output,
        .device = o->device,
        .rate_hz = o->rate_hz,
        .channels = o->channels,
        .seconds = o->seconds,
        .silence_s = o->silence_s,
        .silence_db = o->silence_db,
        .progress = on_progress,
        .context = &watch,
    };
    struct se_record_result result;
    int status = make_folder_of(o->output, report);

    if (status != SE_OK)
        return status;
    cli_progress_start(&watch.progress, "", "", -1);
    cli_waits = 1; /* what was recorded is kept, whatever comes */
    status = se_record(&result, &job, report);
    cli_progress_end(&watch.progress);
    if (status == SE_OK)
        print_result(o, &result);
    cli_stop = cli_waits = 0;
    return status;
}
