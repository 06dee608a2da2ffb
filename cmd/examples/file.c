/* file.c - a sound file without its noise.
 *
 *     cc file.c $(pkg-config --cflags --libs nnse) -o file
 *     ./file noisy.wav clean.wav */
#include <nnse.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct nnse_config config;

    if (argc != 3) {
        fprintf(stderr, "usage: %s NOISY CLEAN\n", argv[0]);
        return 2;
    }
    nnse_defaults(&config);
    config.limit_db = 24.0f; /* some of the room may stay */
    if (nnse_file(NULL, &config, argv[1], argv[2]) != NNSE_OK) {
        fprintf(stderr, "%s: %s\n", argv[0], nnse_error());
        return 1;
    }
    return 0;
}
