/* audadc.c - AUDADC and the preamplifiers before it: a recording comes as from
 * an analogue microphone, if all that is known to be needed was done, in the
 * vendor's order and with its waits. */

#include "machine.h"

#include <math.h>
#include <string.h>

enum {
    IRQ = AUDADC_IRQ,
    AUDIO1 = 0x20430,
    PGAADCIFCTRL = 0x20438,
    PGACTRL1 = 0x2043C,
    PGACTRL2 = 0x20440,

    /* PGACTRL1; PGACTRL2 has no references. */
    REFERENCES = 3 << 26,
    VREF_QUICK = 1 << 28,
    VCM = 1 << 24,
    VCM_QUICK = 1 << 25,
    OUTPUTS = 3 << 22,
    INPUTS = 3 << 20,
    ONLY_1 = REFERENCES | VREF_QUICK,
    RUNNING_2 = VCM | OUTPUTS | INPUTS, /* nothing bypassed, gains of 12 dB */
    RUNNING_1 = RUNNING_2 | REFERENCES,
    INTERFACES = 3 << 2 | 3 << 6,
    BIAS = 1 << 12,
    BIAS_TRIM = 0x3F << 6,
    BIAS_TRIM_VENDOR = 24 << 6,

    CFG = 0x01173014, /* HFRC, timer, medium mode, low latency, repeating */
    ADCEN = 1,
    DIVIDE_8 = 3 << 16,
    SLOT = 34 << 18 | 1,
    GAIN_CODE = 36, /* 12 dB */
    SIGNED = 0x1800,
    INT_ALL = 0xFFF,
    INT_75 = 1 << 2,
    INT_FULL = 1 << 3,
    LEVEL_75 = 12,
    OFFSET = 53, /* of the converter, in its steps */
    TICKS_PER_48MHZ = 80,
    OFF_TICKS = 20 * 1000 * TICKS_PER_US,
};
#define TIMER_ENABLE (1u << 31)

static const uint64_t ms = 1000 * (uint64_t)TICKS_PER_US;

/* The converter alone. */
void audadc_reset(struct machine *machine)
{
    struct audadc *adc = &machine->audadc;

    if (adc->next != NEVER || adc->inten || adc->cfg & ADCEN)
        machine_fail(machine, "AUDADC loses its power while it runs");
    adc->cfg = adc->offset = adc->timer = adc->gain = adc->gaincfg = 0;
    memset(adc->slot, 0, sizeof adc->slot);
    adc->inten = 0;
    adc->intstat = INT_ALL; /* of before */
    adc->n_fifo = adc->in_flight = 0;
    adc->off_since = machine->now;
    core_line(machine, IRQ, 0);
}

/* And what is before it; the reserved bits are to be kept. */
void audadc_start(struct machine *machine)
{
    struct audadc *adc = &machine->audadc;

    adc->next = NEVER;
    adc->pga[0] = adc->pga[1] = 0xFFFFF;
    adc->audio1 = 0x000A603F | (~BIAS_TRIM_VENDOR & BIAS_TRIM);
    adc->bias_since = NEVER;
    audadc_reset(machine);
    adc->off_since = NEVER;
}

/* --- preamplifiers --- */

int audadc_has(uint32_t offset)
{
    return offset == AUDIO1 || offset == PGAADCIFCTRL || offset == PGACTRL1 ||
           offset == PGACTRL2;
}

uint32_t audadc_read_front(struct machine *machine, uint32_t offset)
{
    const struct audadc *adc = &machine->audadc;

    return offset == AUDIO1         ? adc->audio1
           : offset == PGAADCIFCTRL ? adc->interfaces
                                    : adc->pga[offset == PGACTRL2];
}

static void need(struct machine *machine, int condition, const char *what)
{
    if (!condition)
        machine_fail(machine, "preamplifiers: %s", what);
}

static void write_pga(struct machine *machine, int i, uint32_t value)
{
    struct audadc *adc = &machine->audadc;
    uint32_t old = adc->pga[i], rises = value & ~old, falls = old & ~value;
    uint64_t now = machine->now;

    need(machine, !(value >> 31), "the override is on");
    need(machine, i == 0 || !(value & ONLY_1), "PGACTRL2 has no references");
    if (rises & REFERENCES)
        need(machine,
             adc->off_since == NEVER || now - adc->off_since >= OFF_TICKS,
             "they were off for less than 20 ms");
    if (rises & VREF_QUICK) {
        need(machine, (old & REFERENCES) == REFERENCES,
             "VREF before its generator");
        adc->quick_since = now;
    }
    if (falls & VREF_QUICK)
        need(machine, now - adc->quick_since >= 4 * ms,
             "VREF starts for less than 4 ms");
    if (rises & (VCM | VCM_QUICK)) {
        need(machine, (adc->pga[0] & ONLY_1) == REFERENCES && adc->quick_since,
             "VCM before VREF");
        need(machine, (rises & (VCM | VCM_QUICK)) == (VCM | VCM_QUICK),
             "VCM without its quick charge");
        adc->vcm_since[i] = now;
    }
    if (falls & VCM_QUICK)
        need(machine, now - adc->vcm_since[i] >= 44 * ms / 10,
             "VCM is charged for less than 4.4 ms");
    if (rises & (OUTPUTS | INPUTS))
        need(machine, (old & (VCM | VCM_QUICK)) == VCM,
             "amplifiers before VCM");
    if (falls & VCM)
        need(machine, !(value & (OUTPUTS | INPUTS)), "VCM off too early");
    if (falls & REFERENCES)
        need(machine, !((adc->pga[0] | adc->pga[1]) & VCM),
             "references off too early");
    adc->pga[i] = value;
}

static void write_bias(struct machine *machine, uint32_t value)
{
    struct audadc *adc = &machine->audadc;
    uint32_t changes = value ^ adc->audio1;

    need(machine, !(changes & ~(uint32_t)(BIAS | BIAS_TRIM)),
         "reserved bits of AUDIO1 change");
    if (changes & value & BIAS) {
        need(machine, (adc->audio1 & BIAS_TRIM) == BIAS_TRIM_VENDOR,
             "the bias has another trim");
        adc->bias_since = machine->now;
    }
    adc->audio1 = value;
}

void audadc_write_front(struct machine *machine, uint32_t offset,
                        uint32_t value)
{
    struct audadc *adc = &machine->audadc;

    if (offset == PGAADCIFCTRL) {
        need(machine,
             value == 0 ||
                 (value == INTERFACES && adc->pga[0] & adc->pga[1] & OUTPUTS),
             "PGAADCIFCTRL before the amplifiers, or not whole");
        adc->interfaces = value;
    } else if (offset == AUDIO1) {
        write_bias(machine, value);
    } else {
        write_pga(machine, offset == PGACTRL2, value);
    }
}

static void check_front(struct machine *machine)
{
    const struct audadc *adc = &machine->audadc;

    if (adc->pga[0] != RUNNING_1 || adc->pga[1] != RUNNING_2 ||
        adc->interfaces != INTERFACES)
        machine_fail(machine, "PGACTRL 0x%08x, 0x%08x, PGAADCIFCTRL 0x%02x",
                     adc->pga[0], adc->pga[1], adc->interfaces);
    need(machine,
         adc->audio1 & BIAS && machine->now - adc->bias_since >= 401 * ms,
         "the microphone had its bias for less than 401 ms");
}

int audadc_is_on(const struct machine *machine)
{
    return (machine->audadc.pga[0] & REFERENCES) != 0;
}

void audadc_check_end(struct machine *machine)
{
    const struct audadc *adc = &machine->audadc;

    if ((adc->pga[0] | adc->pga[1]) & RUNNING_1 || adc->interfaces ||
        adc->audio1 & BIAS)
        machine_fail(machine, "the analogue input is on after its stop");
}

/* --- the converter --- */

static void set_line(struct machine *machine)
{
    const struct audadc *adc = &machine->audadc;

    core_line(machine, IRQ, (adc->intstat & adc->inten) != 0);
}

/* f = 48 MHz / 2^CLKDIV / (TIMERMAX + 1). */
static uint64_t sample_ticks(struct machine *machine)
{
    double ticks = TICKS_PER_48MHZ * 8.0 *
                   ((machine->audadc.timer & 0x3FF) + 1) /
                   (1 + machine->config.hfrc_error / 100);
    double hz = 1e6 * TICKS_PER_US / ticks;

    if (!(fabs(hz / 16000 - 1) <= machine->config.rate_error / 100))
        machine_fail(machine, "the sample rate is %.1f Hz", hz);
    return machine->failure[0] ? NEVER / 2 : (uint64_t)(ticks + 0.5);
}

/* The first scan: from here on the timer does them. */
static void trigger(struct machine *machine)
{
    struct audadc *adc = &machine->audadc;
    int channel = machine->config.board->channel;
    uint32_t others = 0;

    check_front(machine);
    if (adc->cfg != (CFG | ADCEN) || adc->offset != SIGNED ||
        (adc->timer & ~0x3FFu) != (TIMER_ENABLE | DIVIDE_8))
        machine_fail(machine, "AUDADC: CFG 0x%08x, offset 0x%x, timer 0x%08x",
                     adc->cfg, adc->offset, adc->timer);
    for (int i = 0; i < 4; i++)
        others |= i != channel ? adc->slot[i] : 0;
    if (adc->slot[channel] != (SLOT | (uint32_t)channel << 8) || others)
        machine_fail(machine, "AUDADC: slots 0x%x, 0x%x, 0x%x, 0x%x",
                     adc->slot[0], adc->slot[1], adc->slot[2], adc->slot[3]);
    if (adc->gain != (GAIN_CODE | GAIN_CODE << 16) || adc->gaincfg != 1)
        machine_fail(machine, "AUDADC: gain 0x%08x, GAINCFG 0x%x", adc->gain,
                     adc->gaincfg);
    if (adc->inten != (INT_75 | INT_FULL) || adc->intstat)
        machine_fail(machine, "AUDADC: interrupts 0x%03x on, 0x%03x waiting",
                     adc->inten, adc->intstat);
    if (!machine->core.enabled[16 + IRQ])
        machine_fail(machine, "AUDADC's interrupt is off");
    adc->period = sample_ticks(machine);
    adc->next = machine->now + adc->period;
    machine->gpio.lit_due = machine->now + LIGHT_TICKS;
    adc->recording.at = 0;
}

static void sample(struct audadc *adc)
{
    int32_t steps = recording_next(&adc->recording) / 16 + OFFSET;
    uint32_t low, high;

    steps = steps > 2047 ? 2047 : steps < -2048 ? -2048 : steps;
    low = (uint32_t)(steps + 2048 + (int32_t)adc->offset) & 0xFFF;
    high = low ^ 0x5A5;
    if (adc->n_fifo == AUDADC_FIFO) {
        adc->intstat |= INT_FULL;
        return;
    }
    adc->fifo[adc->n_fifo++] =
        high << 20 | (GAIN_CODE >> 4) << 16 | low << 4 | (GAIN_CODE & 15);
    if (adc->n_fifo >= LEVEL_75)
        adc->intstat |= INT_75;
}

uint64_t audadc_update(struct machine *machine)
{
    struct audadc *adc = &machine->audadc;
    int wait;

    while (machine->now >= adc->next) {
        sample(adc);
        adc->next += adc->period;
    }
    set_line(machine);
    if (adc->next == NEVER)
        return NEVER;
    wait = adc->n_fifo < LEVEL_75 ? LEVEL_75 - adc->n_fifo - 1 : 0;
    return adc->next + (uint64_t)wait * adc->period;
}

static uint32_t read_fifo(struct audadc *adc)
{
    uint32_t word = adc->fifo[0];

    if (!adc->n_fifo)
        return 0xFFFFFFFF;
    memmove(adc->fifo, adc->fifo + 1,
            (size_t)--adc->n_fifo * sizeof *adc->fifo);
    return word;
}

uint32_t audadc_read(struct machine *machine, uint32_t offset)
{
    struct audadc *adc = &machine->audadc;

    audadc_update(machine);
    switch (offset) {
    case 0x03C:
        adc->in_flight = core_is_in(machine, IRQ);
        return read_fifo(adc);
    case 0x204:
        adc->in_flight = 0;
        return adc->intstat;
    }
    machine_fail(machine, "no register of AUDADC to read at 0x%03x", offset);
    return 0;
}

/* Set up first, then on; its timer is off before it is. */
static void write_cfg(struct machine *machine, uint32_t value)
{
    struct audadc *adc = &machine->audadc;

    if (value != CFG && (value != (CFG | ADCEN) || adc->cfg != CFG))
        machine_fail(machine, "0x%08x after 0x%08x written to AUDADC's CFG",
                     value, adc->cfg);
    if (value == CFG && adc->timer & TIMER_ENABLE)
        machine_fail(machine, "AUDADC is off before its timer");
    check_front(machine);
    adc->cfg = value;
}

static void write_timer(struct machine *machine, uint32_t value)
{
    struct audadc *adc = &machine->audadc;

    if ((value | adc->timer) & TIMER_ENABLE &&
        (value ^ adc->timer) != TIMER_ENABLE)
        machine_fail(machine, "AUDADC's timer changes while it runs");
    if (value & TIMER_ENABLE && !(adc->cfg & ADCEN))
        machine_fail(machine, "AUDADC's timer runs before the converter");
    if (!(value & TIMER_ENABLE) && adc->next != NEVER) {
        adc->next = NEVER;
        machine->gpio.lit_due = machine->now + LIGHT_TICKS;
    }
    adc->timer = value;
}

static void write_swt(struct machine *machine, uint32_t value)
{
    if (value != 0x37 || machine->audadc.next != NEVER)
        machine_fail(machine, "0x%x written to AUDADC's SWT", value);
    trigger(machine);
}

static void write_offset(struct machine *machine, uint32_t value)
{
    if (machine->audadc.cfg & ADCEN)
        machine_fail(machine, "AUDADC's offset comes after its enable");
    machine->audadc.offset = value;
}

static void clear_interrupts(struct machine *machine, uint32_t value)
{
    if (value & ~(uint32_t)INT_ALL)
        machine_fail(machine, "0x%08x written to INTCLR", value);
    machine->audadc.intstat &= ~value;
}

void audadc_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct audadc *adc = &machine->audadc;
    int is_set_up = (adc->cfg & ~1u) == CFG;

    machine_attend(machine);
    adc->in_flight = core_is_in(machine, IRQ);
    if (offset != 0 && !is_set_up)
        machine_fail(machine, "AUDADC at 0x%03x before its CFG", offset);
    switch (offset) {
    case 0x000:
        write_cfg(machine, value);
        break;
    case 0x008:
        write_swt(machine, value);
        break;
    case 0x00C:
    case 0x010:
    case 0x014:
    case 0x018:
        adc->slot[(offset - 0x00C) / 4] = value;
        break;
    case 0x040:
        write_timer(machine, value);
        break;
    case 0x048:
        write_offset(machine, value);
        break;
    case 0x068:
        if (!adc->gain)
            machine_fail(machine, "GAINCFG before a gain");
        adc->gaincfg = value;
        break;
    case 0x06C:
        adc->gain = value;
        break;
    case 0x200:
        adc->inten = value;
        break;
    case 0x208:
        clear_interrupts(machine, value);
        break;
    default:
        machine_fail(machine, "no register of AUDADC to write at 0x%03x",
                     offset);
    }
    set_line(machine);
}
