/* neural_nets.h - for tests: the declarations that tables for ns-nnsp.a need,
 * written from the description of its structures (their members in order, with
 * offsets); not the vendor's file. */
#ifndef SE_TESTS_NEURAL_NETS_H
#define SE_TESTS_NEURAL_NETS_H

#include <stdint.h>

enum net_layer_type { fc, lstm };
enum activation_type { relu6, ftanh, sigmoid, linear };

typedef struct {
    int8_t numlayers;
    int16_t size_layer[11];
    enum net_layer_type net_layer_type[10];
    int8_t qbit_kernel[10];
    int8_t qbit_input[10];
    int8_t qbit_bias[10];
    enum activation_type activation_type[10];
    int32_t *pt_cstate[10];
    int16_t *pt_hstate[10];
    void *(*act_func[10])(void *, int32_t *, int);
    int *(*layer_func[10])();
    int8_t *pt_kernel[10];
    int16_t *pt_bias[10];
    int8_t *pt_kernel_rec[10];
} NeuralNetClass;

#ifdef __x86_64__
_Static_assert(sizeof(NeuralNetClass) == 696, "as described");
#endif

#endif
