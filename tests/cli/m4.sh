# The runtime as a Cortex-M4 executes it: the bits of plain C, kernel by kernel
# and over a second of speech, at no more than it may cost.
. "$SRC/tests/cli/lib.sh"

m4=$(dirname "$BIN")/m4

# at_most NAME LIMIT: a figure of count.c.
at_most()
{
    value=$(sed -n "s/^$1 //p" figures)
    [ -n "$value" ] || fail "no figure: $1"
    [ "$value" -le "$2" ] || fail "$1 $value, expected at most $2"
}

expect 0 "$m4/kernels" "$m4/kernels.elf"

"$SRC/tests/m4/measure" || fail "no figures"
cmp m4.raw desk.raw || fail "the Cortex-M4 gives other samples than plain C"
[ "$(wc -c <m4.raw)" -eq 32000 ] || fail "100 frames, expected 32000 bytes"
at_most instructions_most 300000
at_most cycles_most 390000
at_most stack 1024

# The comparison of kernels notices a sign: one SMMLSR made SMMLAR.
line=$(arm-none-eabi-objdump -d "$m4/kernels.elf" | grep -m 1 smmlsr) ||
    fail "no SMMLSR in the image"
at=$(echo "$line" | sed 's/^ *\([0-9a-f]*\):.*/\1/')
register=$(echo "$line" | sed 's/.*:[[:space:]]*fb6\(.\) .*/\1/')
text=$(arm-none-eabi-readelf -S "$m4/kernels.elf" |
    sed -n 's/.* \.text *PROGBITS *\([0-9a-f]*\) \([0-9a-f]*\) .*/\1 \2/p')
cp "$m4/kernels.elf" damaged.elf
printf "\\x5$register" | dd of=damaged.elf bs=1 conv=notrunc status=none \
    seek=$((0x$at - 0x${text% *} + 0x${text#* }))
expect 1 "$m4/kernels" damaged.elf
expect_line '^kernels: products of round 0 differ'
