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
expect 0 "$m4/kernels" "$m4/kernels-intrinsics.elf"

"$SRC/tests/m4/measure" || fail "no figures"
cmp m4.raw desk.raw || fail "the Cortex-M4 gives other samples than plain C"

# near_report: what se-convert says of a frame's cycles is what it costs.
near_report()
{
    counted=$(sed -n 's/^cycles //p' figures)
    said=$(sed -n 's/^ *"cycles_per_frame": \([0-9]*\).*/\1/p' report.json)
    [ $((said * 100)) -ge $((counted * 98)) ] &&
        [ $((said * 100)) -le $((counted * 102)) ] ||
        fail "$counted cycles a frame, se-convert says '$said'"
}
near_report
mkdir large
! ls "$SRC"/models/se_nn_arch256_pspec_mse/epoch_* >/dev/null 2>&1 || (
    cd large
    "$SRC/tests/m4/measure" se_nn_arch256_pspec_mse || fail "no figures"
    cmp m4.raw desk.raw || fail "the large net gives other samples"
    near_report
)
[ "$(wc -c <m4.raw)" -eq 32000 ] || fail "100 frames, expected 32000 bytes"

# A net that looks ahead, in the memory that its tables ask for.
mkdir ahead
(
    cd ahead
    { sed /^len_/d "$SRC/nn_arch/def_se_nn_arch72_mel.txt" &&
        echo 'len_lookahead 2'; } >def_ahead.txt
    "$SRC/tests/m4/measure" def_ahead.txt || fail "no figures"
    grep -q 'NNSP_LOOKAHEAD_BYTES(2)' def_nn3_se.h || fail 'looks not ahead'
    cmp m4.raw desk.raw || fail "a net that looks ahead gives other samples"
    near_report
)

# What no microphone gives, too: full scale, silence, clicks, both ends in turn.
raw='-t raw -r 16000 -c 1 -b 16 -e signed'
sox -D -n $raw square.raw synth 0.4 square 437
sox -D -n $raw noise.raw synth 0.4 whitenoise
sox -D -n $raw silence.raw trim 0 0.2
{ printf '\377\177'; head -c 2000 /dev/zero; printf '\0\200'; } >click.raw
yes "$(printf '\377\177\001\200')" | tr -d '\n' | head -c 9600 >ends.raw
cat silence.raw square.raw click.raw silence.raw click.raw noise.raw ends.raw \
    silence.raw >loud.raw
"$m4/count" image.elf <loud.raw >m4.raw 2>loud.figures
./host <loud.raw >desk.raw
cmp m4.raw desk.raw || fail "other samples than plain C for loud sounds"
[ "$(wc -c <m4.raw)" -gt 40000 ] || fail "loud sounds: frames are missing"

at_most instructions_most 185000
at_most cycles_most 260000
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
