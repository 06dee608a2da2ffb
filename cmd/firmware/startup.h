/* startup.h - handlers that each board's vector table begins with. */
#ifndef STARTUP_H
#define STARTUP_H

#include <stdint.h>

extern uint32_t stack_end[]; /* from the linker script */

_Noreturn void startup_reset(void);

/* Prints where it happened and stays there. */
_Noreturn void startup_fault(void);

/* The first 16 entries of a vector table. */
#define STARTUP_VECTORS(systick_handler)                                       \
    (void (*)(void)) stack_end, startup_reset,                                 \
        [2 ... 14] = startup_fault, [15] = (systick_handler)

#endif
