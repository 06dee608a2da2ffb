/* live.h - microphone to loudspeaker through the net. */
#ifndef CMD_ENHANCE_LIVE_H
#define CMD_ENHANCE_LIVE_H

#include "model/model.h"
#include "nnsp/nnsp.h"

struct live_options {
    const char *input, *output;  /* devices; NULL: the defaults */
    const char *tee;             /* what is heard goes here, too; or NULL */
    double attenuation_limit_db; /* to begin with */
    double seconds;              /* INFINITY: until it is ended */
};

/* Goes on until the time is over, Ctrl-C or the key q, and tells then how late,
 * how busy and how complete it was. `fixed` runs instead of the model unless it
 * is NULL. se_devices_start must have been called. */
int live_run(const struct live_options *o, const struct se_model *model,
             const struct nnsp_net *fixed, struct se_report *report);

#endif
