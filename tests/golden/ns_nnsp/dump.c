/* dump.c - for tests: compiled with generated tables (TABLES, the name of their
 * header; NET, PARAMS, MEAN, STDR, their symbols), prints what they hold. */
#include TABLES

#include <stdio.h>

const int16_t stft_win_coeff_w480_h160[480] = {0};

void *tanh_fix(void *y, void *x, int n)
{
    return (void)x, (void)n, y;
}
void *sigmoid_fix(void *y, void *x, int n)
{
    return (void)x, (void)n, y;
}
void *relu6_fix(void *y, void *x, int n)
{
    return (void)x, (void)n, y;
}
int fc_8x16(void)
{
    return 0;
}
int lstm_8x16(void)
{
    return 1;
}

/* Bytes as a number that changes with each of them (FNV-1a). */
static unsigned hash(const void *bytes, int n)
{
    const unsigned char *p = bytes;
    unsigned h = 2166136261u;

    while (n-- > 0)
        h = (h ^ *p++) * 16777619u;
    return h;
}

static void print_layer(int i)
{
    const int n_in = NET.size_layer[i], n_out = NET.size_layer[i + 1];
    const int n_gates = NET.net_layer_type[i] == lstm ? 4 : 1;

    printf("%d %d %d q %d %d %d %d%d%d", (int)NET.net_layer_type[i], n_in,
           n_out, NET.qbit_kernel[i], NET.qbit_input[i], NET.qbit_bias[i],
           (int)NET.activation_type[i],
           (void *)NET.layer_func[i] ==
               (void *)(n_gates == 4 ? lstm_8x16 : fc_8x16),
           (void *)NET.act_func[i] == (void *)sigmoid_fix);
    printf(" %08x %08x", hash(NET.pt_kernel[i], n_gates * n_in * n_out),
           hash(NET.pt_bias[i], 2 * n_gates * n_out));
    if (NET.pt_kernel_rec[i])
        printf(" %08x %d", hash(NET.pt_kernel_rec[i], 4 * n_out * n_out),
               NET.pt_cstate[i][n_out - 1] + NET.pt_hstate[i][n_out - 1]);
    puts("");
}

int main(void)
{
    printf("%d %d %d %d %d %d %d %d %d\n", PARAMS.samplingRate, PARAMS.fftsize,
           PARAMS.winsize_stft, PARAMS.hopsize_stft, PARAMS.num_mfltrBank,
           PARAMS.num_dnsmpl, PARAMS.start_bin, PARAMS.is_dcrm,
           PARAMS.pre_gain_q1);
    printf("%08x %08x\n", hash(MEAN, 4 * PARAMS.num_mfltrBank),
           hash(STDR, 4 * PARAMS.num_mfltrBank));
    for (int i = 0; i < NET.numlayers; i++)
        print_layer(i);
    return 0;
}
