/* core.c - what libunicorn's core lacks: exceptions (NVIC), SysTick, the cycle
 * counter, and the registers of 0xE0000000. After the ARMv7-M manual, B1.5.
 *
 * Simplified: once the FPU is on, every exception stacks the FP registers, too
 * (26 words), as if they were in use; nothing is stacked lazily. Faults are no
 * exceptions here, they end the run. */

#include "machine.h"

enum { N_CORE_REGISTERS = 8, N_FP_REGISTERS = 18 };

static const int stacked[N_CORE_REGISTERS] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3,
    UC_ARM_REG_R12, UC_ARM_REG_LR, UC_ARM_REG_PC, UC_ARM_REG_XPSR,
};

static uint32_t get(struct machine *machine, int reg)
{
    uint32_t value = 0;

    uc_reg_read(machine->uc, reg, &value);
    return value;
}

uint32_t core_register(struct machine *machine, int reg)
{
    return get(machine, reg);
}

static void set(struct machine *machine, int reg, uint32_t value)
{
    uc_reg_write(machine->uc, reg, &value);
}

void core_line(struct machine *machine, int irq, int is_high)
{
    uint8_t *line = &machine->core.line[16 + irq];

    if (is_high && !*line) {
        machine->core.pending[16 + irq] = 1;
        machine_attend(machine);
    }
    *line = (uint8_t)is_high;
}

/* --- SysTick --- */

static int systick_is_on(const struct core *core)
{
    return core->systick_ctrl & 1;
}

static uint64_t systick_turn(const struct machine *machine)
{
    return (machine->core.systick_load + 1) * machine_ticks_per_cycle(machine);
}

uint64_t core_update(struct machine *machine)
{
    struct core *core = &machine->core;
    uint64_t turn = systick_turn(machine), turns;

    if (!systick_is_on(core))
        return NEVER;
    turns = (machine->now - core->systick_base) / turn;
    if (turns > core->systick_turns && core->systick_ctrl & 2)
        core->pending[SYSTICK_EXCEPTION] = 1;
    core->systick_turns = turns;
    return core->systick_base + (turns + 1) * turn;
}

static uint32_t systick_value(const struct machine *machine)
{
    uint64_t turn = systick_turn(machine);

    if (!systick_is_on(&machine->core))
        return 0;
    return machine->core.systick_load -
           (uint32_t)((machine->now - machine->core.systick_base) % turn /
                      machine_ticks_per_cycle(machine));
}

/* --- registers --- */

/* The bits of ISER, ICER, ISPR and ICPR. */
static uint32_t read_bits(const uint8_t *flags, uint32_t word)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < 32 && 32 * word + i < N_IRQ; i++)
        bits |= (uint32_t)flags[16 + 32 * word + i] << i;
    return bits;
}

static void write_bits(struct machine *machine, uint8_t *flags, uint32_t word,
                       uint32_t bits, uint8_t value)
{
    for (uint32_t i = 0; i < 32 && 32 * word + i < N_IRQ; i++)
        if (bits >> i & 1)
            flags[16 + 32 * word + i] = value;
    machine_attend(machine);
}

uint32_t core_read(struct machine *machine, uint32_t offset, unsigned size)
{
    struct core *core = &machine->core;

    if (offset >= 0xE100 && offset < 0xE120)
        return read_bits(core->enabled, (offset - 0xE100) / 4);
    if (offset >= 0xE180 && offset < 0xE1A0)
        return read_bits(core->enabled, (offset - 0xE180) / 4);
    if (size != 4)
        machine_fail(machine, "%u bytes read from 0x%08x", size,
                     0xE0000000 + offset);
    switch (offset) {
    case 0x1000:
        return core->dwt_ctrl;
    case 0x1004:
        if (!(core->demcr >> 24 & core->dwt_ctrl & 1))
            machine_fail(machine, "the cycle counter is off");
        return (uint32_t)(machine_cycles(machine) - core->cyccnt_base);
    case 0xE010:
        return core->systick_ctrl;
    case 0xE014:
        return core->systick_load;
    case 0xE018:
        return systick_value(machine);
    case 0xED08:
        return core->vtor;
    case 0xED10:
        return core->scr;
    case 0xED94:
        return core->mpu_ctrl;
    case 0xED20:
        return (uint32_t)core->priority[SYSTICK_EXCEPTION] << 24;
    case 0xED28: /* CFSR, HFSR, BFAR: faults end the run before */
    case 0xED2C:
    case 0xED38:
        return 0;
    case 0xED88:
        return core->cpacr;
    case 0xEDFC:
        return core->demcr;
    }
    machine_fail(machine, "no register of the core at 0x%08x",
                 0xE0000000 + offset);
    return 0;
}

/* The chip has the upper 3 bits. */
static void set_priority(struct machine *machine, int irq, uint32_t value)
{
    if (value & 0x1F)
        machine_fail(machine, "priority 0x%02x has bits that are none", value);
    machine->core.priority[16 + irq] = value & 0xE0;
}

static void write_nvic(struct machine *machine, uint32_t offset, uint32_t value,
                       unsigned size)
{
    struct core *core = &machine->core;

    if (offset < 0xE120)
        write_bits(machine, core->enabled, (offset - 0xE100) / 4, value, 1);
    else if (offset >= 0xE180 && offset < 0xE1A0)
        write_bits(machine, core->enabled, (offset - 0xE180) / 4, value, 0);
    else if (offset >= 0xE280 && offset < 0xE2A0)
        write_bits(machine, core->pending, (offset - 0xE280) / 4, value, 0);
    else if (offset >= 0xE400 && offset < 0xE400 + N_IRQ && size == 1)
        set_priority(machine, (int)offset - 0xE400, value);
    else
        machine_fail(machine, "no register of the NVIC at 0x%08x",
                     0xE0000000 + offset);
}

static void write_systick_ctrl(struct machine *machine, uint32_t value)
{
    struct core *core = &machine->core;

    if ((value & 5) == 1)
        machine_fail(machine, "SysTick's other clock is not modelled");
    core->systick_ctrl = value & 7;
    if (value & 1)
        core->has_systick = 1;
    core->systick_base = machine->now;
    core->systick_turns = 0;
    machine_attend(machine);
}

static void no_register(struct machine *machine, uint32_t offset)
{
    machine_fail(machine, "no register of the core at 0x%08x",
                 0xE0000000 + offset);
}

/* ICSR: PENDSTCLR, PENDSVCLR. */
static void write_icsr(struct machine *machine, uint32_t value)
{
    struct core *core = &machine->core;

    if (value & ~(1u << 25 | 1u << 27))
        machine_fail(machine, "0x%08x written to ICSR", value);
    if (value >> 25 & 1)
        core->pending[SYSTICK_EXCEPTION] = 0;
    if (value >> 27 & 1)
        core->has_pendsv = 0;
}

/* A reset ends the run. */
static void write_aircr(struct machine *machine, uint32_t value)
{
    if (value == 0x05FA0004) {
        chip_check_end(machine);
        machine->is_over = 1;
    } else {
        machine_fail(machine, "0x%08x written to AIRCR", value);
    }
    machine_attend(machine);
}

static void write_system_control(struct machine *machine, uint32_t offset,
                                 uint32_t value)
{
    struct core *core = &machine->core;

    switch (offset) {
    case 0xED04:
        write_icsr(machine, value);
        break;
    case 0xED08:
        core->vtor = value;
        break;
    case 0xED0C:
        write_aircr(machine, value);
        break;
    case 0xED10:
        core->scr = value;
        break;
    case 0xED20:
        core->priority[SYSTICK_EXCEPTION] = value >> 24 & 0xE0;
        break;
    case 0xED88:
        core->cpacr = value;
        break;
    case 0xED94:
        core->mpu_ctrl = value;
        break;
    case 0xEDFC:
        core->demcr = value;
        break;
    default:
        no_register(machine, offset);
    }
}

void core_write(struct machine *machine, uint32_t offset, uint32_t value,
                unsigned size)
{
    struct core *core = &machine->core;

    if (offset >= 0xE100 && offset < 0xE600) {
        write_nvic(machine, offset, value, size);
        return;
    }
    if (size != 4)
        machine_fail(machine, "%u bytes written to 0x%08x", size,
                     0xE0000000 + offset);
    switch (offset) {
    case 0x1000:
        core->dwt_ctrl = value;
        break;
    case 0x1004:
        core->cyccnt_base = machine_cycles(machine) - value;
        break;
    case 0xE010:
        write_systick_ctrl(machine, value);
        break;
    case 0xE014:
        core->systick_load = value & 0xFFFFFF;
        break;
    case 0xE018: /* any write clears; the next turn begins */
        core->systick_base = machine->now;
        core->systick_turns = 0;
        break;
    default:
        if (offset >= 0xED00 && offset < 0xEE00)
            write_system_control(machine, offset, value);
        else
            no_register(machine, offset);
    }
}

/* --- what a boot loader leaves, and what must be there --- */

/* Interrupts on and waiting, deep sleep, an MPU, priorities masked. */
void core_reset(struct machine *machine)
{
    struct core *core = &machine->core;

    if (machine->config.is_bare)
        return;
    core->scr = 1 << 2;
    core->mpu_ctrl = 1;
    core->systick_ctrl = 3 | 4;
    core->systick_load = 999;
    core->pending[SYSTICK_EXCEPTION] = 1;
    for (int irq = 0; irq < N_IRQ; irq++) {
        core->enabled[16 + irq] = 1;
        core->pending[16 + irq] = 1;
    }
    core->has_pendsv = 1;
    set(machine, UC_ARM_REG_PRIMASK, 0);
    set(machine, UC_ARM_REG_BASEPRI, 0x20);
    set(machine, UC_ARM_REG_FAULTMASK, 1);
    set(machine, UC_ARM_REG_CONTROL, 2);
}

void core_check(struct machine *machine)
{
    const struct core *core = &machine->core;

    if (machine->config.is_bare)
        return;
    if (core->cpacr >> 20 != 0xF)
        machine_fail(machine, "the FPU is off");
    if (core->vtor != FLASH_START)
        machine_fail(machine, "the vectors are at 0x%08x", core->vtor);
    if (core->scr || core->mpu_ctrl || get(machine, UC_ARM_REG_BASEPRI) ||
        get(machine, UC_ARM_REG_FAULTMASK) ||
        get(machine, UC_ARM_REG_CONTROL) & 3)
        machine_fail(machine,
                     "the boot loader's SCR 0x%x, MPU %u, BASEPRI 0x%x, "
                     "FAULTMASK %u, CONTROL %u are still there",
                     core->scr, core->mpu_ctrl,
                     get(machine, UC_ARM_REG_BASEPRI),
                     get(machine, UC_ARM_REG_FAULTMASK),
                     get(machine, UC_ARM_REG_CONTROL));
}

static int uart_exception(const struct machine *machine)
{
    return 16 + UART0_IRQ + machine->config.board->uart;
}

static void check_priorities(struct machine *machine)
{
    const struct core *core = &machine->core;

    /* Most urgent is what has the least time; SysTick has 30 ms. */
    const int order[] = {16 + AUDADC_IRQ, uart_exception(machine),
                         16 + PDM0_IRQ, SYSTICK_EXCEPTION};
    int last = -1;

    for (int i = 0; i < 4; i++) {
        int n = order[i];

        if (n != SYSTICK_EXCEPTION && !core->enabled[n])
            continue;
        if (core->priority[n] <= last)
            machine_fail(machine,
                         "exception %d has priority 0x%02x, a more urgent one "
                         "0x%02x",
                         n, core->priority[n], last);
        last = core->priority[n];
    }
}

/* Ten milliseconds, give or take a percent, with its interrupt. */
static void check_systick(struct machine *machine)
{
    uint64_t ms10 = 10000 * (uint64_t)TICKS_PER_US,
             turn = systick_turn(machine);

    if (machine->core.systick_ctrl != 7 || turn < ms10 * 99 / 100 ||
        turn > ms10 * 101 / 100)
        machine_fail(machine, "SysTick: CTRL %u, LOAD %u",
                     machine->core.systick_ctrl, machine->core.systick_load);
}

void core_check_sleep(struct machine *machine)
{
    const struct core *core = &machine->core;

    core_check(machine);
    for (int irq = 0; irq < N_IRQ; irq++) {
        if (core->pending[16 + irq] && !core->enabled[16 + irq] &&
            !core->line[16 + irq])
            machine_fail(machine, "the boot loader's interrupt %d waits", irq);
        if (core->enabled[16 + irq] && irq != AUDADC_IRQ && irq != PDM0_IRQ &&
            16 + irq != uart_exception(machine))
            machine_fail(machine, "the boot loader's interrupt %d is on", irq);
    }
    if (core->has_pendsv)
        machine_fail(machine, "the boot loader's PendSV waits");
    /* Else one between the last look and the sleep would be slept through. */
    if (!(get(machine, UC_ARM_REG_PRIMASK) & 1))
        machine_fail(machine, "it goes to sleep with interrupts on");
    check_priorities(machine);
    check_systick(machine);
}

int core_is_in(const struct machine *machine, int irq)
{
    return machine->core.active[16 + irq];
}

/* --- exceptions --- */

static int is_waiting(const struct core *core, int n)
{
    return core->pending[n] && (core->enabled[n] || n == SYSTICK_EXCEPTION);
}

/* The most urgent exception that waits, or 0. */
static int most_urgent(const struct core *core)
{
    int best = 0;

    for (int n = SYSTICK_EXCEPTION; n < N_EXCEPTIONS; n++)
        if (is_waiting(core, n) &&
            (!best || core->priority[n] < core->priority[best]))
            best = n;
    return best;
}

/* The one that runs, or 0. */
static int running(const struct core *core)
{
    int best = 0;

    for (int n = SYSTICK_EXCEPTION; n < N_EXCEPTIONS; n++)
        if (core->active[n] &&
            (!best || core->priority[n] < core->priority[best]))
            best = n;
    return best;
}

/* WFI wakes up for what would be taken if PRIMASK were clear. */
int core_wakes(const struct machine *machine)
{
    return most_urgent(&machine->core) != 0;
}

static void push_frame(struct machine *machine, int has_fp)
{
    uint32_t sp = get(machine, UC_ARM_REG_SP);
    uint32_t words[N_CORE_REGISTERS];
    uint32_t is_padded = sp & 4;
    uint32_t n_fp = has_fp ? N_FP_REGISTERS : 0;

    for (int i = 0; i < N_CORE_REGISTERS; i++)
        words[i] = get(machine, stacked[i]);
    words[6] &= ~1u;
    words[7] = (words[7] & ~(1u << 9)) | is_padded << 7;
    sp = (sp & ~7u) - 4 * (N_CORE_REGISTERS + n_fp);
    for (uint32_t i = 0; i < N_CORE_REGISTERS; i++)
        machine_store(machine, sp + 4 * i, words[i]);
    for (uint32_t i = 0; i + 2 < n_fp; i++)
        machine_store(machine, sp + 4 * (N_CORE_REGISTERS + i),
                      get(machine, UC_ARM_REG_S0 + (int)i));
    if (has_fp)
        machine_store(machine, sp + 4 * (N_CORE_REGISTERS + 16),
                      get(machine, UC_ARM_REG_FPSCR));
    set(machine, UC_ARM_REG_SP, sp);
}

int core_enter(struct machine *machine)
{
    struct core *core = &machine->core;
    int n = most_urgent(core), current = running(core);
    int has_fp = core->cpacr >> 20 == 0xF;
    uint32_t vector, xpsr;

    if (!n || (current && core->priority[current] <= core->priority[n]))
        return 0;
    if ((get(machine, UC_ARM_REG_PRIMASK) |
         get(machine, UC_ARM_REG_FAULTMASK)) &
        1)
        return 1;
    core_check(machine);
    if (n == SYSTICK_EXCEPTION && !core->has_systick &&
        !machine->config.is_bare)
        machine_fail(machine, "the boot loader's SysTick is still there");

    push_frame(machine, has_fp);
    core->pending[n] = 0;
    core->active[n] = 1;
    vector = machine_load(machine, core->vtor + 4 * (uint32_t)n);
    if (!(vector & 1))
        machine_fail(machine, "vector %d is 0x%08x", n, vector);
    xpsr = (get(machine, UC_ARM_REG_XPSR) & ~0x1FFu) | (uint32_t)n | 1u << 24;
    set(machine, UC_ARM_REG_XPSR, xpsr);
    set(machine, UC_ARM_REG_LR,
        (current ? 0xFFFFFFE1 : 0xFFFFFFE9) | (has_fp ? 0 : 0x10));
    set(machine, UC_ARM_REG_PC, vector);
    return 0;
}

void core_return(struct machine *machine, uint32_t exc_return)
{
    struct core *core = &machine->core;
    int n = running(core);
    uint32_t sp = get(machine, UC_ARM_REG_SP);
    uint32_t n_fp = exc_return & 0x10 ? 0 : N_FP_REGISTERS;
    uint32_t words[N_CORE_REGISTERS];

    if (!n) {
        machine_fail(machine, "return from an exception that is none");
        return;
    }
    core->active[n] = 0;
    if ((n == uart_exception(machine) && machine->uart.in_flight) ||
        (n == 16 + AUDADC_IRQ && machine->audadc.in_flight) ||
        (n == 16 + PDM0_IRQ && machine->pdm.in_flight))
        machine_fail(machine,
                     "interrupt %d is left before its clearing has "
                     "arrived",
                     n - 16);
    if (n == 16 + PDM0_IRQ)
        pdm_check_handler(machine);
    if (core->line[n])
        core->pending[n] = 1;

    for (uint32_t i = 0; i < N_CORE_REGISTERS; i++)
        words[i] = machine_load(machine, sp + 4 * i);
    for (uint32_t i = 0; i + 2 < n_fp; i++)
        set(machine, UC_ARM_REG_S0 + (int)i,
            machine_load(machine, sp + 4 * (N_CORE_REGISTERS + i)));
    if (n_fp)
        set(machine, UC_ARM_REG_FPSCR,
            machine_load(machine, sp + 4 * (N_CORE_REGISTERS + 16)));
    sp += 4 * (N_CORE_REGISTERS + n_fp);
    set(machine, UC_ARM_REG_SP, sp | (words[7] >> 7 & 4));
    set(machine, UC_ARM_REG_XPSR, (words[7] & ~(1u << 9)) | 1u << 24);
    for (int i = 0; i < 6; i++)
        set(machine, stacked[i], words[i]);
    set(machine, UC_ARM_REG_PC, words[6] | 1);
    if (running(core) == 0 && words[7] & 0x1FF)
        machine_fail(machine, "return to an exception that is over");
}
