/* pdm.c - PDM0: a recording comes as from a microphone, at the rate that the
 * clock registers give. */

#include "machine.h"

#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

enum {
    IRQ = 48,
    INT_THR = 1 << 0,
    INT_OVF = 1 << 1,
    RUNNING = 1 << 0 | 1 << 4 | 1 << 6, /* CLKEN, RSTB, EN */
    PAD_CLOCK = 50,
    PAD_DATA = 51,
};

int pdm_load(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;
    SF_INFO info = {0};
    SNDFILE *file;

    if (!machine->config.wav)
        return 0;
    file = sf_open(machine->config.wav, SFM_READ, &info);
    if (!file || info.channels != 1 || info.samplerate != 16000 ||
        info.frames < 1) {
        machine_fail(machine, "%s is no sound of one channel at 16 kHz",
                     machine->config.wav);
    } else {
        pdm->samples = malloc((size_t)info.frames * sizeof *pdm->samples);
        if (pdm->samples)
            pdm->n_samples = sf_read_short(file, pdm->samples, info.frames);
    }
    if (file)
        sf_close(file);
    return machine->failure[0] ? -1 : 0;
}

void pdm_reset(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;

    pdm->ctrl = pdm->inten = pdm->intstat = 0;
    pdm->corecfg0 = 0x21080F62; /* after reset, as the register page says */
    pdm->corecfg1 = 0x7;
    pdm->threshold = 16;
    pdm->n_fifo = 0;
    pdm->next = NEVER;
    core_line(machine, IRQ, 0);
}

static void set_line(struct machine *machine)
{
    core_line(machine, IRQ, (machine->pdm.intstat & machine->pdm.inten) != 0);
}

/* f_s = f_clock / ((DIVMCLKQ + 1) (MCLKDIV + 1) 2 SINCRATE). */
static uint64_t sample_ticks(struct machine *machine)
{
    const struct pdm *pdm = &machine->pdm;
    uint64_t divisor = ((pdm->corecfg1 >> 2 & 3) + 1) *
                       ((pdm->corecfg0 >> 10 & 15) + 1) * 2 *
                       (pdm->corecfg0 >> 14 & 127);
    uint32_t source = pdm->ctrl >> 1 & 3;

    if (!(pdm->corecfg1 >> 2 & 3) || !(pdm->corecfg0 >> 10 & 15) || !divisor)
        machine_fail(machine, "PDM0: a divisor is 0");
    if ((pdm->corecfg1 & 3) != 1)
        machine_fail(machine, "PDM0 is not mono, left");
    if (source == 2)
        return TICKS_PER_24MHZ * divisor;
    /* 24.576 MHz are there when HFRC2 runs, locked to the crystal. */
    if (source != 0 || !(machine->clkgen_misc >> 5 & 1) ||
        !(machine->hf2adj[0] & 1) || (machine->xtalhsctrl & 3) != 3)
        machine_fail(machine, "PDM0's clock does not run");
    return 15625 * divisor / 100;
}

/* Beyond 24 bits a word may hold anything, and the 16 bits that count are not
 * its lowest. */
static void sample(struct pdm *pdm)
{
    int64_t at = pdm->at++;
    uint16_t bits = at < pdm->n_samples ? (uint16_t)pdm->samples[at] : 0;

    if (pdm->n_fifo == PDM_FIFO) {
        pdm->intstat |= INT_OVF;
        return;
    }
    pdm->fifo[pdm->n_fifo++] = 0x5A0000C3 | (uint32_t)bits << 8;
    if (pdm->n_fifo >= (int)pdm->threshold)
        pdm->intstat |= INT_THR;
}

uint64_t pdm_update(struct machine *machine)
{
    struct pdm *pdm = &machine->pdm;
    uint64_t wait;

    while (machine->now >= pdm->next) {
        sample(pdm);
        pdm->next += pdm->period;
    }
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
        return read_fifo(machine);
    case 0x104:
        return pdm->intstat;
    }
    machine_fail(machine, "no register of PDM0 to read at 0x%03x", offset);
    return 0;
}

/* Starting is a start from the recording's beginning. */
static void write_ctrl(struct machine *machine, uint32_t value)
{
    struct pdm *pdm = &machine->pdm;

    pdm->ctrl = value;
    if (!(value & 1 << 4))
        pdm->n_fifo = 0;
    if ((value & RUNNING) != RUNNING) {
        pdm->next = NEVER;
        return;
    }
    chip_need_pad(machine, PAD_CLOCK, 0, "PDM0 clock");
    chip_need_pad(machine, PAD_DATA, 0, "PDM0 data");
    pdm->period = sample_ticks(machine);
    pdm->next = machine->now + pdm->period;
    pdm->at = 0;
}

void pdm_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct pdm *pdm = &machine->pdm;

    machine_attend(machine);
    switch (offset) {
    case 0x000:
        write_ctrl(machine, value);
        break;
    case 0x004:
        pdm->corecfg0 = value;
        break;
    case 0x008:
        pdm->corecfg1 = value;
        break;
    case 0x018:
        pdm->n_fifo = 0;
        break;
    case 0x01C:
        pdm->threshold = value & 31;
        break;
    case 0x100:
        pdm->inten = value;
        break;
    case 0x108:
        pdm->intstat &= ~value;
        break;
    default:
        machine_fail(machine, "no register of PDM0 to write at 0x%03x", offset);
    }
    set_line(machine);
}
