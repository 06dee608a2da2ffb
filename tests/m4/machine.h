/* machine.h - a Cortex-M4 that counts: loads an image, calls functions in it
 * one at a time (libunicorn executes the instructions), and keeps count of
 * instructions and modelled cycles by address.
 *
 * Cycles are a model without wait states: LDR 2, or 1 behind another load or
 * store; LDRD and LDM 1 + registers, stores alike; a taken branch 3; a
 * division 12; every other instruction, SMLAD and SMLALD among them, 1. */
#ifndef SE_M4_MACHINE_H
#define SE_M4_MACHINE_H

#include <stddef.h>
#include <stdint.h>

struct machine;

struct machine_function {
    const char *name; /* belongs to the machine */
    uint64_t n_instructions;
    uint64_t n_cycles;
};

/* `path`: a statically linked ELF file for the Cortex-M4. On failure one line
 * goes to standard error and the program ends with status 1, here and below:
 * the tests have no use for a machine that broke. */
struct machine *machine_create(const char *path);
void machine_destroy(struct machine *machine);

/* Calls the function `name`, which takes nothing; what it returned. */
int32_t machine_call(struct machine *machine, const char *name);

/* Copies to and from the image's variable `name`, which has to have exactly
 * this size. */
void machine_write(struct machine *machine, const char *name, const void *data,
                   size_t n_bytes);
void machine_read(struct machine *machine, void *data, const char *name,
                  size_t n_bytes);

/* Since machine_create, or the last machine_forget. */
uint64_t machine_instructions(const struct machine *machine);
uint64_t machine_cycles(const struct machine *machine);
void machine_forget(struct machine *machine);

/* Deepest stack since machine_create, in bytes. */
uint32_t machine_stack(const struct machine *machine);

/* The counts function by function, most cycles first: how many. `*functions`
 * is the caller's to free. */
size_t machine_functions(const struct machine *machine,
                         struct machine_function **functions);

#endif
