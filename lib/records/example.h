/* example.h - the bytes of one SequenceExample message, private to lib/records.
 *
 * Written in tensorflow's layout (proto3, packed repeated fields):
 *   SequenceExample { 1: Features context; 2: FeatureLists feature_lists; }
 *   Features     { 1: map<string, Feature> }
 *   FeatureLists { 1: map<string, FeatureList> }
 *   FeatureList  { 1: repeated Feature }
 *   Feature      { 1: BytesList, 2: FloatList or 3: Int64List }
 *                each { 1: repeated }
 * Unknown fields are skipped, the order of maps does not matter, unpacked
 * values are taken too, of two equal keys the last one counts. */
#ifndef SE_RECORDS_EXAMPLE_H
#define SE_RECORDS_EXAMPLE_H

#include "records/tfrecord.h"

/* Bytes of a message with two lists of `n_values` floats or samples. */
size_t se_example_size(enum se_record_format format, int n_frames,
                       size_t n_values);

/* Writes exactly that many bytes. */
void se_example_encode(uint8_t *payload, const struct se_example *example,
                       size_t n_values);

/* Reads a message into *example, whose arrays are reallocated. The report
 * begins with `path` and the number of the record. */
int se_example_decode(struct se_example *example, const uint8_t *payload,
                      size_t n_bytes, const char *path, int64_t record,
                      struct se_report *report);

#endif
