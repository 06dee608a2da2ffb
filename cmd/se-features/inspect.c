/* inspect.c - what is in a TFRecord file. */
#include "inspect.h"

#include "common/cli.h"
#include "records/summary.h"
#include "records/tfrecord.h"

#include <stdio.h>

void features_inspect(const char *path)
{
    struct se_tfrecord_reader *reader;
    struct se_example example = {0};
    struct se_report report;
    int found, n_records = 0;
    long long n_frames = 0;

    cli_check(se_tfrecord_open(&reader, path, &report), &report);
    for (;;) {
        cli_check(se_tfrecord_read(reader, &example, &found, &report), &report);
        if (!found)
            break;

        struct se_summary s = se_summarise(&example);

        if (n_records == 0)
            printf("record  frames  noisy dB  clean dB    SNR dB     lowest    "
                   "highest\n");
        printf("%6d  %6d  %8.2f  %8.2f  %8.2f  %9.3g  %9.3g\n", n_records,
               example.n_frames, s.noisy_db, s.clean_db, s.snr_db,
               (double)s.lowest, (double)s.highest);
        n_records++;
        n_frames += example.n_frames;
    }
    cli_print_name(path, 0);
    printf(": %d records, %lld frames, %.2f s, %s\n", n_records, n_frames,
           (double)n_frames / 100,
           example.format == SE_RECORD_PCM ? "pcm" : "pspec");
    se_example_free(&example);
    se_tfrecord_close(reader);
    cli_close_stdout();
}
