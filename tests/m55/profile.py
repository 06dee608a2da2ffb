#!/usr/bin/env python3
"""Instructions and estimated cycles of a frame on a Cortex-M55.

    qemu-system-arm -M mps3-an547 -singlestep -d exec,nochain ... |
        profile.py IMAGE.elf

The trace has a line for each instruction. What counts is what happens inside
the image's function `step`. Output as tests/m4/count.c: one `name value` a
line, then the functions: cycles and instructions a frame, name.

QEMU has no pipeline. Cycles are a model after what the LLVM project's scheduler
knows of the core, with memory that never waits:

- A vector instruction takes two cycles, of which the second overlaps the first
  of the next instruction, unless both are vector instructions in the same of
  the pipes for loads and stores, for integers, and for products.
- A gather or scatter takes a cycle an element.
- A product that the next instruction reads makes it wait a cycle; sums of
  products that only grow do not wait for one another.
- All else is as on a Cortex-M4 (tests/m4/cost.c), but for loads, which take one
  cycle, or one for each two registers, and ends of low-overhead loops, which
  take one. Nothing is issued in pairs."""
import bisect
import collections
import os
import re
import subprocess
import sys

CROSS = os.environ.get("CROSS", "arm-none-eabi-")
TAKEN = 2  # more, for a branch that is taken

Instruction = collections.namedtuple(
    "Instruction", "size name operands pipe cycles")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout


def pipe_of(name):
    """Of a vector instruction; None of any other."""
    if not name.startswith("v") or name.startswith(
            ("vctp", "vpst", "vpt", "vmsr", "vmrs", "vpush", "vpop",
             "vldmia", "vstmia")):
        return None
    if name.startswith(("vld", "vst")):
        return "memory"
    if re.match(r"v(r?mulh|mul|mlal?v|mla|mls|q?dml|qr?dmul|r?mlal)", name):
        return "product"
    return "integer"


def registers_in(operands):
    """How many registers a list {...} has."""
    n = 0
    for part in operands[operands.index("{") + 1:operands.index("}")].split(","):
        ends = re.findall(r"\d+", part)
        n += int(ends[1]) - int(ends[0]) + 1 if len(ends) == 2 else 1
    return n


def cycles_of(name, operands, pipe):
    if pipe == "memory" and re.search(r"\[[^]]*q\d", operands):
        return 8 if "16" in name.split(".")[1] else 4
    if pipe:
        return 2
    if name.startswith(("ldm", "stm", "push", "pop", "vpush", "vpop", "vldm")):
        return 1 + registers_in(operands) // 2
    if name.startswith(("udiv", "sdiv")):
        return 12
    return 1


def instructions_of(image):
    """Address -> Instruction."""
    found = {}
    for line in output_of(CROSS + "objdump", "-d", "-m", "armv8.1-m.main",
                          image).splitlines():
        match = re.match(r" *([0-9a-f]+):\t([0-9a-f ]+?) *\t(\S+)\s*(.*)", line)
        if match:
            address, words, name, operands = match.groups()
            pipe = pipe_of(name)
            found[int(address, 16)] = Instruction(
                len(words.replace(" ", "")) // 2, name, operands, pipe,
                cycles_of(name, operands, pipe))
    return found


def waits_for(instruction, before):
    """Whether it reads the product that came before it."""
    if before.pipe != "product" or re.match(r"vml|vmls", before.name):
        return False
    result = before.operands.split(",")[0]
    sources = instruction.operands.partition(",")[2]
    return re.search(result + r"\b", sources) is not None


def cycles_after(instruction, before, follows):
    """Cycles from the issue of `before` to that of `instruction`, as far as
    they are `instruction`'s: what `before` takes alone is its own."""
    cycles = 0
    if not follows and not before.name.startswith(("le", "wls")):
        cycles += TAKEN
    if before.pipe and instruction.pipe == before.pipe:
        cycles += 1
    if waits_for(instruction, before):
        cycles += 1
    return cycles


def functions_of(image):
    """Addresses of functions, rising, and their names."""
    rows = [line.split() for line in output_of(CROSS + "nm", image).splitlines()]
    return sorted((int(row[0], 16) & ~1, row[2]) for row in rows
                  if row[1] in "tT" and not row[2].startswith("$"))


def read_trace(stream, step):
    """How often one address came behind another inside step, and the number of
    calls."""
    pairs, n_calls = collections.Counter(), 0
    before = back = None
    for line in stream:
        if not line.startswith("Trace"):
            continue
        address = int(line.split("/")[1], 16)
        if address == step:
            back, n_calls = before + 4, n_calls + 1
        elif address == back:
            back = None
        if back is not None:
            pairs[before, address] += 1
        before = address
    return pairs, n_calls


def main():
    image = sys.argv[1]
    instructions, functions = instructions_of(image), functions_of(image)
    starts = [address for address, _ in functions]
    step = next(address for address, name in functions if name == "step")
    pairs, n_frames = read_trace(sys.stdin, step)
    if not n_frames:
        sys.exit("profile.py: no call of step in the trace")

    n_instructions, n_cycles = collections.Counter(), collections.Counter()
    for (before, address), times in pairs.items():
        name = functions[bisect.bisect(starts, address) - 1][1]
        here, there = instructions[address], instructions[before]
        alone = here.cycles - 1 if here.pipe else here.cycles
        n_instructions[name] += times
        n_cycles[name] += times * (alone + cycles_after(
            here, there, before + there.size == address))

    print(f"frames {n_frames}")
    print(f"instructions {n_instructions.total() // n_frames}")
    print(f"cycles {n_cycles.total() // n_frames}")
    for name, cycles in n_cycles.most_common():
        print(f"{cycles // n_frames:9} {n_instructions[name] // n_frames:9}"
              f"  {name}")


if __name__ == "__main__":
    main()
