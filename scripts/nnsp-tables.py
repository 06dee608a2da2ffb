#!/usr/bin/env python3
# nnsp-tables.py - prints lib/nnsp/tables.c, the constants of the integer
# runtime: window, sine, logarithm, tanh. README.md there defines them.
#
#   scripts/nnsp-tables.py > lib/nnsp/tables.c
from decimal import Decimal, ROUND_FLOOR, getcontext
from math import sin, pi, sqrt, tanh, log10


def rounded(x):
    return int((Decimal(x) + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


def table(comment, declaration, values, per_line):
    print(f"\n/* {comment} */\nconst {declaration} = {{")
    for i in range(0, len(values), per_line):
        print("    " + ", ".join(map(str, values[i:i + per_line])) + ",")
    print("};")


getcontext().prec = 40
print("/* tables.c - constants of the runtime; printed by "
      "scripts/nnsp-tables.py. */")
print('#include "nnsp/tables.h"\n\n/* clang-format off */')
table("sqrt(2/3) sin(pi n / 480), Q15",
      "int16_t nnsp_window[NNSP_WINDOW / 2 + 1]",
      [rounded(32768 * sqrt(2 / 3) * sin(pi * n / 480)) for n in range(241)],
      10)
table("sin(2 pi m / 512), Q31, saturated",
      "int32_t nnsp_sine[NNSP_FFT / 4 + 1]",
      [min(rounded(2**31 * sin(2 * pi * m / 512)), 2**31 - 1)
       for m in range(129)], 6)
def part_of_turn(a):
    """cos and sin of a/512 turns, a = 0..378, from the sines above."""
    s = [min(rounded(2**31 * sin(2 * pi * m / 512)), 2**31 - 1)
         for m in range(129)]
    if a <= 128:
        return s[128 - a], s[a]
    if a <= 256:
        return -s[a - 128], s[256 - a]
    return -s[384 - a], -s[a - 256]


table("cos and sin of 2 j, 4 j and 6 j of 512 parts of a turn, Q31",
      "int32_t nnsp_turns[64][3][2]",
      ["{{%d, %d}, {%d, %d}, {%d, %d}}" % sum((part_of_turn(times * j)
                                               for times in (2, 4, 6)), ())
       for j in range(64)], 1)
table("log10(1 + i / 64), Q17", "uint16_t nnsp_log10[65]",
      [rounded(2**17 * log10(1 + i / 64)) for i in range(65)], 10)
table("tanh(i / 64), Q15, saturated", "int16_t nnsp_tanh_table[385]",
      [min(rounded(32768 * tanh(i / 64)), 32767) for i in range(385)], 10)
