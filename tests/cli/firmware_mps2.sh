# The other board's image in Debian's QEMU, the same bytes as on the desk.
. "$SRC/tests/emulator/lib.sh"

need_firmware mps2-an386
make_sound 1

qemu()
{
    qemu-system-arm -M mps2-an386 -display none -monitor none -serial stdio \
        -no-reboot -icount shift=6 \
        -kernel "$FIRMWARE/mps2-an386/nnse.elf"
}
export FIRMWARE
export -f qemu

expect 0 desk_listens --in sound.s16 bash -c qemu
expect_figure frames 100
expect_reference sound.s16
grep -q '^nnse .* on mps2-an386: net ' text || fail "$(cat text)"

# SysTick: 25 MHz, 64 ns an instruction.
instructions=$(($(figure cycles_mean) * 40 / 64))
[ "$instructions" -le 300000 ] || fail "$instructions instructions a frame"
echo "$instructions instructions a frame"

# This board has no microphone, and says so.
printf 'mR' >commands
(cat commands && sleep 1) | qemu >text
grep -q '^error: this board has no microphone' text || fail "$(cat text)"
