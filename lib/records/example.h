/* example.h - one record, and its bytes: a SequenceExample message.
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

#include "base/status.h"
#include "encoding/protobuf.h"

#include <stddef.h>
#include <stdint.h>

enum se_record_format {
    SE_RECORD_PSPEC, /* power spectra, as the original has them */
    SE_RECORD_PCM    /* samples: a third of the size, and phases are known */
};

/* One record: context {"length": frames} and two feature_lists of one Feature
 * each. pspec: n_frames * 257 floats, frame-major. pcm: one byte string of
 * n_frames * 160 samples of 16 kHz, 16-bit little endian; frames and window
 * are those of dsp/stft.h, and the records of a file continue one another. */
struct se_example {
    int n_frames;
    float *pspec_noisy;           /* "pspec_sn" [n_frames][257] */
    float *pspec_clean;           /* "pspec_s"  [n_frames][257] */
    int16_t *pcm_noisy;           /* "pcm_sn"   [n_frames][160] */
    int16_t *pcm_clean;           /* "pcm_s"    [n_frames][160] */
    enum se_record_format format; /* which two of them count */
};

void se_example_free(struct se_example *example);

/* Bytes of a message with two lists of `n_values` floats or samples. */
size_t se_example_size(enum se_record_format format, int n_frames,
                       size_t n_values);

/* Writes exactly that many bytes. */
void se_example_encode(uint8_t *payload, const struct se_example *example,
                       size_t n_values);

/* Reads a message into *example, whose arrays are reallocated. The report
 * begins with `path` and the number of the record. */
int se_example_decode(struct se_example *example, struct se_span payload,
                      const char *path, int64_t record,
                      struct se_report *report);

#endif
