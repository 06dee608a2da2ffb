/* cost.h - what one Thumb-2 instruction costs on a Cortex-M4, modelled. */
#ifndef SE_M4_COST_H
#define SE_M4_COST_H

#include <stdbool.h>
#include <stdint.h>

enum { COST_TAKEN = 2 }; /* more, for a branch that is taken */

struct cost {
    uint8_t n_cycles;
    bool is_load;   /* one register: a cycle less behind another is_memory */
    bool is_memory; /* loads or stores one register */
};

/* `words`: the instruction's halfwords (the second unused by short ones). */
struct cost cost_of(const uint16_t words[2]);

#endif
