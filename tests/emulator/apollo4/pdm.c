/* pdm.c - PDM0: a recording comes as from a microphone, at the rate that the
 * clock registers give. */

#include "machine.h"

#include <math.h>
#include <string.h>

enum {
    IRQ = PDM0_IRQ,
    INT_THR = 1 << 0,
    INT_OVF = 1 << 1,
    INT_DCMP = 1 << 3,
    INT_ALL = 0x1F,
    INT_FIFO = INT_THR | INT_OVF,
    INT_DMA = 0x1E, /* and the threshold is DMA's own affair */
    RUNNING = 1 << 0 | 1 << 4 | 1 << 6, /* CLKEN, RSTB, EN */
    CLKEN = 1 << 0,
    CLKSEL = 3 << 1,
    RSTB = 1 << 4,
    EN = 1 << 6,
    PAD_CLOCK = 50,
    PAD_DATA = 51,
    MCLKDIV = 15 << 10,
    SINCRATE = 127 << 14,
    LRSWAP = 1 << 0,
    /* No mute, high-pass on with 3, both gains 0 dB. */
    CORECFG0 = 3 << 5 | 8 << 21 | 8 << 26,
    DIVMCLKQ = 3 << 2,
    CORECFG1 = 1, /* mono, left; no delay of the clock */
    FIRST_RESET_US = 100,
    RESET_US = 50,
    SILENCE = 0x5A0000C3, /* what surrounds the 16 bits that count */
};

void pdm_reset(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;

    if (pdm->ctrl & (CLKEN | RSTB | EN) || pdm->inten || pdm->dma.config)
        machine_fail(machine, "PDM0 loses its power while it runs");
    pdm->ctrl = pdm->inten = 0;
    pdm->intstat = INT_ALL;     /* of before */
    pdm->corecfg0 = 0x21080F62; /* after reset, as the register page says */
    pdm->corecfg1 = 0x7;
    pdm->threshold = 16;
    pdm->n_fifo = 0;
    pdm->next = NEVER;
    pdm->reset_since = machine->now;
    pdm->n_resets = pdm->is_flushed = pdm->in_flight = pdm->is_spilt = 0;
    pdm->dma = (struct dma){0};
    core_line(machine, IRQ, 0);
}

static void set_line(struct machine *machine)
{
    core_line(machine, IRQ, (machine->pdm.intstat & machine->pdm.inten) != 0);
}

/* --- DMA --- */

/* Set up in the order of the vendor's library: DMACFG off, the count, the
 * address, the trigger; the threshold before. */
static void check_dma(struct machine *machine)
{
    const struct pdm *pdm = &machine->pdm;

    if (pdm->dma.n_steps != 4)
        machine_fail(machine, "PDM0: DMA is not set up");
    if (pdm->threshold != 16 && pdm->threshold != 20 && pdm->threshold != 24)
        machine_fail(machine, "PDM0: DMA by %u words", pdm->threshold);
}

/* A block begins: it is the DMA's until it is full. */
static void begin_block(struct machine *machine)
{
    struct dma *dma = &machine->pdm.dma;
    uint32_t burst = 4 * machine->pdm.threshold;

    if (dma->target % 16 || dma->target < RAM_START ||
        dma->target + dma->total > RAM_START + RAM_BYTES)
        machine_fail(machine, "PDM0: DMA to 0x%08x", dma->target);
    if (!dma->total || dma->total % burst || dma->total > 0xFFFFF)
        machine_fail(machine, "PDM0: DMA of %u bytes by %u", dma->total, burst);
    if (dma->total > 4 * DMA_WORDS)
        machine_fail(machine, "PDM0: the model's blocks are shorter");
    dma->block = dma->target;
    dma->block_bytes = dma->total;
    dma->has_target = 0;
}

static void write_dma(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct dma *dma = &machine->pdm.dma;
    static const uint32_t order[] = {0x148, 0x250, 0x154, 0x140};
    int is_on = dma->config & 1;

    if (!is_on && value != 1 && offset == 0x148)
        dma->n_steps = 0;
    if (!is_on && dma->n_steps < 4 && order[dma->n_steps] != offset)
        machine_fail(machine, "PDM0: DMA's 0x%03x is out of order", offset);
    if (is_on && offset != 0x148 && dma->total)
        machine_fail(machine, "PDM0: DMA's 0x%03x is written in a block",
                     offset);
    switch (offset) {
    case 0x140:
        if (value != 1)
            machine_fail(machine, "0x%x written to DMATRIGEN", value);
        break;
    case 0x148:
        if (value > 1 || (value && (is_on || machine->pdm.next == NEVER)))
            machine_fail(machine, "0x%x written to DMACFG", value);
        dma->config = value;
        if (value)
            begin_block(machine);
        else
            dma->block_bytes = dma->total = dma->n_unread = 0;
        break;
    case 0x154:
        dma->target = value;
        dma->has_target = 1;
        break;
    case 0x250:
        if (is_on && !dma->has_target)
            machine_fail(machine, "PDM0: DMA goes on where it was");
        dma->total = value;
        if (is_on)
            begin_block(machine);
        break;
    }
    if (!is_on && dma->n_steps < 4)
        dma->n_steps++;
}

/* The block that is full now has to be read before the next one is. */
static void end_block(struct machine *machine)
{
    struct dma *dma = &machine->pdm.dma;

    if (dma->n_unread)
        machine_fail(machine, "PDM0: %u words of DMA's block are unread",
                     dma->n_unread);
    dma->full = dma->block;
    dma->n_words = dma->n_unread = dma->block_bytes / 4;
    dma->block_bytes = 0;
    memset(dma->is_read, 0, sizeof dma->is_read);
    machine->pdm.intstat |= INT_DCMP;
}

/* A burst, where there is one. */
static void move(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;
    struct dma *dma = &pdm->dma;

    if (!(dma->config & 1) || !dma->total || pdm->n_fifo < (int)pdm->threshold)
        return;
    for (uint32_t i = 0; i < pdm->threshold; i++, dma->target += 4)
        machine_store(machine, dma->target, pdm->fifo[i]);
    pdm->n_fifo -= (int)pdm->threshold;
    memmove(pdm->fifo, pdm->fifo + pdm->threshold,
            (size_t)pdm->n_fifo * sizeof *pdm->fifo);
    dma->total -= 4 * pdm->threshold;
    if (!dma->total)
        end_block(machine);
}

void pdm_check_memory(struct machine *machine, uint64_t address, int is_write)
{
    struct dma *dma = &machine->pdm.dma;
    uint64_t word = (address - dma->full) / 4;

    if (!dma->config)
        return;
    if (address - dma->block < dma->block_bytes)
        machine_fail(machine, "memory is touched that DMA is filling");
    if (!is_write && dma->n_unread && word < dma->n_words &&
        !dma->is_read[word]) {
        dma->is_read[word] = 1;
        dma->n_unread--;
    }
}

/* A FIFO that has run over is out of step until it is flushed. */
void pdm_check_handler(struct machine *machine)
{
    const struct pdm *pdm = &machine->pdm;

    if (pdm->is_spilt && !(pdm->intstat & INT_OVF))
        machine_fail(machine, "PDM0's FIFO ran over and was not flushed");
}

/* --- samples --- */

/* All that is configured must be what is known to be right: the rate may come
 * from any divisors, the microphone's clock must suit it. */
static void check_config(struct machine *machine)
{
    const struct pdm *pdm = &machine->pdm;
    uint32_t sinc = (pdm->corecfg0 & SINCRATE) >> 14;

    if ((pdm->corecfg0 & ~(uint32_t)(MCLKDIV | SINCRATE | LRSWAP)) != CORECFG0)
        machine_fail(machine, "PDM0: CORECFG0 is 0x%08x: filter or gain",
                     pdm->corecfg0);
    if (pdm->corecfg0 & LRSWAP && !pdm->tried_left)
        machine_fail(machine, "PDM0 begins with the right edge");
    if ((pdm->corecfg1 & ~(uint32_t)DIVMCLKQ) != CORECFG1)
        machine_fail(machine, "PDM0: CORECFG1 is 0x%08x: channel or delay",
                     pdm->corecfg1);
    if (!(pdm->corecfg1 & DIVMCLKQ) || !(pdm->corecfg0 & MCLKDIV))
        machine_fail(machine, "PDM0: a divisor is 0");
    if (sinc % 2 || sinc < 16 || sinc > 64)
        machine_fail(machine, "PDM0: SINCRATE is %u", sinc);
    if ((pdm->inten == INT_FIFO) != machine_chose(machine, CHOICE_FIFO))
        machine_fail(machine, "PDM0: samples come the other way");
    if (pdm->inten == INT_DMA)
        check_dma(machine);
    else if (pdm->threshold != PDM_FIFO / 2)
        machine_fail(machine, "PDM0: threshold %u", pdm->threshold);
    if ((pdm->inten != INT_FIFO && pdm->inten != INT_DMA) || pdm->intstat)
        machine_fail(machine, "PDM0: interrupts 0x%02x on, 0x%02x waiting",
                     pdm->inten, pdm->intstat);
    if (!pdm->is_flushed || pdm->n_resets < 2)
        machine_fail(machine, "PDM0 starts without a second reset or a flush");
    if (!machine->core.enabled[16 + IRQ])
        machine_fail(machine, "PDM0's interrupt is off");
}

/* f_mic = f_clock / ((DIVMCLKQ + 1) (MCLKDIV + 1)), f_s = f_mic / 2 SINCRATE.
 */
static uint64_t sample_ticks(struct machine *machine)
{
    const struct pdm *pdm = &machine->pdm;
    double mic_ticks = clocks_pdm_ticks(machine, (pdm->ctrl & CLKSEL) >> 1) *
                       (((pdm->corecfg1 & DIVMCLKQ) >> 2) + 1) *
                       (((pdm->corecfg0 & MCLKDIV) >> 10) + 1);
    double ticks = mic_ticks * 2 * ((pdm->corecfg0 & SINCRATE) >> 14);
    double mic_hz = 1e6 * TICKS_PER_US / mic_ticks;
    double hz = 1e6 * TICKS_PER_US / ticks;

    if (!(mic_hz >= 1e6 && mic_hz <= 3.25e6))
        machine_fail(machine, "the microphone's clock is %.0f Hz", mic_hz);
    if (!(fabs(hz / 16000 - 1) <= machine->config.rate_error / 100))
        machine_fail(machine, "the sample rate is %.1f Hz", hz);
    return machine->failure[0] ? NEVER / 2 : (uint64_t)(ticks + 0.5);
}

/* Beyond 24 bits a word may hold anything, and the 16 bits that count are not
 * its lowest. On the edge that is not the microphone's nobody talks. */
static void sample(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;
    uint16_t bits = (uint16_t)recording_next(&pdm->recording);

    if (pdm->n_fifo == PDM_FIFO) {
        pdm->intstat |= INT_OVF;
        pdm->is_spilt = 1;
        return;
    }
    if ((pdm->corecfg0 & LRSWAP) != (uint32_t)machine->config.is_right)
        bits = 0;
    pdm->fifo[pdm->n_fifo++] = SILENCE | (uint32_t)bits << 8;
    if (pdm->n_fifo >= (int)pdm->threshold)
        pdm->intstat |= INT_THR;
}

uint64_t pdm_update(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;
    uint64_t wait;

    while (machine->now >= pdm->next) {
        sample(machine);
        move(machine);
        pdm->next += pdm->period;
    }
    move(machine);
    set_line(machine);
    if (pdm->next == NEVER)
        return NEVER;
    wait = pdm->n_fifo < (int)pdm->threshold
               ? pdm->threshold - (uint32_t)pdm->n_fifo - 1
               : 0;
    return pdm->next + wait * pdm->period;
}

static uint32_t read_fifo(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;
    uint32_t word = pdm->fifo[0];

    if (!pdm->n_fifo) {
        machine_fail(machine, "PDM0's FIFO is read and is empty");
        return 0;
    }
    memmove(pdm->fifo, pdm->fifo + 1,
            (size_t)--pdm->n_fifo * sizeof *pdm->fifo);
    return word;
}

uint32_t pdm_read(struct machine *machine, uint32_t offset)
{
    struct pdm *pdm = &machine->pdm;

    pdm_update(machine);
    switch (offset) {
    case 0x010:
        return (uint32_t)pdm->n_fifo;
    case 0x014:
        pdm->in_flight = core_is_in(machine, IRQ);
        return read_fifo(machine);
    case 0x104:
        pdm->in_flight = 0;
        return pdm->intstat;
    }
    machine_fail(machine, "no register of PDM0 to read at 0x%03x", offset);
    return 0;
}

/* Reset ends, then the clock comes, then the block, each with a write of its
 * own; a reset takes its time, and nothing changes while the clock runs. */
static void check_ctrl(struct machine *machine, uint32_t value)
{
    struct pdm *pdm = &machine->pdm;
    uint32_t rises = value & ~pdm->ctrl;
    uint64_t us = (machine->now - pdm->reset_since) / TICKS_PER_US;

    if (value & ~(uint32_t)(CLKEN | CLKSEL | RSTB | EN) ||
        (value & CLKSEL) == 6)
        machine_fail(machine, "0x%08x written to PDM0's CTRL", value);
    if ((value ^ pdm->ctrl) & CLKSEL && pdm->ctrl & CLKEN)
        machine_fail(machine, "PDM0's clock is switched while it runs");
    clocks_pdm_ticks(machine, (value & CLKSEL) >> 1);
    if (pdm->ctrl & ~value & EN &&
        (pdm->inten || pdm->dma.config || machine->core.enabled[16 + IRQ]))
        machine_fail(machine, "PDM0 stops before its interrupts and DMA");
    if ((rises & CLKEN && !(pdm->ctrl & RSTB)) ||
        (rises & EN && !(pdm->ctrl & CLKEN)) || (rises & CLKEN && rises & EN))
        machine_fail(machine,
                     "PDM0: reset, clock and enable are no three writes");
    if (pdm->ctrl & RSTB && !(value & RSTB))
        pdm->reset_since = machine->now;
    if (rises & RSTB && us < (pdm->n_resets++ ? RESET_US : FIRST_RESET_US))
        machine_fail(machine, "PDM0 is in reset for %u us only", (unsigned)us);
}

/* Starting is a start from the recording's beginning. */
static void write_ctrl(struct machine *machine, uint32_t value)
{
    struct pdm *pdm = &machine->pdm;

    check_ctrl(machine, value);
    pdm->ctrl = value;
    if (!(value & RSTB))
        pdm->n_fifo = 0;
    if ((value & RUNNING) != RUNNING) {
        pdm->next = NEVER;
        machine->gpio.lit_due = machine->now + LIGHT_TICKS;
        return;
    }
    check_config(machine);
    chip_need_pad(machine, PAD_CLOCK, 0x400, "PDM0 clock");
    chip_need_pad(machine, PAD_DATA, 0, "PDM0 data");
    pdm->period = sample_ticks(machine);
    pdm->next = machine->now + pdm->period;
    machine->gpio.lit_due = machine->now + LIGHT_TICKS;
    pdm->recording.at = 0;
    pdm->tried_left |= !(pdm->corecfg0 & LRSWAP);
}

/* Divisors and the like are for a block whose clock is off; its first reset
 * begins with them. */
static void write_config(struct machine *machine, uint32_t *reg, uint32_t value)
{
    struct pdm *pdm = &machine->pdm;

    if (pdm->ctrl & (CLKEN | RSTB | EN))
        machine_fail(machine, "PDM0 is configured while it runs");
    pdm->reset_since = machine->now;
    pdm->n_resets = pdm->is_flushed = 0;
    *reg = value;
}

void pdm_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct pdm *pdm = &machine->pdm;

    machine_attend(machine);
    pdm->in_flight = core_is_in(machine, IRQ);
    switch (offset) {
    case 0x000:
        write_ctrl(machine, value);
        break;
    case 0x004:
        write_config(machine, &pdm->corecfg0, value);
        break;
    case 0x008:
        write_config(machine, &pdm->corecfg1, value);
        break;
    case 0x018:
        if (value != 1)
            machine_fail(machine, "0x%08x written to FIFOFLUSH", value);
        pdm->n_fifo = pdm->is_spilt = 0;
        pdm->is_flushed = 1;
        break;
    case 0x01C:
        pdm->threshold = value;
        break;
    case 0x100:
        pdm->inten = value;
        break;
    case 0x108:
        if (value & ~(uint32_t)INT_ALL)
            machine_fail(machine, "0x%08x written to INTCLR", value);
        pdm->intstat &= ~value;
        break;
    case 0x140:
    case 0x148:
    case 0x154:
    case 0x250:
        write_dma(machine, offset, value);
        break;
    default:
        machine_fail(machine, "no register of PDM0 to write at 0x%03x", offset);
    }
    set_line(machine);
}
