/* buck.c - the buck converter for 192 MHz: it becomes active after the vendor
 * library's sequence, each write with one change and in that order, with
 * interrupts off. */

#include "machine.h"

enum { RISE_TICKS = 100 * TICKS_PER_US, VRCTRL = 6 };

/* Where they are, and what is in them before: to be kept where it is no part of
 * the sequence, and the opposite of what is to come where it is. SIMOBUCK0
 * cannot be read. */
static const struct {
    uint32_t offset, before;
} registers[N_BUCK] = {
    {0x20348, 0xD7FEBFFF}, {0x2035C, 0xFC3FE1FF}, {0x20380, 0x00012345},
    {0x20370, 0xFFFFFFFF}, {0x2033C, 0},          {0x21100, 0},
    {0x20060, 0x00000210}, {0x20378, 0x00ABCDEF},
};

/* Bits `mask` of a register become `value`. */
static const struct {
    int reg;
    uint32_t mask, value;
} steps[] = {
    {0, 0x3C01E000, 0x28014000},
    {1, 0x03C01E00, 0x03C01E00},
    {2, 1u << 31, 1u << 31},
    {2, 1u << 30, 1u << 30},
    {3, 0x03F00000, 0},
    {4, ~0u, 7},
    {5, 1, 1},
    {7, 1u << 31, 1u << 31},
    {VRCTRL, 1u << 17, 1u << 17},
    {VRCTRL, 1u << 18, 1u << 18},
    {VRCTRL, 1u << 19, 1u << 19},
    {VRCTRL, 1u << 16, 1u << 16},
    {VRCTRL, 1u << 4, 0},
    {VRCTRL, 1u << 3, 1u << 3},
    {VRCTRL, 1u << 2, 1u << 2},
    {VRCTRL, 1u << 1, 1u << 1},
    {VRCTRL, 1u << 0, 1u << 0},
    {VRCTRL, 1u << 9, 0},
    {VRCTRL, 1u << 8, 1u << 8},
    {VRCTRL, 1u << 7, 1u << 7},
    {VRCTRL, 1u << 6, 1u << 6},
    {VRCTRL, 1u << 5, 1u << 5},
};
enum { N_STEPS = sizeof steps / sizeof *steps };

void buck_reset(struct machine *machine)
{
    for (int i = 0; i < N_BUCK; i++)
        machine->buck.value[i] = registers[i].before;
    machine->buck.active = NEVER;
}

static int find(uint32_t offset)
{
    for (int i = 0; i < N_BUCK; i++)
        if (registers[i].offset == offset)
            return i;
    return -1;
}

int buck_has(uint32_t offset)
{
    return find(offset) >= 0;
}

uint32_t buck_read(struct machine *machine, uint32_t offset)
{
    int reg = find(offset);

    return steps[5].reg == reg ? 0 : machine->buck.value[reg];
}

void buck_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct buck *buck = &machine->buck;
    int reg = find(offset), step = buck->n_steps;
    uint32_t old = buck->value[reg];

    if (step == N_STEPS || steps[step].reg != reg ||
        value != ((old & ~steps[step].mask) | steps[step].value)) {
        machine_fail(machine,
                     "0x%08x written to 0x%08x is not step %d of the buck "
                     "converter's start",
                     value, 0x40000000 + offset, step + 1);
        return;
    }
    if (!(core_register(machine, UC_ARM_REG_PRIMASK) & 1))
        machine_fail(machine, "the buck converter starts with interrupts on");
    buck->value[reg] = value;
    if (++buck->n_steps == N_STEPS)
        buck->active = machine->now + RISE_TICKS;
}

uint32_t buck_status(const struct machine *machine)
{
    uint64_t active = machine->buck.active;

    if (active == NEVER || chip_refuses(machine, "buck"))
        return 0;
    return machine->now >= active                    ? 3
           : machine->now + RISE_TICKS / 2 >= active ? 2
                                                     : 1;
}
