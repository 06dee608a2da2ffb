/* machine.h - a kit with an Apollo4 in software: the core is libunicorn's
 * Cortex-M4, the rest is modelled here, as far as the firmware uses it and no
 * further.
 *
 * The model is strict. What the chip would forgive, or what is not known to be
 * right, ends the run with one line: an address where nothing is, a register
 * that is not modelled, a block without power, a write to flash, an FP
 * instruction before the FPU is on. So does a set-up that another value than
 * the known one went into: the sample rate that follows from the whole clock
 * tree, words of pads, fields that run over, the cache, waits that are too
 * short, the order of enables, an interrupt left before its clearing arrived.
 * tests/emulator/mutations proves it. RAM and the registers that a boot loader
 * touches start with what must not matter.
 *
 * Time is counted in ticks of 1 / 3.84 GHz, of which all clocks here are whole
 * parts. An instruction takes a fixed number of cycles: the figures are those
 * of instructions, not of a real core with its wait states. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>
#include <unicorn/unicorn.h>

enum {
    TICKS_PER_US = 3840,
    TICKS_PER_24MHZ = 160,
    FLASH_START = 0x00018000,
    FLASH_END = 0x00200000,
    RAM_START = 0x10000000,
    RAM_BYTES = 384 * 1024,
    N_IRQ = 84,
    UART0_IRQ = 15, /* of UART n: n more */
    AUDADC_IRQ = 42,
    PDM0_IRQ = 48,
    SYSTICK_EXCEPTION = 15,
    N_EXCEPTIONS = 16 + N_IRQ,
    UART_FIFO = 32,
    PDM_FIFO = 32,
    AUDADC_FIFO = 16,
    DMA_WORDS = 256,
    LIGHT_TICKS = 10 * 1000 * TICKS_PER_US,
};
#define NEVER UINT64_MAX

/* What an image does otherwise than by default. It has to do all that it is
 * said to do, and nothing else. */
enum choice {
    CHOICE_FAST = 1 << 0,   /* 192 MHz */
    CHOICE_HFRC = 1 << 1,   /* PDM0's clock from HFRC, not from HFRC2 */
    CHOICE_XTALHS = 1 << 2, /* or from the 32 MHz crystal */
    CHOICE_FIFO = 1 << 3,   /* PDM0 without DMA */
};

/* A kit: what of the chip is wired to what. */
struct board {
    const char *name;
    int uart, pad_tx, pad_rx, pad_light, pad_speech, pad_button;
    int channel; /* of the audio ADC at the jack; -1: there is no such ADC */
};

/* What the caller sets before machine_run. */
struct machine_config {
    const struct board *board;
    const char *image;
    const char *wav;     /* what the digital microphone hears; NULL: silence */
    const char *jack;    /* what the analogue one does */
    int is_right;        /* the digital one talks on the right edge */
    const char *refuse;  /* a block that does not work, of --help's list */
    double seconds;      /* of emulated time, at most */
    double button_s;     /* when the button is pressed; < 0: never */
    int cycles_x20;      /* a twentieth of a cycle: what an instruction takes */
    int64_t flip;        /* a bit of the image that is turned over; < 0: none */
    int baud, fast_baud; /* of whoever listens: at first, and when asked */
    double rate_error;   /* the sample rate may be off by that many percent */
    double hfrc_error;   /* and HFRC is off by that many */
    unsigned choices;    /* enum choice */
    double stall_s;      /* the core stands still then for 6 ms; < 0: never */
    double break_s;      /* a break on the serial line; < 0: never */
    int is_bare;         /* no boot loader before, no set-up demanded */
    int in, out;         /* file descriptors of the serial line */
};

/* Exceptions and SysTick. */
struct core {
    uint8_t pending[N_EXCEPTIONS], line[N_EXCEPTIONS], active[N_EXCEPTIONS];
    uint8_t enabled[N_EXCEPTIONS], priority[N_EXCEPTIONS];
    uint32_t vtor, cpacr, demcr, dwt_ctrl, systick_ctrl, systick_load;
    uint32_t scr, mpu_ctrl;
    int has_pendsv;        /* the boot loader's waits */
    int has_systick;       /* the firmware has set it up */
    uint64_t cyccnt_base;  /* cycles at which CYCCNT was 0 */
    uint64_t systick_base; /* tick at which SysTick was loaded */
    uint64_t systick_turns;
};

struct power {
    uint32_t dev_enable, dev_status, aud_enable, aud_status;
    uint32_t dev_seen, aud_seen; /* what of the status was read */
    uint64_t settled;            /* when the status follows */
    uint32_t frequency;          /* what MCUPERFREQ was set to */
    int fast;                    /* 192 MHz */
    uint32_t polled;             /* the register read last, */
    int n_polls;                 /* and how often without another */
};

/* The registers of the buck converter, and how far its start is (buck.c). */
enum { N_BUCK = 8 };
struct buck {
    uint32_t value[N_BUCK];
    int n_steps;
    uint64_t active; /* when the rails are there */
};

/* Oscillators, each with the tick from which on it may be used. */
struct clocks {
    uint32_t misc, hf2adj[3], xtalhstrims, xtalhsctrl, stcfg;
    uint64_t injected, crystal, hfrc2, locked;
    uint64_t stimer_base;
};

struct cache {
    uint32_t config;
    int is_empty;   /* was invalidated while on, */
    uint64_t ready; /* is ready again from then on, */
    int was_ready;  /* and that was looked at */
};

struct gpio {
    uint32_t pincfg[128];
    uint32_t out[4];
    int is_open;
    uint64_t lit_due; /* when the light must have followed the microphone */
};

struct uart {
    uint32_t ibrd, fbrd, lcrh, cr, ifls, ier, raw;
    uint8_t tx[UART_FIFO];
    uint16_t rx[UART_FIFO]; /* with the bits of damage */
    int n_turns_on, is_rate_new;
    int n_tx, n_rx;
    uint64_t tx_done; /* when the byte on the wire is through */
    uint64_t rx_next; /* when the next byte arrives */
    uint64_t rx_last; /* when the last one did */
    uint64_t poll;    /* when to look for input again */
    uint8_t input[4096], output[4096];
    int n_input, input_at, n_output, is_closed;
    int in_flight; /* a write may not have arrived yet */
    int had_break;
};

struct recording {
    int16_t *samples;
    int64_t n, at;
};

/* What PDM0's DMA is set up for. */
struct dma {
    uint32_t config, target, total; /* bytes that are still to come */
    uint32_t block, block_bytes;    /* the memory that is its own meanwhile */
    int n_steps;                    /* of its set-up */
    int has_target;                 /* for the next block */
    uint32_t full, n_words;         /* the last block, */
    uint32_t n_unread;              /* and words of it unread */
    uint8_t is_read[DMA_WORDS];
};

struct pdm {
    uint32_t ctrl, corecfg0, corecfg1, threshold, inten, intstat;
    uint32_t fifo[PDM_FIFO];
    int n_fifo;
    uint64_t next, period; /* of samples; next is NEVER while off */
    uint64_t reset_since;
    int n_resets, is_flushed;
    int in_flight;  /* a write may not have arrived yet */
    int tried_left; /* ever */
    int is_spilt;   /* the FIFO ran over and was not flushed since */
    struct dma dma;
    struct recording recording;
};

struct audadc {
    uint32_t pga[2], interfaces, audio1; /* in MCUCTRL */
    uint64_t quick_since, vcm_since[2], bias_since, off_since;
    uint32_t cfg, offset, timer, slot[4], gain, gaincfg, inten, intstat;
    uint32_t fifo[AUDADC_FIFO];
    int n_fifo;
    uint64_t next, period; /* of samples; next is NEVER while off */
    int in_flight;
    struct recording recording;
};

struct machine {
    struct machine_config config;
    uc_engine *uc;
    uint8_t *flash;
    uint64_t now;
    uint64_t event; /* when something happens next */
    uint64_t next;  /* when to look: at the event or at the end */
    uint64_t n_instructions;
    int n_in_it;     /* instructions left in an IT block */
    int was_stopped; /* by the hook, not by WFI */
    int is_exception_return;
    int is_over; /* the firmware asked for a reset */
    int has_stalled;
    char failure[256];

    struct core core;
    struct power power;
    struct gpio gpio;
    struct uart uart;
    struct pdm pdm;
    struct audadc audadc;
    struct buck buck;
    struct clocks clocks;
    struct cache cache;
};

/* Runs the image until it asks for a reset. 0, or -1 with `failure` set. */
int machine_run(struct machine *machine);
void machine_free(struct machine *machine);

/* Ends the run; the first failure is kept. Adds where the program stands. */
__attribute__((format(printf, 2, 3))) void
machine_fail(struct machine *machine, const char *format, ...);

/* Ticks that a cycle of the core takes, and cycles run so far. */
uint64_t machine_ticks_per_cycle(const struct machine *machine);
uint64_t machine_cycles(const struct machine *machine);

/* Makes the loop look at interrupts before the next instruction. */
void machine_attend(struct machine *machine);

/* Words of the machine's memory; fail when it is not there. */
uint32_t machine_load(struct machine *machine, uint32_t address);
void machine_store(struct machine *machine, uint32_t address, uint32_t value);

/* core.c: registers at 0xE0000000 + offset, exceptions. */
uint32_t core_read(struct machine *machine, uint32_t offset, unsigned size);
void core_write(struct machine *machine, uint32_t offset, uint32_t value,
                unsigned size);
void core_line(struct machine *machine, int irq, int is_high);
uint64_t core_update(struct machine *machine);
int core_wakes(const struct machine *machine);
/* Enters the most urgent exception, if it may. 1 if one has to wait. */
int core_enter(struct machine *machine);
void core_return(struct machine *machine, uint32_t exc_return);
void core_reset(struct machine *machine);
/* Whether nothing is left of what the boot loader had set up. */
void core_check(struct machine *machine);
/* And whether it may sleep. */
void core_check_sleep(struct machine *machine);
/* Whether the handler of that interrupt runs. */
int core_is_in(const struct machine *machine, int irq);
uint32_t core_register(struct machine *machine, int reg);

/* chip.c: registers at 0x40000000 + offset and of the cache. */
uint32_t chip_read(struct machine *machine, uint32_t offset);
void chip_write(struct machine *machine, uint32_t offset, uint32_t value);
uint32_t cache_read(struct machine *machine, uint32_t offset);
void cache_write(struct machine *machine, uint32_t offset, uint32_t value);
uint64_t chip_update(struct machine *machine);
/* Fails if the word of a pad is not that. */
void chip_need_pad(struct machine *machine, int pad, uint32_t pincfg,
                   const char *what);
int chip_refuses(const struct machine *machine, const char *block);
/* Whether all is set up by the time that the program sleeps. */
void chip_check(struct machine *machine);
/* And whether all is off again by the time that it asks for a reset. */
void chip_check_end(struct machine *machine);
/* An oscillator starts only when asked, in the right order and with waits. */
void clocks_reset(struct machine *machine);
int clocks_has(uint32_t offset);
uint32_t clocks_read(struct machine *machine, uint32_t offset);
void clocks_write(struct machine *machine, uint32_t offset, uint32_t value);
void clocks_check(struct machine *machine);
/* Ticks of PDM0's clock source in double, for CTRL.CLKSEL; 0 if it does not run
 * or is not the one that was chosen. */
double clocks_pdm_ticks(struct machine *machine, uint32_t source);
int machine_chose(const struct machine *machine, enum choice choice);
void cache_reset(struct machine *machine);
void cache_check(struct machine *machine);

/* buck.c: the sequence before 192 MHz. */
void buck_reset(struct machine *machine);
int buck_has(uint32_t offset);
uint32_t buck_read(struct machine *machine, uint32_t offset);
void buck_write(struct machine *machine, uint32_t offset, uint32_t value);
/* VRSTATUS's field: 0 off, 3 active, on its way there through 1 and 2. */
uint32_t buck_status(const struct machine *machine);

/* uart.c, pdm.c and audadc.c. The update functions carry the block on to `now`
 * and return when something happens next. */
void uart_reset(struct machine *machine);
uint32_t uart_read(struct machine *machine, uint32_t offset);
void uart_write(struct machine *machine, uint32_t offset, uint32_t value);
uint64_t uart_update(struct machine *machine);
int uart_is_idle(const struct machine *machine);
void uart_flush(struct machine *machine);
void uart_poll(struct machine *machine, int wait_ms);

void pdm_reset(struct machine *machine);
uint32_t pdm_read(struct machine *machine, uint32_t offset);
void pdm_write(struct machine *machine, uint32_t offset, uint32_t value);
uint64_t pdm_update(struct machine *machine);
/* The core reads or writes there: fails if DMA is filling that. */
void pdm_check_memory(struct machine *machine, uint64_t address, int is_write);
/* Fails if a handler has left undone what its interrupt calls for. */
void pdm_check_handler(struct machine *machine);

/* audadc.c: as it is before all, the converter as without power, what is in
 * MCUCTRL before it, and its registers. */
void audadc_start(struct machine *machine);
void audadc_reset(struct machine *machine);
int audadc_has(uint32_t offset);
uint32_t audadc_read_front(struct machine *machine, uint32_t offset);
void audadc_write_front(struct machine *machine, uint32_t offset,
                        uint32_t value);
int audadc_is_on(const struct machine *machine); /* or is about to be */
void audadc_check_end(struct machine *machine);
uint32_t audadc_read(struct machine *machine, uint32_t offset);
void audadc_write(struct machine *machine, uint32_t offset, uint32_t value);
uint64_t audadc_update(struct machine *machine);

/* recording.c: one channel at 16 kHz; silence without a path and after its end.
 * 0, or -1 with `failure` set. */
int recording_load(struct machine *machine, struct recording *recording,
                   const char *path);
int16_t recording_next(struct recording *recording);

#endif
