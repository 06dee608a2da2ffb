#!/bin/bash
# mcu.sh - what a frame of the small net costs a Cortex-M4: instructions and
# modelled cycles, counted in emulation over 100 frames of speech, by function;
# flash and RAM. Beside them the goals, and the original's runtime on the same
# net (facts of its shipped archive, gcc 10 -O3). Then a Cortex-M55 with Helium,
# whose cycles are an estimate (tests/m55/profile.py).
set -euo pipefail

m4=$(dirname "$BIN")/m4
scratch=$(mktemp -d "${TMPDIR:-/tmp}/nnse-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

if [ ! -x "$m4/count" ] || ! command -v arm-none-eabi-gcc >/dev/null; then
    echo "skipped: needs arm-none-eabi-gcc and libunicorn"
    exit 77
fi
cd "$scratch"
"$SRC/tests/m4/measure"
cmp m4.raw desk.raw

figure() { sed -n "s/^$1 //p" figures; }

# line NAME FIGURE GOAL GOOD ORIGINAL
line() { printf '%-24s %9s %9s %9s %9s\n' "$@"; }

size() { arm-none-eabi-size "$1" | awk 'NR == 2 { print $1 }'; }
code=$(arm-none-eabi-size -t "$(dirname "$BIN")/arm/ns-nnsp.a" |
    awk 'END { print $1 }')
ram=$(arm-none-eabi-size image.elf | awk 'NR == 2 { print $2 + $3 }')

line 'a frame of 10 ms' here 'at most' good original
line instructions "$(figure instructions)" 185000 180000 707000
line '  most in one frame' "$(figure instructions_most)" '' '' ''
line 'modelled cycles' "$(figure cycles)" 260000 250000 873000
line '  most in one frame' "$(figure cycles_most)" '' '' ''
line 'flash, bytes' $((code + $(size tables.o))) 125000 '' 255000
line '  of it code, constants' "$code" '' '' 147600
line 'RAM, bytes' "$ram" 10000 '' 21300
line 'stack, bytes' "$(figure stack)" '' '' ''

functions()
{
    echo
    echo 'cycles    instructions  function'
    sed -n 's/^ *\([0-9]*\) *\([0-9]*\)  \(.*\)/\1 \2 \3/p' figures |
        awk '{ printf "%6d    %12d  %s\n", $1, $2, $3 }'
}
functions

if ! command -v qemu-system-arm >/dev/null; then
    printf '\nCortex-M55: needs qemu-system-arm\n'
    exit 0
fi
"$SRC/tests/m55/measure"
echo
line 'Cortex-M55, Helium' here 'at most' good original
line instructions "$(figure instructions)" 70000 70000 ''
line 'cycles, estimated' "$(figure cycles)" '' '' ''
functions
