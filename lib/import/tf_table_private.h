/* tf_table_private.h - the keys and values of a table in LevelDB's
 * format, as TensorFlow writes it (doc/table_format.md of LevelDB). */
#ifndef SE_IMPORT_TF_TABLE_PRIVATE_H
#define SE_IMPORT_TF_TABLE_PRIVATE_H

#include "base/status.h"
#include "encoding/protobuf.h"

/* What to do with an entry; anything but SE_OK ends the reading. `key` and
 * `value` are valid during the call. */
typedef int se_tf_table_take(void *context, const char *key,
                             struct se_span value, struct se_report *report);

/* Calls take(context, ...) for all entries of the table, keys strictly
 * ascending, after checking the checksum of each block. `path` is for messages.
 * Keys are texts of up to 1023 bytes without control characters. */
int se_tf_table_read(struct se_span bytes, const char *path,
                     se_tf_table_take *take, void *context,
                     struct se_report *report);

#endif
