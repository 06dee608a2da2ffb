#!/usr/bin/env python3
# nnsp-tables.py - prints lib/nnsp/tables.c, the constants of the integer
# runtime: window, sine, logarithm, tanh; README.md there defines them. Or those
# that its kernels for Helium have in an order of their own.
#
#   scripts/nnsp-tables.py > lib/nnsp/tables.c
#   scripts/nnsp-tables.py mve > lib/nnsp/tables_mve.c
from decimal import Decimal, ROUND_FLOOR, getcontext
from math import sin, pi, sqrt, tanh, log10
import sys


def rounded(x):
    return int((Decimal(x) + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


def table(comment, declaration, values, per_line):
    print(f"\n/* {comment} */\nconst {declaration} = {{")
    for i in range(0, len(values), per_line):
        print("    " + ", ".join(map(str, values[i:i + per_line])) + ",")
    print("};")


getcontext().prec = 40
SINE = [min(rounded(2**31 * sin(2 * pi * m / 512)), 2**31 - 1)
        for m in range(129)]


def part_of_turn(a):
    """cos and sin of a/512 turns, a = 0..378."""
    if a <= 128:
        return SINE[128 - a], SINE[a]
    if a <= 256:
        return -SINE[a - 128], SINE[256 - a]
    return -SINE[384 - a], -SINE[a - 256]


def print_tables():
    print("/* tables.c - constants of the runtime; printed by "
          "scripts/nnsp-tables.py. */")
    print('#include "nnsp/tables.h"\n\n/* clang-format off */')
    table("sqrt(2/3) sin(pi n / 480), Q15",
          "int16_t nnsp_window[NNSP_WINDOW / 2 + 1]",
          [rounded(32768 * sqrt(2 / 3) * sin(pi * n / 480))
           for n in range(241)], 10)
    table("sin(2 pi m / 512), Q31, saturated",
          "int32_t nnsp_sine[NNSP_FFT / 4 + 1]", SINE, 6)
    table("cos and sin of 2 j, 4 j and 6 j of 512 parts of a turn, Q31",
          "int32_t nnsp_turns[64][3][2]",
          ["{{%d, %d}, {%d, %d}, {%d, %d}}" % sum(
              (part_of_turn(times * j) for times in (2, 4, 6)), ())
           for j in range(64)], 1)
    table("log10(1 + i / 64), Q17", "uint16_t nnsp_log10[65]",
          [rounded(2**17 * log10(1 + i / 64)) for i in range(65)], 10)
    table("tanh(i / 64), Q15, saturated", "int16_t nnsp_tanh_table[385]",
          [min(rounded(32768 * tanh(i / 64)), 32767) for i in range(385)], 10)


def four_turns(times, m, j):
    """cosines, then sines, of `times` (j .. j + 3) of 4 m parts of a turn"""
    turns = [part_of_turn(times * 128 // m * i) for i in range(j, j + 4)]
    return ", ".join("{%d, %d, %d, %d}" % part for part in zip(*turns))


def print_tables_mve():
    print("/* tables_mve.c - constants of the kernels for Helium; printed by\n"
          " * scripts/nnsp-tables.py mve. */")
    print('#include "nnsp/tables.h"\n\n#if NNSP_MVE\n\n/* clang-format off */')
    table("cos and sin of 1, 2 and 3 times j of 4 m parts of a turn, Q31, of\n"
          " * j .. j + 3, for m = 4, 16, 64 and j = 0, 4, 8 .. m - 1",
          "int32_t nnsp_turns_by_four[21][3][2][4]",
          ["{" + ",\n     ".join("{%s}" % four_turns(times, m, j)
                                 for times in (1, 2, 3)) + "}"
           for m in (4, 16, 64) for j in range(0, m, 4)], 1)
    print("\n#endif")


if sys.argv[1:] == ["mve"]:
    print_tables_mve()
else:
    print_tables()
