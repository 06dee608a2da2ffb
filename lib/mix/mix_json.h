/* mix_json.h - how mixtures are made, as JSON: for manifests of records and for
 * the state of a training run. */
#ifndef SE_MIX_MIX_JSON_H
#define SE_MIX_MIX_JSON_H

#include "mix/mix.h"

#include <cjson/cJSON.h>

/* A float as the shortest decimal number that is the same float: 0.1, not
 * 0.10000000149. */
double se_mix_json_decimal(float value);

/* Adds a member for each option of the mixer, rooms only if it has any. */
void se_mix_json_add(cJSON *object, const struct se_mixer *mixer);

/* The first member by which two objects differ, by value or because only one
 * has it; NULL: by none. The name is inside one of them. */
const char *se_mix_json_difference(const cJSON *before, const cJSON *now);

#endif
