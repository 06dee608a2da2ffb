/* record.h - recording, for se-record and se-enhance: options, the meter, what
 * is reported at the end. */
#ifndef CMD_COMMON_RECORD_H
#define CMD_COMMON_RECORD_H

#include "common/options.h"

struct record_options {
    const char *output; /* its folder is made */
    const char *device; /* NULL: the default */
    int rate_hz, channels;
    double seconds;
    double silence_s, silence_db; /* as of struct se_record_job */
};

/* Ten seconds into test_wavs/speech.wav, 16 kHz, one channel. */
extern const struct record_options record_default;

/* Takes the value of --until_silence into struct record_options:
 * SECONDS/DB, either may be missing, or NULL. */
int record_take_silence(void *options, const char *text,
                        struct se_report *report);

/* Records and reports how it went; until Ctrl-C at the latest, which cli_stop
 * then no longer says: it ended the recording, no more. */
int record_run(const struct record_options *o, struct se_report *report);

/* Starts the sound devices, silently unless `verbose`; exits with a line if
 * they can't be. */
void record_start_devices(int verbose);

#endif
