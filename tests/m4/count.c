/* count.c - instructions and modelled cycles of a frame of the runtime.
 *
 *     count IMAGE.elf <SPEECH.raw >OUT.raw
 *
 * Sound is 16 kHz mono s16le, frame by frame of 160 samples; a rest that fills
 * no frame is left alone. Figures go to standard error, one `name value` a
 * line, then the functions: cycles and instructions a frame, name. */
#include "machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { HOP = 160 };

static int fail(const char *reason)
{
    fprintf(stderr, "count: %s\n", reason);
    return 1;
}

static void print_functions(const struct machine *machine, uint64_t n_frames)
{
    struct machine_function *functions;
    size_t n = machine_functions(machine, &functions);

    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "%9" PRIu64 " %9" PRIu64 "  %s\n",
                functions[i].n_cycles / n_frames,
                functions[i].n_instructions / n_frames, functions[i].name);
    free(functions);
}

/* The most instructions and cycles that one frame took. */
struct worst {
    uint64_t n_instructions;
    uint64_t n_cycles;
};

static void see(struct worst *worst, struct machine *machine, uint64_t before,
                uint64_t cycles_before)
{
    uint64_t n = machine_instructions(machine) - before;
    uint64_t n_cycles = machine_cycles(machine) - cycles_before;

    worst->n_instructions =
        n > worst->n_instructions ? n : worst->n_instructions;
    worst->n_cycles = n_cycles > worst->n_cycles ? n_cycles : worst->n_cycles;
}

static void print_figures(const struct machine *machine,
                          const struct worst *worst, uint64_t n_frames)
{
    fprintf(stderr, "frames %" PRIu64 "\n", n_frames);
    fprintf(stderr, "instructions %" PRIu64 "\n",
            machine_instructions(machine) / n_frames);
    fprintf(stderr, "instructions_most %" PRIu64 "\n", worst->n_instructions);
    fprintf(stderr, "cycles %" PRIu64 "\n", machine_cycles(machine) / n_frames);
    fprintf(stderr, "cycles_most %" PRIu64 "\n", worst->n_cycles);
    fprintf(stderr, "stack %" PRIu32 "\n", machine_stack(machine));
}

int main(int argc, char **argv)
{
    struct machine *machine;
    struct worst worst = {0, 0};
    int16_t samples[HOP];
    uint64_t n_frames = 0;

    if (argc != 2)
        return fail("usage: count IMAGE.elf <SPEECH.raw >OUT.raw");
    machine = machine_create(argv[1]);
    if (machine_call(machine, "begin") != 0)
        return fail("nnsp_init refuses the net");
    machine_forget(machine);
    while (fread(samples, sizeof *samples, HOP, stdin) == HOP) {
        uint64_t before = machine_instructions(machine);
        uint64_t cycles_before = machine_cycles(machine);

        machine_write(machine, "input", samples, sizeof samples);
        machine_call(machine, "step");
        machine_read(machine, samples, "output", sizeof samples);
        see(&worst, machine, before, cycles_before);
        if (fwrite(samples, sizeof *samples, HOP, stdout) != HOP)
            return fail("cannot write");
        n_frames++;
    }
    if (n_frames == 0)
        return fail("no frame of sound");
    print_figures(machine, &worst, n_frames);
    print_functions(machine, n_frames);
    machine_destroy(machine);
    return fflush(stdout) == 0 ? 0 : fail("cannot write");
}
