/* machine.c - the core's instructions, memory and time. */

#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };

static uint32_t get(struct machine *machine, int reg)
{
    uint32_t value = 0;

    uc_reg_read(machine->uc, reg, &value);
    return value;
}

void machine_fail(struct machine *machine, const char *format, ...)
{
    char text[160];
    va_list arguments;

    if (machine->failure[0])
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(machine->failure, sizeof machine->failure,
             "%s (pc 0x%08x, lr 0x%08x, %.6f s)", text,
             machine->uc ? get(machine, UC_ARM_REG_PC) : 0,
             machine->uc ? get(machine, UC_ARM_REG_LR) : 0,
             (double)machine->now / (1e6 * TICKS_PER_US));
    machine_attend(machine);
}

uint64_t machine_ticks_per_cycle(const struct machine *machine)
{
    return machine->power.fast ? 20 : 40;
}

uint64_t machine_cycles(const struct machine *machine)
{
    return machine->n_instructions * (uint64_t)machine->config.cycles_x20 / 20;
}

int machine_chose(const struct machine *machine, enum choice choice)
{
    return (machine->config.choices & choice) != 0;
}

void machine_attend(struct machine *machine)
{
    machine->next = 0;
}

uint32_t machine_load(struct machine *machine, uint32_t address)
{
    uint32_t value = 0;

    if (uc_mem_read(machine->uc, address, &value, 4))
        machine_fail(machine, "the core reads 0x%08x, where nothing is",
                     address);
    return value;
}

void machine_store(struct machine *machine, uint32_t address, uint32_t value)
{
    if (address < RAM_START || address - RAM_START > RAM_BYTES - 4 ||
        uc_mem_write(machine->uc, address, &value, 4))
        machine_fail(machine, "the stack leaves the RAM at 0x%08x", address);
}

/* --- what the core touches --- */

static uint64_t read_chip(uc_engine *uc, uint64_t offset, unsigned size,
                          void *user)
{
    struct machine *machine = user;

    (void)uc;
    if (size != 4 || offset % 4)
        machine_fail(machine, "%u bytes read from register 0x%08x", size,
                     (uint32_t)(0x40000000 + offset));
    return chip_read(machine, (uint32_t)offset);
}

static void write_chip(uc_engine *uc, uint64_t offset, unsigned size,
                       uint64_t value, void *user)
{
    struct machine *machine = user;

    (void)uc;
    if (size != 4 || offset % 4)
        machine_fail(machine, "%u bytes written to register 0x%08x", size,
                     (uint32_t)(0x40000000 + offset));
    chip_write(machine, (uint32_t)offset, (uint32_t)value);
}

static uint64_t read_cache(uc_engine *uc, uint64_t offset, unsigned size,
                           void *user)
{
    (void)uc, (void)size;
    return cache_read(user, (uint32_t)offset);
}

static void write_cache(uc_engine *uc, uint64_t offset, unsigned size,
                        uint64_t value, void *user)
{
    (void)uc, (void)size;
    cache_write(user, (uint32_t)offset, (uint32_t)value);
}

static uint64_t read_core(uc_engine *uc, uint64_t offset, unsigned size,
                          void *user)
{
    (void)uc;
    return core_read(user, (uint32_t)offset, size);
}

static void write_core(uc_engine *uc, uint64_t offset, unsigned size,
                       uint64_t value, void *user)
{
    (void)uc;
    core_write(user, (uint32_t)offset, (uint32_t)value, size);
}

static bool on_invalid(uc_engine *uc, uc_mem_type type, uint64_t address,
                       int size, int64_t value, void *user)
{
    const char *verb = type == UC_MEM_READ_UNMAPPED    ? "read from"
                       : type == UC_MEM_WRITE_UNMAPPED ? "write to"
                       : type == UC_MEM_WRITE_PROT     ? "write to flash,"
                                                       : "fetch from";

    (void)uc, (void)value;
    /* A return from an exception is a jump to such an address. */
    if (type == UC_MEM_FETCH_UNMAPPED && address >= 0xFFFFFF00)
        return false;
    machine_fail(user, "%d bytes %s 0x%08x%s", size, verb, (uint32_t)address,
                 type == UC_MEM_WRITE_PROT ? "" : ", where nothing is");
    return false;
}

/* The core lets LDR and STR be unaligned, but neither LDRD and STRD nor LDM,
 * STM and the FP loads and stores. */
static void on_unaligned(struct machine *machine, uint64_t address)
{
    uint32_t pc = get(machine, UC_ARM_REG_PC) & ~1u;
    uint16_t opcode = 0;

    uc_mem_read(machine->uc, pc, &opcode, 2);
    if ((opcode & 0xFE00) == 0xE800 || (opcode & 0xEE00) == 0xEC00 ||
        (opcode & 0xF000) == 0xC000)
        machine_fail(machine, "unaligned multiple access to 0x%08x",
                     (uint32_t)address);
}

static void on_memory(uc_engine *uc, uc_mem_type type, uint64_t address,
                      int size, int64_t value, void *user)
{
    (void)uc, (void)value;
    pdm_check_memory(user, address, type == UC_MEM_WRITE);
    if (address & 3 && size >= 4)
        on_unaligned(user, address);
}

/* --- before each instruction --- */

/* FP instructions are those of coprocessors 10 and 11, which have the same
 * encoding in all of 0xEC00..0xEFFF. */
static void check_fpu(struct machine *machine, const uint16_t *code)
{
    if (machine->core.cpacr >> 20 != 0xF && (code[0] & 0xEC00) == 0xEC00 &&
        (code[1] & 0x0E00) == 0x0A00)
        machine_fail(machine, "FP instruction before the FPU is on");
}

/* Interrupts wait for the end of an IT block: its conditions are not to be had
 * from libunicorn. */
static void follow_it(struct machine *machine, uint16_t opcode)
{
    if (machine->n_in_it > 0)
        machine->n_in_it--;
    else if ((opcode & 0xFF00) == 0xBF00 && opcode & 0xF)
        machine->n_in_it = 4 - __builtin_ctz(opcode & 0xF);
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    struct machine *machine = user;

    (void)size;
    if (machine->now >= machine->next && machine->n_in_it == 0) {
        machine->was_stopped = 1;
        uc_emu_stop(uc);
        return;
    }
    if (address >= FLASH_START && address < FLASH_END - 4) {
        uint16_t code[2];

        memcpy(code, machine->flash + address - FLASH_START, sizeof code);
        check_fpu(machine, code);
        follow_it(machine, code[0]);
    }
    machine->n_instructions++;
    machine->now +=
        (uint64_t)machine->config.cycles_x20 * (machine->power.fast ? 1 : 2);
}

/* A jump to an EXC_RETURN address arrives here as a failed fetch. */
static void on_interrupt(uc_engine *uc, uint32_t number, void *user)
{
    struct machine *machine = user;

    if (number == 3 && get(machine, UC_ARM_REG_PC) >= 0xFFFFFF00)
        machine->is_exception_return = 1;
    else
        machine_fail(machine, "exception %u of the core", number);
    uc_emu_stop(uc);
}

/* --- set-up --- */

static int load_image(struct machine *machine)
{
    FILE *file = fopen(machine->config.image, "rb");
    size_t n;

    if (!file) {
        machine_fail(machine, "%s cannot be read", machine->config.image);
        return -1;
    }
    memset(machine->flash, 0xFF, FLASH_END - FLASH_START);
    n = fread(machine->flash, 1, FLASH_END - FLASH_START, file);
    fclose(file);
    if (n < 16 * 4) {
        machine_fail(machine, "%s holds no vector table",
                     machine->config.image);
        return -1;
    }
    if (machine->config.flip >= 0) {
        if ((uint64_t)machine->config.flip / 8 >= n) {
            machine_fail(machine, "the image has no bit to flip there");
            return -1;
        }
        machine->flash[machine->config.flip / 8] ^=
            (uint8_t)(1 << machine->config.flip % 8);
    }
    return 0;
}

/* What is in RAM at power-up must not matter. */
static int map_memory(struct machine *machine)
{
    static uint8_t noise[PAGE];
    uc_engine *uc = machine->uc;
    uc_err error;

    error = uc_mem_map_ptr(uc, FLASH_START, FLASH_END - FLASH_START,
                           UC_PROT_READ | UC_PROT_EXEC, machine->flash);
    error |= uc_mem_map(uc, RAM_START, RAM_BYTES, UC_PROT_ALL);
    error |= uc_mmio_map(uc, 0x40000000, 0x400000, read_chip, machine,
                         write_chip, machine);
    error |= uc_mmio_map(uc, 0x48000000, PAGE, read_cache, machine, write_cache,
                         machine);
    error |= uc_mmio_map(uc, 0xE0000000, 0x100000, read_core, machine,
                         write_core, machine);
    memset(noise, 0xA5, sizeof noise);
    for (uint32_t at = 0; at < RAM_BYTES; at += PAGE)
        error |= uc_mem_write(uc, RAM_START + at, noise, PAGE);
    return error ? -1 : 0;
}

static int add_hooks(struct machine *machine)
{
    uc_engine *uc = machine->uc;
    uc_hook hook;
    uc_err error;

    error =
        uc_hook_add(uc, &hook, UC_HOOK_CODE, (void *)on_code, machine, 1, 0);
    error |= uc_hook_add(uc, &hook, UC_HOOK_MEM_INVALID, (void *)on_invalid,
                         machine, 1, 0);
    error |= uc_hook_add(uc, &hook, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE,
                         (void *)on_memory, machine, 1, 0);
    error |= uc_hook_add(uc, &hook, UC_HOOK_INTR, (void *)on_interrupt, machine,
                         1, 0);
    return error ? -1 : 0;
}

static int is_code(uint32_t vector)
{
    return vector & 1 && vector >= FLASH_START + 4 * N_EXCEPTIONS &&
           vector < FLASH_END;
}

/* Vectors 0 and 1 are what the boot loader takes: they have to look sane. So
 * have those of all interrupts that the chip has. */
static void reset_core(struct machine *machine)
{
    uint32_t sp = machine_load(machine, FLASH_START);
    uint32_t pc = machine_load(machine, FLASH_START + 4);

    if (sp % 8 || sp < RAM_START || sp > RAM_START + RAM_BYTES)
        machine_fail(machine, "initial stack pointer 0x%08x", sp);
    if (!is_code(pc))
        machine_fail(machine, "reset vector 0x%08x", pc);
    for (uint32_t n = 16; n < N_EXCEPTIONS && !machine->config.is_bare; n++)
        if (!is_code(machine_load(machine, FLASH_START + 4 * n)))
            machine_fail(machine, "vector %u of %u is no code", n,
                         N_EXCEPTIONS);
    uc_reg_write(machine->uc, UC_ARM_REG_SP, &sp);
    uc_reg_write(machine->uc, UC_ARM_REG_PC, &pc);
}

static int set_up(struct machine *machine)
{
    machine->flash = malloc(FLASH_END - FLASH_START);
    if (!machine->flash || load_image(machine) ||
        recording_load(machine, &machine->pdm.recording, machine->config.wav) ||
        recording_load(machine, &machine->audadc.recording,
                       machine->config.jack))
        return -1;
    /* Not UC_MODE_MCLASS: that makes a Cortex-M33 of every model. */
    if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &machine->uc) ||
        uc_ctl_set_cpu_model(machine->uc, UC_CPU_ARM_CORTEX_M4) ||
        map_memory(machine) || add_hooks(machine)) {
        machine_fail(machine, "libunicorn does not start");
        return -1;
    }
    uart_reset(machine);
    pdm_reset(machine);
    audadc_start(machine);
    for (int pad = 0; pad < 128; pad++)
        machine->gpio.pincfg[pad] = pad == 20 || pad == 21 ? 0 : 3;
    machine->power.dev_enable = machine->power.dev_status = 1 << 20;
    machine->power.settled = NEVER;
    machine->power.frequency = 1;
    clocks_reset(machine);
    buck_reset(machine);
    cache_reset(machine);
    core_reset(machine);
    reset_core(machine);
    return machine->failure[0] ? -1 : 0;
}

/* --- the loop --- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* As under a debugger: the blocks go on while the core stands still. */
static void stall(struct machine *machine)
{
    const double at = machine->config.stall_s;

    if (at < 0 || machine->has_stalled ||
        (double)machine->now < at * 1e6 * TICKS_PER_US)
        return;
    machine->has_stalled = 1;
    machine->now += 6000 * (uint64_t)TICKS_PER_US;
}

static void update(struct machine *machine)
{
    double end = machine->config.seconds * 1e6 * TICKS_PER_US;
    uint64_t next;

    stall(machine);
    next = chip_update(machine);

    next = earlier(next, uart_update(machine));
    next = earlier(next, pdm_update(machine));
    next = earlier(next, audadc_update(machine));
    next = earlier(next, core_update(machine));
    machine->event = next;
    machine->next = earlier(next, (uint64_t)end);
    if (machine->now >= (uint64_t)end)
        machine_fail(machine, "it has not ended after %g s",
                     machine->config.seconds);
}

/* WFI: on to the next event, until there is an interrupt. While only the desk
 * can wake it, the machine waits for the desk and does not rush ahead. */
static void sleep_on(struct machine *machine)
{
    while (!core_wakes(machine) && !machine->failure[0]) {
        if (uart_is_idle(machine) && machine->pdm.next == NEVER &&
            !audadc_is_on(machine))
            uart_poll(machine, 1);
        if (machine->event == NEVER) {
            machine_fail(machine, "WFI, and nothing will ever wake it");
            return;
        }
        if (machine->next > machine->now)
            machine->now = machine->next;
        update(machine);
    }
}

/* What was written before the sleep must have arrived. */
static void check_barrier(struct machine *machine, uint32_t wfi)
{
    uint16_t dsb[2] = {0};

    uc_mem_read(machine->uc, wfi - 4, dsb, sizeof dsb);
    if (!machine->config.is_bare && (dsb[0] != 0xF3BF || dsb[1] != 0x8F4F))
        machine_fail(machine, "WFI without DSB before it");
}

static void run_instructions(struct machine *machine)
{
    uint32_t pc = get(machine, UC_ARM_REG_PC);
    uint16_t opcode = 0;
    uc_err error;

    machine->was_stopped = machine->is_exception_return = 0;
    error = uc_emu_start(machine->uc, pc | 1, 1, 0, 0);
    if (machine->failure[0])
        return;
    pc = get(machine, UC_ARM_REG_PC);
    if (machine->is_exception_return) {
        core_return(machine, pc | 1);
    } else if (error) {
        machine_fail(machine, "%s", uc_strerror(error));
    } else if (!machine->was_stopped) {
        uc_mem_read(machine->uc, pc - 2, &opcode, 2);
        if (opcode == 0xBF30) {
            check_barrier(machine, pc - 2);
            chip_check(machine);
            sleep_on(machine);
        }
    }
}

int machine_run(struct machine *machine)
{
    if (set_up(machine) == 0) {
        while (!machine->failure[0] && !machine->is_over) {
            update(machine);
            if (core_enter(machine))
                machine->next = earlier(machine->next, machine->now + 1);
            if (!machine->failure[0])
                run_instructions(machine);
        }
        uart_flush(machine);
    }
    return machine->failure[0] ? -1 : 0;
}

void machine_free(struct machine *machine)
{
    if (machine->uc)
        uc_close(machine->uc);
    free(machine->flash);
    free(machine->pdm.recording.samples);
    free(machine->audadc.recording.samples);
}
