/* mix_options.h - the options that say how speech and noise are mixed. */
#ifndef CMD_COMMON_MIX_OPTIONS_H
#define CMD_COMMON_MIX_OPTIONS_H

#include "common/options.h"
#include "mix/mix.h"

/* Both for struct se_mix_config, which has its defaults. */
extern const struct option_row mix_option_rows[], room_option_rows[];

/* Ends the program unless the values fit each other. */
void mix_option_check(const struct se_mix_config *config);

/* Prints how many room responses the mixer has, if any, and which files of them
 * were skipped. */
void mix_rooms_show(const struct se_mixer *mixer);

#endif
