/* stream.c - raw sound from standard input to standard output as it comes: 48
 * kHz, two channels, 16 bits.
 *
 *     cc stream.c $(pkg-config --cflags --libs nnse) -o stream
 *     arecord -t raw -f S16_LE -r 48000 -c 2 | ./stream | aplay -t raw ... */
#include <nnse.h>
#include <stdio.h>

enum { CHANNELS = 2, BLOCK = 480 };

int main(void)
{
    static int16_t block[BLOCK * CHANNELS];
    struct nnse_config config;
    struct nnse *nnse;
    size_t n;

    nnse_defaults(&config);
    config.rate_hz = 48000;
    config.channels = CHANNELS;
    if (nnse_create(&nnse, NULL, &config) != NNSE_OK) {
        fprintf(stderr, "stream: %s\n", nnse_error());
        return 1;
    }
    fprintf(stderr, "stream: %.1f ms late\n",
            1e3 * nnse_delay(nnse) / config.rate_hz);
    while ((n = fread(block, sizeof *block * CHANNELS, BLOCK, stdin)) > 0) {
        nnse_process_int16(nnse, block, block, n);
        if (fwrite(block, sizeof *block * CHANNELS, n, stdout) != n)
            break;
    }
    nnse_destroy(nnse);
    if (ferror(stdin) || ferror(stdout) || fflush(stdout) != 0) {
        fprintf(stderr, "stream: the sound broke off\n");
        return 1;
    }
    return 0;
}
