/* mix_json.h - how mixtures are made, as JSON: for manifests of records and for
 * the state of a training run. */
#ifndef SE_MIX_MIX_JSON_H
#define SE_MIX_MIX_JSON_H

#include "encoding/json.h"
#include "mix/mix.h"

/* Adds a member for each option to an object, rooms only if there are any. */
void se_mix_json_add(struct se_json *json, cJSON *object,
                     const struct se_mix_config *config);

#endif
