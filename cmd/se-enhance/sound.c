/* sound.c - se-enhance with sound devices. */
#include "sound.h"

#include "common/cli.h"
#include "common/record.h"
#include "live/device.h"

#include <math.h>

int sound_record(const struct sound_options *o, const char *path, int verbose)
{
    struct record_options recording = record_default;
    struct se_report report;
    int status;

    recording.output = path;
    recording.device = o->live.input;
    if (o->seconds > 0)
        recording.seconds = o->seconds;
    record_start_devices(verbose);
    status = record_run(&recording, &report);
    se_devices_stop();
    if (status != SE_OK)
        cli_warn("%s", report.text);
    return status;
}

int sound_live(const struct sound_options *o, const struct se_model *model,
               const struct se_enhancer_config *config, int verbose)
{
    struct live_options options = o->live;
    struct se_report report;
    int status;

    options.seconds = o->seconds > 0 ? o->seconds : HUGE_VAL;
    record_start_devices(verbose);
    status = live_run(&options, model, config, &report);
    se_devices_stop();
    if (status != SE_OK)
        cli_warn("%s", report.text);
    return status;
}
