/* machine.c - a Cortex-M4 that counts, on libunicorn. */
#include "machine.h"

#include "cost.h"

#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

enum {
    FLASH = 0x00000000,
    FLASH_BYTES = 1 << 21,
    RAM = 0x20000000,
    RAM_BYTES = 1 << 18,
    RETURN =
        0x1f0000, /* where calls come back to: in flash, outside the image */
    PAINT = 0xa5
};

struct cell {
    uint32_t n_bytes; /* of the instruction; 0: never executed */
    struct cost cost;
    uint64_t n_instructions;
    uint64_t n_cycles;
};

struct machine {
    const char *path;
    uc_engine *uc;
    char *image; /* the ELF file */
    size_t image_bytes;
    const Elf32_Sym *symbols;
    size_t n_symbols;
    const char *names;
    struct cell *cells; /* [FLASH_BYTES / 2], by address */
    uint32_t last;      /* address of the instruction before */
    uint64_t n_instructions;
    uint64_t n_cycles;
};

static void __attribute__((noreturn, format(printf, 1, 2)))
broken(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    exit(1);
}

static void check(const struct machine *machine, uc_err error, const char *what)
{
    uint32_t pc = 0;

    if (error == UC_ERR_OK)
        return;
    uc_reg_read(machine->uc, UC_ARM_REG_PC, &pc);
    broken("%s: %s at %#x: %s", machine->path, what, pc, uc_strerror(error));
}

/* `n_bytes` at `offset` in the file. */
static const void *part(const struct machine *machine, size_t offset,
                        size_t n_bytes)
{
    if (offset > machine->image_bytes ||
        n_bytes > machine->image_bytes - offset)
        broken("%s: not a whole ELF file", machine->path);
    return machine->image + offset;
}

static void read_file(struct machine *machine)
{
    FILE *file = fopen(machine->path, "rb");
    long n_bytes;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (n_bytes = ftell(file)) < 0)
        broken("%s: cannot be read", machine->path);
    rewind(file);
    machine->image_bytes = (size_t)n_bytes;
    machine->image = malloc(machine->image_bytes + 1);
    if (!machine->image || fread(machine->image, 1, machine->image_bytes,
                                 file) != machine->image_bytes)
        broken("%s: cannot be read", machine->path);
    machine->image[machine->image_bytes] = '\0';
    fclose(file);
}

static void load_segments(struct machine *machine, const Elf32_Ehdr *header)
{
    const Elf32_Phdr *segments =
        part(machine, header->e_phoff, header->e_phnum * sizeof *segments);

    for (int i = 0; i < header->e_phnum; i++) {
        const Elf32_Phdr *segment = &segments[i];

        if (segment->p_type != PT_LOAD || segment->p_filesz == 0)
            continue;
        check(machine,
              uc_mem_write(machine->uc, segment->p_vaddr,
                           part(machine, segment->p_offset, segment->p_filesz),
                           segment->p_filesz),
              "loading");
    }
}

static void find_symbols(struct machine *machine, const Elf32_Ehdr *header)
{
    const Elf32_Shdr *sections =
        part(machine, header->e_shoff, header->e_shnum * sizeof *sections);

    for (int i = 0; i < header->e_shnum; i++) {
        const Elf32_Shdr *section = &sections[i];

        if (section->sh_type != SHT_SYMTAB ||
            section->sh_link >= header->e_shnum)
            continue;
        machine->symbols = part(machine, section->sh_offset, section->sh_size);
        machine->n_symbols = section->sh_size / sizeof *machine->symbols;
        machine->names = part(machine, sections[section->sh_link].sh_offset,
                              sections[section->sh_link].sh_size);
    }
    if (!machine->symbols)
        broken("%s: has no symbols", machine->path);
}

static const Elf32_Sym *find(const struct machine *machine, const char *name)
{
    for (size_t i = 0; i < machine->n_symbols; i++)
        if (strcmp(machine->names + machine->symbols[i].st_name, name) == 0)
            return &machine->symbols[i];
    broken("%s: has no symbol %s", machine->path, name);
}

/* Before each instruction: its own cost, and what the one before cost more
 * because it turned out to be a taken branch. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t n_bytes,
                           void *user)
{
    struct machine *machine = user;
    struct cell *cell = &machine->cells[address / 2];
    struct cell *before = &machine->cells[machine->last / 2];
    uint32_t cycles;

    if (address == RETURN)
        return;
    if (cell->n_bytes == 0) {
        uint16_t words[2] = {0};

        uc_mem_read(uc, address, words, n_bytes);
        cell->cost = cost_of(words);
        cell->n_bytes = n_bytes;
    }
    if (machine->last + before->n_bytes != address) {
        before->n_cycles += COST_TAKEN;
        machine->n_cycles += COST_TAKEN;
    }
    cycles = cell->cost.n_cycles -
             (uint32_t)(cell->cost.is_load && before->cost.is_memory);
    cell->n_instructions++;
    cell->n_cycles += cycles;
    machine->n_instructions++;
    machine->n_cycles += cycles;
    machine->last = (uint32_t)address;
}

static void paint_stack(struct machine *machine)
{
    char paint[RAM_BYTES / 2];

    memset(paint, PAINT, sizeof paint);
    check(machine,
          uc_mem_write(machine->uc, RAM + RAM_BYTES / 2, paint, sizeof paint),
          "painting the stack");
}

static void start_engine(struct machine *machine)
{
    uc_hook hook;
    /* BX LR to itself: never executed, only arrived at. */
    const uint16_t idle = 0xe7fe;

    check(machine,
          uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &machine->uc),
          "opening");
    check(machine, uc_ctl_set_cpu_model(machine->uc, UC_CPU_ARM_CORTEX_M4),
          "choosing");
    check(machine,
          uc_mem_map(machine->uc, FLASH, FLASH_BYTES,
                     UC_PROT_READ | UC_PROT_EXEC),
          "mapping flash");
    check(machine,
          uc_mem_map(machine->uc, RAM, RAM_BYTES, UC_PROT_READ | UC_PROT_WRITE),
          "mapping RAM");
    check(machine, uc_mem_write(machine->uc, RETURN, &idle, sizeof idle),
          "writing");
    check(machine,
          uc_hook_add(machine->uc, &hook, UC_HOOK_CODE,
                      (void *)(uintptr_t)on_instruction, machine, FLASH,
                      FLASH + FLASH_BYTES - 1),
          "watching");
}

struct machine *machine_create(const char *path)
{
    struct machine *machine = calloc(1, sizeof *machine);
    const Elf32_Ehdr *header;

    if (!machine ||
        !(machine->cells = calloc(FLASH_BYTES / 2, sizeof *machine->cells)))
        broken("no memory");
    machine->path = path;
    read_file(machine);
    header = part(machine, 0, sizeof *header);
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS32 || header->e_machine != EM_ARM)
        broken("%s: not an ELF file for ARM", path);
    start_engine(machine);
    load_segments(machine, header);
    find_symbols(machine, header);
    paint_stack(machine);
    return machine;
}

void machine_destroy(struct machine *machine)
{
    uc_close(machine->uc);
    free(machine->cells);
    free(machine->image);
    free(machine);
}

int32_t machine_call(struct machine *machine, const char *name)
{
    uint32_t stack = RAM + RAM_BYTES, back = RETURN | 1;
    uint32_t entry = find(machine, name)->st_value | 1;
    int32_t result = 0;

    uc_reg_write(machine->uc, UC_ARM_REG_SP, &stack);
    uc_reg_write(machine->uc, UC_ARM_REG_LR, &back);
    machine->last = RETURN;
    machine->cells[RETURN / 2].n_bytes = entry - 1 - RETURN;
    check(machine, uc_emu_start(machine->uc, entry, RETURN, 0, 0), name);
    uc_reg_read(machine->uc, UC_ARM_REG_R0, &result);
    return result;
}

static uint32_t variable(const struct machine *machine, const char *name,
                         size_t n_bytes)
{
    const Elf32_Sym *symbol = find(machine, name);

    if (symbol->st_size != n_bytes)
        broken("%s: %s has %u bytes, expected %zu", machine->path, name,
               symbol->st_size, n_bytes);
    return symbol->st_value;
}

void machine_write(struct machine *machine, const char *name, const void *data,
                   size_t n_bytes)
{
    check(machine,
          uc_mem_write(machine->uc, variable(machine, name, n_bytes), data,
                       n_bytes),
          name);
}

void machine_read(struct machine *machine, void *data, const char *name,
                  size_t n_bytes)
{
    check(machine,
          uc_mem_read(machine->uc, variable(machine, name, n_bytes), data,
                      n_bytes),
          name);
}

uint64_t machine_instructions(const struct machine *machine)
{
    return machine->n_instructions;
}

uint64_t machine_cycles(const struct machine *machine)
{
    return machine->n_cycles;
}

void machine_forget(struct machine *machine)
{
    for (size_t i = 0; i < FLASH_BYTES / 2; i++)
        machine->cells[i].n_instructions = machine->cells[i].n_cycles = 0;
    machine->n_instructions = machine->n_cycles = 0;
}

uint32_t machine_stack(const struct machine *machine)
{
    unsigned char stack[RAM_BYTES / 2];
    uint32_t n_free = 0;

    check(machine,
          uc_mem_read(machine->uc, RAM + RAM_BYTES / 2, stack, sizeof stack),
          "reading the stack");
    while (n_free < sizeof stack && stack[n_free] == PAINT)
        n_free++;
    return (uint32_t)sizeof stack - n_free;
}

static int by_cycles(const void *a, const void *b)
{
    const struct machine_function *left = a, *right = b;

    return (left->n_cycles < right->n_cycles) -
           (left->n_cycles > right->n_cycles);
}

size_t machine_functions(const struct machine *machine,
                         struct machine_function **out)
{
    struct machine_function *functions =
        calloc(machine->n_symbols + 1, sizeof *functions);
    size_t n = 0;

    if (!functions)
        broken("no memory");
    for (size_t i = 0; i < machine->n_symbols; i++) {
        const Elf32_Sym *symbol = &machine->symbols[i];
        uint32_t begin = symbol->st_value & ~1u;
        struct machine_function *function = &functions[n];

        if (ELF32_ST_TYPE(symbol->st_info) != STT_FUNC ||
            begin + symbol->st_size > FLASH_BYTES)
            continue;
        *function =
            (struct machine_function){.name = machine->names + symbol->st_name};
        for (uint32_t at = begin; at < begin + symbol->st_size; at += 2) {
            function->n_instructions += machine->cells[at / 2].n_instructions;
            function->n_cycles += machine->cells[at / 2].n_cycles;
        }
        n += function->n_instructions > 0;
    }
    qsort(functions, n, sizeof *functions, by_cycles);
    *out = functions;
    return n;
}
