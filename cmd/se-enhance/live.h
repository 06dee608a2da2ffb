/* live.h - microphone to loudspeaker through the net. */
#ifndef CMD_ENHANCE_LIVE_H
#define CMD_ENHANCE_LIVE_H

#include "enhance/enhancer.h"

struct live_options {
    const char *input, *output; /* devices; NULL: the defaults */
    const char *tee;            /* a file for what is played; or NULL */
    double seconds;             /* INFINITY: until it is ended */
};

/* Goes on until the time is over, Ctrl-C or the key q, then prints latency,
 * load and what was lost. `config` but for its channels, of which there is one;
 * its limit is the one to begin with. se_devices_start must have been
 * called. */
int live_run(const struct live_options *o, const struct se_model *model,
             const struct se_enhancer_config *config, struct se_report *report);

#endif
