/* registers.h - the registers of the Apollo4 that the firmware uses, after
 * the vendor's register pages. Reserved words are never touched. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include "config.h"

#include <stddef.h>
#include <stdint.h>

struct clkgen {
    volatile uint32_t reserved[17];
    volatile uint32_t misc;      /* 0x44 */
    volatile uint32_t hf2adj[3]; /* 0x48: locks HFRC2 to the crystal */
};
_Static_assert(offsetof(struct clkgen, misc) == 0x44, "layout");

struct stimer {
    volatile uint32_t stcfg;
    volatile uint32_t sttmr; /* counts up */
};

struct gpio {
    volatile uint32_t pincfg[128];
    volatile uint32_t padkey; /* 0x200 */
    volatile uint32_t rd[4];  /* 0x204 */
    volatile uint32_t wt[4];
    volatile uint32_t wts[4]; /* 0x224 */
    volatile uint32_t wtc[4];
};
_Static_assert(offsetof(struct gpio, wts) == 0x224, "layout");

/* As ARM's PL011, but for the clock bits in `cr`. */
struct uart {
    volatile uint32_t dr;
    volatile uint32_t rsr;
    volatile uint32_t reserved0[4];
    volatile uint32_t fr; /* 0x18 */
    volatile uint32_t reserved1[2];
    volatile uint32_t ibrd; /* 0x24 */
    volatile uint32_t fbrd;
    volatile uint32_t lcrh;
    volatile uint32_t cr;
    volatile uint32_t ifls;
    volatile uint32_t ier; /* 0x38 */
    volatile uint32_t ies;
    volatile uint32_t mis;
    volatile uint32_t iec;
};
_Static_assert(offsetof(struct uart, iec) == 0x44, "layout");

struct mcuctrl {
    volatile uint32_t chippn;
    volatile uint32_t reserved0[2];
    volatile uint32_t chiprev; /* 0x0C */
    volatile uint32_t reserved1[20];
    volatile uint32_t vrctrl; /* 0x60 */
    volatile uint32_t reserved2[49];
    volatile uint32_t xtalhstrims; /* 0x128 */
    volatile uint32_t xtalhsctrl;
    volatile uint32_t reserved3[131];
    volatile uint32_t simobuck[16]; /* 0x33C */
    volatile uint32_t pwrsw0;
    volatile uint32_t pwrsw1; /* 0x380 */
    volatile uint32_t reserved4[43];
    volatile uint32_t audio1; /* 0x430 */
    volatile uint32_t reserved5;
    volatile uint32_t pgaadcifctrl; /* 0x438 */
    volatile uint32_t pgactrl[2];   /* preamplifiers of channels A and B */
};
_Static_assert(offsetof(struct mcuctrl, vrctrl) == 0x60, "layout");
_Static_assert(offsetof(struct mcuctrl, xtalhstrims) == 0x128, "layout");
_Static_assert(offsetof(struct mcuctrl, simobuck) == 0x33C, "layout");
_Static_assert(offsetof(struct mcuctrl, pwrsw1) == 0x380, "layout");
_Static_assert(offsetof(struct mcuctrl, audio1) == 0x430, "layout");
_Static_assert(offsetof(struct mcuctrl, pgaadcifctrl) == 0x438, "layout");

struct pwrctrl {
    volatile uint32_t mcuperfreq;
    volatile uint32_t devpwren;
    volatile uint32_t devpwrstatus;
    volatile uint32_t audsspwren;
    volatile uint32_t audsspwrstatus;
    volatile uint32_t reserved0[59];
    volatile uint32_t vrctrl; /* 0x100 */
    volatile uint32_t reserved1;
    volatile uint32_t vrstatus;
};
_Static_assert(offsetof(struct pwrctrl, vrstatus) == 0x108, "layout");

struct pdm {
    volatile uint32_t ctrl;
    volatile uint32_t corecfg0;
    volatile uint32_t corecfg1;
    volatile uint32_t corectrl;
    volatile uint32_t fifocnt;
    volatile uint32_t fiforead;
    volatile uint32_t fifoflush;
    volatile uint32_t fifothr;
    volatile uint32_t reserved[56];
    volatile uint32_t inten; /* 0x100 */
    volatile uint32_t intstat;
    volatile uint32_t intclr;
    volatile uint32_t reserved1[13];
    volatile uint32_t dmatrigen; /* 0x140 */
    volatile uint32_t dmatrigstat;
    volatile uint32_t dmacfg;
    volatile uint32_t reserved2[2];
    volatile uint32_t dmatargaddr; /* 0x154 */
    volatile uint32_t dmastat;
    volatile uint32_t reserved3[61];
    volatile uint32_t dmatotcount; /* 0x250, in bytes */
};
_Static_assert(offsetof(struct pdm, inten) == 0x100, "layout");
_Static_assert(offsetof(struct pdm, dmatrigen) == 0x140, "layout");
_Static_assert(offsetof(struct pdm, dmatotcount) == 0x250, "layout");

struct audadc {
    volatile uint32_t cfg;
    volatile uint32_t stat;
    volatile uint32_t swt;
    volatile uint32_t slot[8];
    volatile uint32_t reserved0[4];
    volatile uint32_t fifopr; /* 0x3C: a read takes the sample */
    volatile uint32_t inttrigtimer;
    volatile uint32_t fifostat;
    volatile uint32_t dataoffset;
    volatile uint32_t reserved1[7];
    volatile uint32_t gaincfg; /* 0x68 */
    volatile uint32_t gain;
    volatile uint32_t reserved2[100];
    volatile uint32_t inten; /* 0x200 */
    volatile uint32_t intstat;
    volatile uint32_t intclr;
};
_Static_assert(offsetof(struct audadc, fifopr) == 0x3C, "layout");
_Static_assert(offsetof(struct audadc, gaincfg) == 0x68, "layout");
_Static_assert(offsetof(struct audadc, inten) == 0x200, "layout");

struct cache {
    volatile uint32_t cachecfg;
    volatile uint32_t reserved;
    volatile uint32_t cachectrl;
};

#define CLKGEN  ((struct clkgen *)0x40004000u)
#define STIMER  ((struct stimer *)0x40008800u)
#define GPIO    ((struct gpio *)0x40010000u)
#define UART    ((struct uart *)(0x4001C000u + 0x1000u * BOARD_UART))
#define MCUCTRL ((struct mcuctrl *)0x40020000u)
#define PWRCTRL ((struct pwrctrl *)0x40021000u)
#define PDM0    ((struct pdm *)0x40201000u)
#define AUDADC  ((struct audadc *)0x40210000u)
#define CACHE   ((struct cache *)0x48000000u)

enum { UART_IRQ = 15 + BOARD_UART, AUDADC_IRQ = 42, PDM0_IRQ = 48, N_IRQ = 84 };

enum {
    STCFG_HFRC_6MHZ = 1, /* and not frozen, bit 31 */
    STCFG_XTAL_32KHZ = 3,
    PADKEY_OPEN = 0x73,

    DEVPWREN_UART = 1 << (9 + BOARD_UART),
    AUDSSPWREN_PDM0 = 1 << 2,
    AUDSSPWREN_AUDADC = 1 << 10,

    MCUPERFREQ_LOW_POWER = 1, /* 96 MHz */
    MCUPERFREQ_HIGH = 2,      /* 192 MHz */
    MCUPERFREQ_ACK = 1 << 2,
    MCUPERFREQ_STATUS = 3 << 3,
    VRCTRL_SIMOBUCK = 1 << 0,
    VRSTATUS_SIMOBUCK = 3 << 4, /* both set: active */

    CACHECFG_ENABLE = 1 << 0,
    /* Direct mapped, 64 KB, clocks gated. */
    CACHECFG_64K = 14 << 4 | 1 << 10 | 1 << 20,
    CACHECFG_CODE = 1 << 8,
    CACHECFG_DATA = 1 << 9,
    CACHECTRL_INVALIDATE = 1 << 0,
    CACHECTRL_READY = 1 << 2,

    UART_DR_BREAK = 1 << 10,
    UART_DR_DAMAGED = 7 << 8, /* framing, parity, break */
    UART_FR_RXFE = 1 << 4,
    UART_FR_TXFF = 1 << 5,
    UART_FR_BUSY = 1 << 3,
    UART_LCRH_8N1_FIFO = 0x70,
    UART_CR_CLOCK_24MHZ = 1 << 3 | 1 << 4,
    UART_CR_ON = 1 << 0 | 1 << 8 | 1 << 9,
    UART_IFLS_QUARTERS = 1 << 3 | 1, /* both FIFOs call at 8 of 32 */
    UART_INT_RX = 1 << 4,
    UART_INT_TX = 1 << 5,
    UART_INT_RX_TIMEOUT = 1 << 6,
    UART_INT_OVERRUN = 1 << 10,
    UART_INT_ALL = 0x7FF,

    PDM_CTRL_CLKEN = 1 << 0,
    PDM_CTRL_HFRC2 = 0 << 1,
    PDM_CTRL_XTALHS = 1 << 1,
    PDM_CTRL_HFRC = 2 << 1,
    PDM_CTRL_RSTB = 1 << 4,
    PDM_CTRL_EN = 1 << 6,
    PDM_INT_THR = 1 << 0,
    PDM_INT_OVF = 1 << 1,
    PDM_INT_UNDFL = 1 << 2,
    PDM_INT_DCMP = 1 << 3, /* DMA has filled its block */
    PDM_INT_DERR = 1 << 4,
    PDM_INT_ALL = 0x1F,
    PDM_DMATRIG_THR = 1 << 0,
    PDM_DMACFG_ENABLE = 1 << 0,

    PGA_REFERENCES = 1 << 27 | 1 << 26, /* in pgactrl[0] alone */
    PGA_VREF_QUICK = 1 << 28,           /* likewise */
    PGA_VCM = 1 << 24,
    PGA_VCM_QUICK = 1 << 25,
    PGA_OUTPUTS = 3 << 22,
    PGA_INPUTS = 3 << 20,
    PGA_BYPASSES = 3 << 18,
    PGA_GAINS = 0x3FFFF, /* of both inputs, 0: 12 dB with PGA_INPUTS */
    PGAADCIF_ALL = 3 << 2 | 3 << 6,
    AUDIO1_BIAS = 1 << 12,
    AUDIO1_BIAS_TRIM = 0x3F << 6,
    AUDIO1_BIAS_VENDOR = 24 << 6,

    AUDADC_CFG_ENABLE = 1 << 0,
    /* HFRC at 48 MHz, its own timer, medium mode, low latency, repeating; a
     * read of FIFOPR takes the sample. */
    AUDADC_CFG =
        1 << 24 | 1 << 20 | 7 << 16 | 1 << 13 | 1 << 12 | 1 << 4 | 1 << 2,
    AUDADC_TRIGGER = 0x37,
    AUDADC_SIGNED = 0x1800, /* -2048 */
    AUDADC_TIMER_DIVIDE_8 = 3 << 16,
    AUDADC_SLOT = 34 << 18 | 1, /* 34 + 5 cycles of tracking, on */
    AUDADC_GAINCFG_ON = 1 << 0,
    AUDADC_INT_FIFO_75 = 1 << 2,
    AUDADC_INT_FIFO_FULL = 1 << 3,
    AUDADC_INT_ALL = 0xFFF,

    CLKGEN_MISC_FORCE_HFRC2 = 1 << 5,
    HF2ADJ0_ENABLE = 1 << 0,
    HF2ADJ1_TRIM = 5,
    HF2ADJ2_XTAL_32MHZ = 2 | 0x189374 << 2,
    XTALHS_TRIMS = 44 | 4 << 6 | 3 << 10 | 3 << 15 | 15 << 17 | 127 << 21,
    XTALHS_ON = 1 << 0 | 1 << 1 | 1 << 3,
    XTALHS_INJECT = 1 << 4,
};
#define AUDADC_TIMER_ENABLE (1u << 31)
#define AUDADC_EMPTY        0xFFFFFFFFu

#endif
