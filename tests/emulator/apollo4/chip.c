/* chip.c - power, clocks, pads, cache, and which block an address belongs to.
 */

#include "machine.h"

#include <string.h>

enum {
    UART0_POWER = 1 << 9,
    PDM0_POWER = 1 << 2,
    SETTLE_TICKS = 2 * TICKS_PER_US, /* from an enable bit to its status */
    PADKEY_OPEN = 0x73,
    BUTTON_PAD = 18,
    BUTTON_S_TICKS = 100 * 1000 * TICKS_PER_US, /* held for 100 ms */
};

/* --- power and clock, 0x40021000 --- */

static int is_refused(const struct machine *machine, const char *block)
{
    return machine->config.refuse && !strcmp(machine->config.refuse, block);
}

static void settle(struct machine *machine)
{
    struct power *power = &machine->power;
    uint32_t dev = power->dev_enable, aud = power->aud_enable;

    if (is_refused(machine, "uart0"))
        dev &= ~(uint32_t)UART0_POWER;
    if (is_refused(machine, "pdm0"))
        aud &= ~(uint32_t)PDM0_POWER;
    if (power->dev_status & ~dev & UART0_POWER)
        uart_reset(machine);
    if (power->aud_status & ~aud & PDM0_POWER)
        pdm_reset(machine);
    power->dev_status = dev;
    power->aud_status = aud;
    power->settled = NEVER;
}

uint64_t chip_update(struct machine *machine)
{
    if (machine->now >= machine->power.settled)
        settle(machine);
    return machine->power.settled;
}

static uint32_t read_power(struct machine *machine, uint32_t offset)
{
    const struct power *power = &machine->power;

    switch (offset) {
    case 0x000:
        return power->fast ? 2 | 4 | 2 << 3 : 1 | 4 | 1 << 3;
    case 0x004:
        return power->dev_enable;
    case 0x008:
        return power->dev_status;
    case 0x00C:
        return power->aud_enable;
    case 0x010:
        return power->aud_status;
    case 0x100:
        return power->vrctrl;
    case 0x108:
        return power->vrctrl & 1 && !is_refused(machine, "buck") ? 3 << 4 : 0;
    }
    machine_fail(machine, "no register of PWRCTRL at offset 0x%03x", offset);
    return 0;
}

/* The faster clock is for a chip whose buck converter is active. */
static void write_clock(struct machine *machine, uint32_t value)
{
    if (value == 2 && !(read_power(machine, 0x108) & 3 << 4))
        machine_fail(machine, "192 MHz without the buck converter");
    else if (value != 1 && value != 2)
        machine_fail(machine, "%u written to MCUPERFREQ", value);
    machine->power.fast = value == 2;
}

static void write_power(struct machine *machine, uint32_t offset,
                        uint32_t value)
{
    struct power *power = &machine->power;

    power->settled = machine->now + SETTLE_TICKS;
    machine_attend(machine);
    switch (offset) {
    case 0x000:
        write_clock(machine, value);
        break;
    case 0x004:
        power->dev_enable = value;
        break;
    case 0x00C:
        power->aud_enable = value;
        break;
    case 0x100:
        power->vrctrl = value;
        break;
    default:
        machine_fail(machine, "no register of PWRCTRL to write at 0x%03x",
                     offset);
    }
}

/* --- pads, 0x40010000 --- */

static int is_button_down(const struct machine *machine)
{
    double ticks_per_s = 1e6 * TICKS_PER_US;
    double since;

    if (machine->config.button_s < 0)
        return 0;
    since = (double)machine->now - machine->config.button_s * ticks_per_s;
    return since >= 0 && since < (double)BUTTON_S_TICKS;
}

/* A level is only read from a pad that is a GPIO with its input on. */
static uint32_t read_levels(struct machine *machine, uint32_t word)
{
    uint32_t levels = 0;

    for (uint32_t i = 0; i < 32; i++) {
        uint32_t pad = 32 * word + i, pincfg = machine->gpio.pincfg[pad];
        uint32_t is_high = pad != BUTTON_PAD || !is_button_down(machine);

        if ((pincfg & 0xF) == 3 && pincfg & 1 << 4)
            levels |= is_high << i;
    }
    return levels;
}

static uint32_t read_gpio(struct machine *machine, uint32_t offset)
{
    if (offset >= 0x204 && offset < 0x214)
        return read_levels(machine, (offset - 0x204) / 4);
    machine_fail(machine, "no register of GPIO to read at 0x%03x", offset);
    return 0;
}

static void write_gpio(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct gpio *gpio = &machine->gpio;

    if (offset < 0x200) {
        if (!gpio->is_open)
            machine_fail(machine, "PINCFG%u written without PADKEY",
                         offset / 4);
        else if (offset / 4 == 20 || offset / 4 == 21)
            machine_fail(machine, "pad %u is the debugger's", offset / 4);
        gpio->pincfg[offset / 4] = value;
    } else if (offset == 0x200) {
        gpio->is_open = value == PADKEY_OPEN;
    } else if (offset >= 0x224 && offset < 0x234) {
        gpio->out[(offset - 0x224) / 4] |= value;
    } else if (offset >= 0x234 && offset < 0x244) {
        gpio->out[(offset - 0x234) / 4] &= ~value;
    } else {
        machine_fail(machine, "no register of GPIO to write at 0x%03x", offset);
    }
}

void chip_need_pad(struct machine *machine, int pad, uint32_t function,
                   const char *what)
{
    if ((machine->gpio.pincfg[pad] & 0xF) != function)
        machine_fail(machine, "pad %d is not set up as %s", pad, what);
}

/* --- clocks, 0x40004000, crystal, 0x40020000, timer, 0x40008800 --- */

static uint32_t *clock_register(struct machine *machine, uint32_t offset)
{
    switch (offset) {
    case 0x4044:
        return &machine->clkgen_misc;
    case 0x4048:
    case 0x404C:
    case 0x4050:
        return &machine->hf2adj[(offset - 0x4048) / 4];
    case 0x20128:
        return &machine->xtalhstrims;
    case 0x2012C:
        return &machine->xtalhsctrl;
    }
    return 0;
}

/* --- which block --- */

/* With DECODEABORT as it is after reset, a block without power aborts. */
static int has_power(struct machine *machine, uint32_t status, uint32_t bit,
                     const char *block)
{
    if (!(status & bit))
        machine_fail(machine, "%s is touched and has no power", block);
    return (status & bit) != 0;
}

uint32_t chip_read(struct machine *machine, uint32_t offset)
{
    uint32_t block = offset & ~0xFFFu, *clock = clock_register(machine, offset);

    if (clock)
        return *clock;
    switch (block) {
    case 0x10000:
        return read_gpio(machine, offset - block);
    case 0x1C000:
        if (!has_power(machine, machine->power.dev_status, UART0_POWER,
                       "UART0"))
            return 0;
        return uart_read(machine, offset - block);
    case 0x21000:
        return read_power(machine, offset - block);
    case 0x201000:
        if (!has_power(machine, machine->power.aud_status, PDM0_POWER, "PDM0"))
            return 0;
        return pdm_read(machine, offset - block);
    }
    machine_fail(machine, "read from register 0x%08x, which is not modelled",
                 0x40000000 + offset);
    return 0;
}

void chip_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    uint32_t block = offset & ~0xFFFu, *clock = clock_register(machine, offset);

    if (clock) {
        *clock = value;
        return;
    }
    switch (block) {
    case 0x10000:
        write_gpio(machine, offset - block, value);
        return;
    case 0x1C000:
        if (has_power(machine, machine->power.dev_status, UART0_POWER, "UART0"))
            uart_write(machine, offset - block, value);
        return;
    case 0x21000:
        write_power(machine, offset - block, value);
        return;
    case 0x201000:
        if (has_power(machine, machine->power.aud_status, PDM0_POWER, "PDM0"))
            pdm_write(machine, offset - block, value);
        return;
    }
    machine_fail(machine, "write to register 0x%08x, which is not modelled",
                 0x40000000 + offset);
}

/* --- cache, 0x48000000 --- */

uint32_t cache_read(struct machine *machine, uint32_t offset)
{
    if (offset == 0x0)
        return machine->cachecfg;
    if (offset == 0x8)
        return machine->cachecfg & 1 ? 4 : 0;
    machine_fail(machine, "no register of the cache at 0x%03x", offset);
    return 0;
}

void cache_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    if (offset == 0x0)
        machine->cachecfg = value;
    else if (offset != 0x8 || value != 1)
        machine_fail(machine, "0x%08x written to the cache at 0x%03x", value,
                     offset);
}
