/* maker_private.h - makes and checks one shard after another. */
#ifndef SE_RECORDS_MAKER_PRIVATE_H
#define SE_RECORDS_MAKER_PRIVATE_H

#include "records/plan.h"
#include "records/statistics.h"

/* What a thread needs for it. */
struct se_maker;

int se_maker_create(struct se_maker **maker, const struct se_shards *shards,
                    struct se_report *report);
void se_maker_destroy(struct se_maker *maker);

/* Makes shard `number` under its name; *crc becomes the CRC-32C of the file,
 * *statistics those of its noisy signal. */
int se_maker_make(struct se_maker *maker, uint32_t *crc,
                  struct se_statistics *statistics, int number,
                  struct se_report *report);

/* Reads the shard that is there, with the same results. SE_ERR_FORMAT if it is
 * damaged or not what se_maker_make would write. */
int se_maker_check(struct se_maker *maker, uint32_t *crc,
                   struct se_statistics *statistics, int number,
                   struct se_report *report);

#endif
