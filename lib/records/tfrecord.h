/* tfrecord.h - TFRecord files of SequenceExample, as tf.data reads them. */
#ifndef SE_RECORDS_TFRECORD_H
#define SE_RECORDS_TFRECORD_H

#include "records/example.h"

struct se_tfrecord_writer;

/* Written under a temporary name; gzip != 0 wraps the file in one gzip
 * stream. */
int se_tfrecord_create(struct se_tfrecord_writer **writer, const char *path,
                       int gzip, struct se_report *report);

/* From now on *crc is the CRC-32C of what is in the file, until it is
 * committed. */
void se_tfrecord_sum(struct se_tfrecord_writer *writer, uint32_t *crc);

int se_tfrecord_write(struct se_tfrecord_writer *writer,
                      const struct se_example *example,
                      struct se_report *report);

/* Finishes the file under its name and frees the writer either way; see
 * se_atomic_commit_unflushed. */
int se_tfrecord_commit(struct se_tfrecord_writer *writer,
                       struct se_report *report);
void se_tfrecord_discard(struct se_tfrecord_writer *writer);

struct se_tfrecord_reader;

/* Plain, gzip and zlib files are distinguished by their first bytes. */
int se_tfrecord_open(struct se_tfrecord_reader **reader, const char *path,
                     struct se_report *report);

/* Reads the next record into *example (allocated, or grown if used before).
 * *found == 0 at the end. Errors name file and record: wrong checksum,
 * truncated, no such feature, lengths that do not fit. */
int se_tfrecord_read(struct se_tfrecord_reader *reader,
                     struct se_example *example, int *found,
                     struct se_report *report);
void se_tfrecord_close(struct se_tfrecord_reader *reader);

#endif
