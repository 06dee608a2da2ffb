/* chip.c - power, clocks, pads, cache, and which block an address belongs to.
 */

#include "machine.h"

#include <string.h>

enum {
    UART0_POWER = 1 << 9, /* UART n has bit 9 + n */
    PDM0_POWER = 1 << 2,
    AUDADC_POWER = 1 << 10,
    MAX_POLLS = 5000,
    SETTLE_TICKS = 2 * TICKS_PER_US, /* from an enable bit to its status */
    PADKEY_OPEN = 0x73,
    INPUT_PULLED_UP = 0xE013,
    OPEN_DRAIN = 0x203,
    BUTTON_S_TICKS = 100 * 1000 * TICKS_PER_US, /* held for 100 ms */
    GLITCH_TICKS = 15 * 1000 * TICKS_PER_US,    /* 40 ms before */
    GLITCH_BEFORE = 40 * 1000 * TICKS_PER_US,
};

/* --- power and clock, 0x40021000 --- */

int chip_refuses(const struct machine *machine, const char *block)
{
    return machine->config.refuse && !strcmp(machine->config.refuse, block);
}

static uint32_t uart_power(const struct machine *machine)
{
    return UART0_POWER << machine->config.board->uart;
}

static void settle(struct machine *machine)
{
    struct power *power = &machine->power;
    uint32_t dev = power->dev_enable, aud = power->aud_enable;

    if (chip_refuses(machine, "uart0"))
        dev &= ~uart_power(machine);
    if (chip_refuses(machine, "pdm0"))
        aud &= ~(uint32_t)PDM0_POWER;
    if (chip_refuses(machine, "audadc") || machine->config.board->channel < 0)
        aud &= ~(uint32_t)AUDADC_POWER;
    if (power->dev_status & ~dev & uart_power(machine))
        uart_reset(machine);
    if (power->aud_status & ~aud & PDM0_POWER)
        pdm_reset(machine);
    if (power->aud_status & ~aud & AUDADC_POWER)
        audadc_reset(machine);
    power->dev_status = dev;
    power->aud_status = aud;
    power->dev_seen &= dev;
    power->aud_seen &= aud;
    power->settled = NEVER;
}

uint64_t chip_update(struct machine *machine)
{
    if (machine->now >= machine->power.settled)
        settle(machine);
    return machine->power.settled;
}

/* What has to come comes in 100 us: whoever waits on waits for another bit. */
static void count_polls(struct machine *machine, uint32_t reg)
{
    struct power *power = &machine->power;

    power->n_polls = reg == power->polled ? power->n_polls + 1 : 0;
    power->polled = reg;
    if (power->n_polls > MAX_POLLS && !machine->config.refuse &&
        !machine->config.is_bare)
        machine_fail(machine, "register 0x%08x is polled in vain", reg);
}

static uint32_t read_power(struct machine *machine, uint32_t offset)
{
    struct power *power = &machine->power;

    count_polls(machine, 0x40021000 + offset);
    switch (offset) {
    case 0x000: /* reserved bits read as anything */
        return 0x5A5A5A00 | power->frequency | 4 | power->frequency << 3;
    case 0x004:
        return power->dev_enable;
    case 0x008:
        return power->dev_seen = power->dev_status;
    case 0x00C:
        return power->aud_enable;
    case 0x010:
        return power->aud_seen = power->aud_status;
    case 0x108:
        return buck_status(machine) << 4;
    }
    machine_fail(machine, "no register of PWRCTRL at offset 0x%03x", offset);
    return 0;
}

/* The faster clock is for a chip whose buck converter is active. */
static void write_clock(struct machine *machine, uint32_t value)
{
    if (value == 2 && buck_status(machine) != 3)
        machine_fail(machine, "192 MHz without the buck converter");
    else if (value != 1 && value != 2)
        machine_fail(machine, "%u written to MCUPERFREQ", value);
    machine->power.frequency = value;
    machine->power.fast = value == 2 && !chip_refuses(machine, "turbo");
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
        if ((value ^ power->dev_enable) & ~uart_power(machine))
            machine_fail(machine, "DEVPWREN is 0x%08x after 0x%08x", value,
                         power->dev_enable);
        power->dev_enable = value;
        break;
    case 0x00C:
        if (value & ~(uint32_t)(PDM0_POWER | AUDADC_POWER))
            machine_fail(machine, "0x%08x written to AUDSSPWREN", value);
        power->aud_enable = value;
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
    /* The contacts have touched each other before, too briefly to count. */
    return (since >= 0 && since < (double)BUTTON_S_TICKS) ||
           (since >= -(double)GLITCH_BEFORE &&
            since < (double)GLITCH_TICKS - (double)GLITCH_BEFORE);
}

/* A level is only read from a pad that is a GPIO with its input on. */
static uint32_t read_levels(struct machine *machine, uint32_t word)
{
    uint32_t levels = 0;

    for (uint32_t i = 0; i < 32; i++) {
        uint32_t pad = 32 * word + i, pincfg = machine->gpio.pincfg[pad];
        uint32_t is_high = pad != (uint32_t)machine->config.board->pad_button ||
                           !is_button_down(machine);

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

/* Only an output may be driven. */
static void drive(struct machine *machine, uint32_t word, uint32_t bits,
                  int is_high)
{
    struct gpio *gpio = &machine->gpio;

    for (uint32_t i = 0; i < 32; i++)
        if (bits >> i & 1 && gpio->pincfg[32 * word + i] != OPEN_DRAIN)
            machine_fail(machine, "pad %u is driven and is no output",
                         32 * word + i);
    gpio->out[word] =
        is_high ? gpio->out[word] | bits : gpio->out[word] & ~bits;
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
        drive(machine, (offset - 0x224) / 4, value, 1);
    } else if (offset >= 0x234 && offset < 0x244) {
        drive(machine, (offset - 0x234) / 4, value, 0);
    } else {
        machine_fail(machine, "no register of GPIO to write at 0x%03x", offset);
    }
}

void chip_need_pad(struct machine *machine, int pad, uint32_t pincfg,
                   const char *what)
{
    if (machine->gpio.pincfg[pad] != pincfg)
        machine_fail(machine, "pad %d is 0x%x, which does not suit %s", pad,
                     machine->gpio.pincfg[pad], what);
}

/* Active low. */
static int is_lit(const struct machine *machine)
{
    int pad = machine->config.board->pad_light;

    return !(machine->gpio.out[pad / 32] >> pad % 32 & 1);
}

/* The light is on while the microphone runs. */
static void check_light(struct machine *machine)
{
    struct gpio *gpio = &machine->gpio;
    int is_running =
        machine->pdm.next != NEVER || machine->audadc.next != NEVER;

    if (!is_lit(machine) && is_running && machine->now >= gpio->lit_due)
        machine_fail(machine, "the light is off while the microphone is on");
    if (is_lit(machine) && !gpio->lit_due && !machine->uart.n_input)
        machine_fail(machine, "the light is on and nothing has started");
}

void chip_check(struct machine *machine)
{
    if (machine->config.is_bare)
        return;
    core_check_sleep(machine);
    if (!(machine->uart.cr & 1))
        return; /* without a UART it can only wait */
    cache_check(machine);
    clocks_check(machine);
    chip_need_pad(machine, machine->config.board->pad_button, INPUT_PULLED_UP,
                  "the button");
    chip_need_pad(machine, machine->config.board->pad_light, OPEN_DRAIN,
                  "the light");
    chip_need_pad(machine, machine->config.board->pad_speech, OPEN_DRAIN,
                  "the light of speech");
    check_light(machine);
    if (machine->power.fast != machine_chose(machine, CHOICE_FAST) &&
        !machine->config.refuse)
        machine_fail(machine, "the core is at %d MHz",
                     machine->power.fast ? 192 : 96);
    if ((machine->power.frequency == 2) != machine->power.fast)
        machine_fail(machine, "192 MHz is asked for and not there");
    if (machine->gpio.is_open)
        machine_fail(machine, "PADKEY is left open");
}

void chip_check_end(struct machine *machine)
{
    const struct gpio *gpio = &machine->gpio;

    if (machine->config.is_bare || machine->pdm.next != NEVER ||
        machine->audadc.next != NEVER)
        return;
    if (machine->power.aud_status & (PDM0_POWER | AUDADC_POWER))
        machine_fail(machine, "PDM0 or AUDADC has power after its stop");
    audadc_check_end(machine);
    if (gpio->lit_due && is_lit(machine))
        machine_fail(machine, "the light is on after the stop");
}

/* --- which block --- */

/* With DECODEABORT as it is after reset, a block without power aborts. Whoever
 * has not seen the status was only lucky. */
static int has_power(struct machine *machine, uint32_t status, uint32_t seen,
                     uint32_t bit, const char *block)
{
    if (!(status & bit))
        machine_fail(machine, "%s is touched and has no power", block);
    else if (!(seen & bit))
        machine_fail(machine, "%s is touched before its power was looked at",
                     block);
    return (status & seen & bit) != 0;
}

/* The one UART that is wired to something. */
static uint32_t uart_block(const struct machine *machine)
{
    return 0x1C000 + 0x1000 * (uint32_t)machine->config.board->uart;
}

static int has_uart_power(struct machine *machine)
{
    return has_power(machine, machine->power.dev_status,
                     machine->power.dev_seen, uart_power(machine), "UART0");
}

uint32_t chip_read(struct machine *machine, uint32_t offset)
{
    uint32_t block = offset & ~0xFFFu;

    if (block == uart_block(machine))
        return has_uart_power(machine) ? uart_read(machine, offset - block) : 0;
    if (clocks_has(offset))
        return clocks_read(machine, offset);
    if (buck_has(offset))
        return buck_read(machine, offset);
    if (audadc_has(offset))
        return audadc_read_front(machine, offset);
    switch (block) {
    case 0x10000:
        return read_gpio(machine, offset - block);
    case 0x21000:
        return read_power(machine, offset - block);
    case 0x201000:
        if (!has_power(machine, machine->power.aud_status,
                       machine->power.aud_seen, PDM0_POWER, "PDM0"))
            return 0;
        return pdm_read(machine, offset - block);
    case 0x210000:
        if (!has_power(machine, machine->power.aud_status,
                       machine->power.aud_seen, AUDADC_POWER, "AUDADC"))
            return 0;
        return audadc_read(machine, offset - block);
    }
    machine_fail(machine, "read from register 0x%08x, which is not modelled",
                 0x40000000 + offset);
    return 0;
}

void chip_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    uint32_t block = offset & ~0xFFFu;

    if (block == uart_block(machine)) {
        if (has_uart_power(machine))
            uart_write(machine, offset - block, value);
        return;
    }
    if (clocks_has(offset)) {
        clocks_write(machine, offset, value);
        return;
    }
    if (buck_has(offset)) {
        buck_write(machine, offset, value);
        return;
    }
    if (audadc_has(offset)) {
        audadc_write_front(machine, offset, value);
        return;
    }
    switch (block) {
    case 0x10000:
        write_gpio(machine, offset - block, value);
        return;
    case 0x21000:
        write_power(machine, offset - block, value);
        return;
    case 0x201000:
        if (has_power(machine, machine->power.aud_status,
                      machine->power.aud_seen, PDM0_POWER, "PDM0"))
            pdm_write(machine, offset - block, value);
        return;
    case 0x210000:
        if (has_power(machine, machine->power.aud_status,
                      machine->power.aud_seen, AUDADC_POWER, "AUDADC"))
            audadc_write(machine, offset - block, value);
        return;
    }
    machine_fail(machine, "write to register 0x%08x, which is not modelled",
                 0x40000000 + offset);
}

/* --- cache, 0x48000000 --- */

enum {
    CACHE_ENABLE = 1 << 0,
    CACHE_LRU = 1 << 1,
    CACHE_BOTH = 1 << 8 | 1 << 9, /* code and data */
    /* Direct mapped, 64 KB, clocks gated. */
    CACHE_64K = 14 << 4 | 1 << 10 | 1 << 20 | CACHE_BOTH,
    /* As the boot loader leaves it: set up another way, not enabled. */
    CACHE_LEFT = 5 << 4 | 1 << 10 | 1 << 11 | 1 << 20 | CACHE_BOTH,
};

void cache_reset(struct machine *machine)
{
    machine->cache.config = CACHE_LEFT;
}

void cache_check(struct machine *machine)
{
    uint32_t config = machine->cache.config & ~(uint32_t)CACHE_LRU;

    if (config != (CACHE_64K | CACHE_ENABLE) || !machine->cache.is_empty)
        machine_fail(machine, "the cache is 0x%08x%s", machine->cache.config,
                     machine->cache.is_empty ? "" : " and never invalidated");
    if (!machine->cache.was_ready)
        machine_fail(machine, "nobody waits until the cache is empty");
}

uint32_t cache_read(struct machine *machine, uint32_t offset)
{
    count_polls(machine, 0x48000000 + offset);
    if (offset == 0x0)
        return machine->cache.config;
    if (offset == 0x8) {
        int is_ready = machine->cache.config & CACHE_ENABLE &&
                       machine->now >= machine->cache.ready;

        machine->cache.was_ready = machine->cache.is_empty && is_ready;
        return is_ready ? 4 : 0;
    }
    machine_fail(machine, "no register of the cache at 0x%03x", offset);
    return 0;
}

/* The geometry changes while nothing is cached, and before the enable. */
static void write_cachecfg(struct machine *machine, uint32_t value)
{
    struct cache *cache = &machine->cache;
    uint32_t changes = value ^ cache->config;

    if (changes & ~(uint32_t)(CACHE_BOTH | CACHE_ENABLE) &&
        cache->config & (CACHE_BOTH | CACHE_ENABLE))
        machine_fail(machine, "the cache changes its geometry while on");
    if (value & CACHE_ENABLE && changes != CACHE_ENABLE)
        machine_fail(machine, "the cache is set up and enabled at once");
    cache->config = value;
    cache->is_empty = 0;
}

void cache_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    if (offset == 0x0)
        write_cachecfg(machine, value);
    else if (offset != 0x8 || value != 1 ||
             !(machine->cache.config & CACHE_ENABLE))
        machine_fail(machine, "0x%08x written to the cache at 0x%03x", value,
                     offset);
    else {
        machine->cache.is_empty = 1;
        machine->cache.was_ready = 0;
        machine->cache.ready = machine->now + SETTLE_TICKS;
    }
}
