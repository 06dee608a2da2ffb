/* fixed.c - what a board would give: a net of one's own, in 8-bit integers, on
 * raw sound of 16 kHz, one channel, 16 bits.
 *
 *     cc fixed.c $(pkg-config --cflags --libs nnse) -o fixed
 *     ./fixed models/my_net/epoch_0100.safetensors <noisy.raw >clean.raw
 *
 * The output is nnse_delay() samples late, and as long as the input. */
#include <nnse.h>
#include <stdio.h>

static int enhance(const struct nnse_net *net)
{
    struct nnse_config config;
    struct nnse *nnse;
    int16_t hop[160];
    size_t n;

    nnse_defaults(&config);
    config.engine = NNSE_ENGINE_INTEGER;
    if (nnse_create(&nnse, net, &config) != NNSE_OK) {
        fprintf(stderr, "fixed: %s\n", nnse_error());
        return 1;
    }
    while ((n = fread(hop, sizeof *hop, 160, stdin)) > 0) {
        nnse_process_int16(nnse, hop, hop, n);
        fwrite(hop, sizeof *hop, n, stdout);
    }
    nnse_destroy(nnse);
    if (ferror(stdin) || fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "fixed: the sound broke off\n");
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct nnse_net *net = NULL; /* the one within the library */
    int status;

    if (argc == 2 && nnse_net_file(&net, argv[1]) != NNSE_OK) {
        fprintf(stderr, "fixed: %s\n", nnse_error());
        return 1;
    }
    status = enhance(net);
    nnse_net_free(net);
    return status;
}
