/* clocks.c - the 32 MHz crystal, HFRC2 and its lock to it, and STIMER. */

#include "machine.h"

enum {
    MISC = 0x4044,
    HF2ADJ0 = 0x4048,
    HF2ADJ1 = 0x404C,
    HF2ADJ2 = 0x4050,
    STCFG = 0x8800,
    STTMR = 0x8804,
    XTALHSTRIMS = 0x20128,
    XTALHSCTRL = 0x2012C,

    TRIMS = 44 | 4 << 6 | 3 << 10 | 3 << 15 | 15 << 17 | 127 << 21,
    XTAL_ON = 1 << 0 | 1 << 1 | 1 << 3,
    XTAL_INJECT = 1 << 4,
    INJECT_TICKS = 5 * TICKS_PER_US,
    CRYSTAL_TICKS = 1500 * TICKS_PER_US,
    HFRC2_TICKS = 200 * TICKS_PER_US,
    LOCK_TICKS = 500 * TICKS_PER_US,
    FAST_START = 0x3FFE, /* in HF2ADJ0 after reset, to be kept */
    RATIO_32MHZ = 2 | 0x189374 << 2,
    TICKS_PER_6MHZ = 640,
};
#define TICKS_PER_32KHZ 117187.5

void clocks_reset(struct machine *machine)
{
    machine->clocks = (struct clocks){
        .hf2adj = {FAST_START},
        .stcfg = 1u << 31,
        .crystal = NEVER,
        .hfrc2 = NEVER,
        .locked = NEVER,
    };
}

int clocks_has(uint32_t offset)
{
    return offset == MISC || (offset >= HF2ADJ0 && offset <= HF2ADJ2) ||
           offset == STCFG || offset == STTMR || offset == XTALHSTRIMS ||
           offset == XTALHSCTRL;
}

static uint32_t read_timer(const struct machine *machine)
{
    uint64_t ticks = machine->now - machine->clocks.stimer_base;

    switch (machine->clocks.stcfg) {
    case 1:
        return (uint32_t)(ticks / TICKS_PER_6MHZ);
    case 3:
        return chip_refuses(machine, "xtal")
                   ? 0
                   : (uint32_t)((double)ticks / TICKS_PER_32KHZ);
    }
    return 0;
}

uint32_t clocks_read(struct machine *machine, uint32_t offset)
{
    const struct clocks *clocks = &machine->clocks;

    switch (offset) {
    case MISC:
        return clocks->misc;
    case HF2ADJ0:
    case HF2ADJ1:
    case HF2ADJ2:
        return clocks->hf2adj[(offset - HF2ADJ0) / 4];
    case STCFG:
        return clocks->stcfg;
    case STTMR:
        return read_timer(machine);
    case XTALHSTRIMS:
        return clocks->xtalhstrims;
    }
    return clocks->xtalhsctrl;
}

/* On with injection, and after 5 us without. */
static void write_crystal(struct machine *machine, uint32_t value)
{
    struct clocks *clocks = &machine->clocks;

    if (value == (XTAL_ON | XTAL_INJECT) && !clocks->xtalhsctrl &&
        clocks->xtalhstrims == TRIMS) {
        clocks->injected = machine->now;
    } else if (value == XTAL_ON && clocks->xtalhsctrl & XTAL_INJECT) {
        if (machine->now - clocks->injected < INJECT_TICKS)
            machine_fail(machine, "the crystal is helped for less than 5 us");
        clocks->crystal = machine->now + CRYSTAL_TICKS;
    } else {
        machine_fail(machine, "0x%x written to XTALHSCTRL, trims 0x%08x", value,
                     clocks->xtalhstrims);
    }
    clocks->xtalhsctrl = value;
}

static void write_lock(struct machine *machine, uint32_t value)
{
    struct clocks *clocks = &machine->clocks;

    if (value != (FAST_START | 1) || clocks->hf2adj[1] != 5 ||
        clocks->hf2adj[2] != RATIO_32MHZ)
        machine_fail(machine, "HFRC2's lock: 0x%x, 0x%x, 0x%x", value,
                     clocks->hf2adj[1], clocks->hf2adj[2]);
    else if (machine->now < clocks->crystal || machine->now < clocks->hfrc2)
        machine_fail(machine, "HFRC2 or the crystal has not started");
    clocks->locked = machine->now + LOCK_TICKS;
    clocks->hf2adj[0] = value;
}

void clocks_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct clocks *clocks = &machine->clocks;

    switch (offset) {
    case MISC:
        if (value != 1 << 5 || machine->now < clocks->crystal)
            machine_fail(machine,
                         "0x%08x written to CLKGEN.MISC, or before the crystal "
                         "has started",
                         value);
        clocks->misc = value;
        clocks->hfrc2 = machine->now + HFRC2_TICKS;
        return;
    case HF2ADJ0:
        write_lock(machine, value);
        return;
    case HF2ADJ1:
    case HF2ADJ2:
        clocks->hf2adj[(offset - HF2ADJ0) / 4] = value;
        return;
    case STCFG:
        if (value != 1 && value != 3)
            machine_fail(machine, "0x%08x written to STCFG", value);
        clocks->stcfg = value;
        clocks->stimer_base = machine->now;
        return;
    case XTALHSTRIMS:
        clocks->xtalhstrims = value;
        return;
    case XTALHSCTRL:
        write_crystal(machine, value);
        return;
    }
    machine_fail(machine, "STTMR is written to");
}

void clocks_check(struct machine *machine)
{
    if (machine->clocks.stcfg != 3)
        machine_fail(machine, "STIMER does not count the 32 kHz crystal");
}

double clocks_pdm_ticks(struct machine *machine, uint32_t source)
{
    const struct clocks *clocks = &machine->clocks;
    uint32_t chosen = machine_chose(machine, CHOICE_HFRC)     ? 2
                      : machine_chose(machine, CHOICE_XTALHS) ? 1
                                                              : 0;

    if (source != chosen)
        machine_fail(machine, "PDM0's clock is %u of CLKSEL, not %u", source,
                     chosen);
    else if (source == 2)
        return TICKS_PER_24MHZ / (1 + machine->config.hfrc_error / 100);
    else if (source == 1 && machine->now >= clocks->crystal)
        return 120;
    else if (source == 0 && machine->now >= clocks->locked)
        return 156.25;
    machine_fail(machine, "PDM0's clock does not run");
    return 0;
}
