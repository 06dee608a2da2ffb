# The runtime on a Cortex-M55 with Helium costs no more than it may. That it
# gives the bits of plain C: cores.sh.
. "$SRC/tests/cli/lib.sh"
need arm-none-eabi-gcc qemu-system-arm python3 sox od

expect 0 "$SRC/tests/m55/measure" 4
[ "$(sed -n 's/^frames //p' figures)" -eq 4 ] || fail 'expected 4 frames'
instructions=$(sed -n 's/^instructions //p' figures)
[ "$instructions" -le 70000 ] ||
    fail "$instructions instructions a frame, expected at most 70000"
grep -q ' nnsp_dot_sums$' figures || fail 'not the kernel with Helium'
