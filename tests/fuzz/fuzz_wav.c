/* fuzz_wav.c - libFuzzer: our own reader of WAV, headers and chunks, without
 * libsndfile. */
#include "fuzz.h"

#include "container/wav.h"

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
    se_wav_stream_stop(&stream);
}

/* A tail found piece by piece is the one that is found at once. */
static void compare_tails(const struct se_wav *wav, int file, int64_t start)
{
    static uint8_t samples[1 << 10];
    struct se_wav_tail tail = {.is_big_endian = wav->is_big_endian};
    int64_t end = lseek(file, 0, SEEK_END), n = 1, sum = 0;
    int64_t size = se_wav_tail_size(file, start, end, wav->is_big_endian);

    lseek(file, start, SEEK_SET);
    for (int i = 0; n > 0; i++) {
        n = se_wav_tail_read(&tail, file, samples, 1 + i * 37 % 1000);
        sum += n;
    }
    se_wav_tail_free(&tail);
    if (size < 0 || sum != end - start - size)
        abort();
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
        int status = se_wav_parse(
            &wav, &head, &(struct se_wav_source){file, path, magic}, &report);
        int64_t start = lseek(file, 0, SEEK_CUR);

        fuzz_check(status, &report);
        if (head.n > sizeof head.bytes ||
            (!head.is_over && memcmp(head.bytes, bytes, head.n) != 0))
            abort();
        if (status == SE_OK && wav.block_bytes > 0) {
            int64_t other_at;

            read_samples(&wav, file);
            if (se_wav_more_data(&wav, file, start, &other_at) < 0)
                abort();
            compare_tails(&wav, file, start);
        }
    }
    close(file);
    return 0;
}
