/* fuzz_wav.c - libFuzzer: our own reader of WAV, headers and chunks, without
 * libsndfile. */
#include "fuzz.h"

#include "audio/wav.h"

static void read_samples(const struct se_wav *wav, int file)
{
    static uint8_t samples[1 << 14];
    struct se_wav_stream stream;
    int64_t n = 1;

    se_wav_stream_start(&stream, wav, file);
    for (int i = 0; i < 100 && n > 0; i++) {
        n = se_wav_stream_read(&stream, samples, sizeof samples - i);
        if (n < 0 || n > (int64_t)sizeof samples - i)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct se_wav_head head;
    struct se_report report = {""};
    uint8_t magic[SE_WAV_MAGIC];
    struct se_wav wav;
    char path[64];
    int file = fuzz_file(path, "x.wav", bytes, n);

    head.n = 0;
    head.is_over = 0;
    if (read(file, magic, sizeof magic) == sizeof magic &&
        se_wav_recognise(magic)) {
        int status = se_wav_parse(&wav, file, magic, &head, path, &report);
        int64_t start = lseek(file, 0, SEEK_CUR);

        fuzz_check(status, &report);
        if (head.n > sizeof head.bytes ||
            (!head.is_over && memcmp(head.bytes, bytes, head.n) != 0))
            abort();
        if (status == SE_OK && wav.block_bytes > 0) {
            read_samples(&wav, file);
            if (se_wav_more_data(&wav, file, start) < 0)
                abort();
        }
    }
    close(file);
    return 0;
}
