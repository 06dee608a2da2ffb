/* summary.h - levels, SNR and range of a record. */
#ifndef SE_RECORDS_SUMMARY_H
#define SE_RECORDS_SUMMARY_H

#include "records/tfrecord.h"

struct se_summary {
    double noisy_db, clean_db; /* mean power of a frame, all bins; -inf: none;
                                  of samples: what its bins would have */
    double snr_db;         /* clean over what noisy has more; inf: nothing */
    float lowest, highest; /* of all values; samples -1..1 */
};

struct se_summary se_summarise(const struct se_example *example);

#endif
