# The images for Arm's boards in Debian's QEMU, the same bytes as on the desk.
. "$SRC/tests/emulator/lib.sh"

need_firmware mps2-an386
make_sound 1

# qemu IMAGE: on the board that $machine names.
qemu()
{
    qemu-system-arm -M "$machine" -display none -monitor none -serial stdio \
        -no-reboot -icount shift=6 -kernel "$1"
}
export -f qemu

# board MACHINE MAX: its image gives the reference, in at most MAX instructions a
# frame: SysTick runs with the clock, 64 ns are an instruction.
board()
{
    export machine=$1
    image=$FIRMWARE/$machine/nnse
    expect 0 desk_listens --in sound.s16 bash -c "qemu '$image.elf'"
    expect_figure frames 100
    expect_reference sound.s16
    grep -q "^nnse .* on $machine: net " text || fail "$(cat text)"
    instructions=$(($(figure cycles_mean) * 1000000000 / $(figure cycles_hz) / 64))
    [ "$instructions" -le "$2" ] ||
        fail "$machine: $instructions instructions a frame"
    echo "$machine: $instructions instructions a frame"
}

board mps3-an547 200000
board mps2-an386 300000

# This board has no microphone, and says so.
printf 'mR' | qemu "$image.elf" >text
grep -q '^error: this board has no microphone' text || fail "$(cat text)"

# A fault tells where: an undefined instruction, planted where a run starts.
# The program then stays there, and the emulator has to be ended.
address=$(arm-none-eabi-nm "$image.elf" | sed -n 's/ . nnsp_reset$//p')
cp "$image.bin" bad.bin
printf '\000\336' |
    dd of=bad.bin bs=1 seek=$((0x$address)) conv=notrunc status=none
printf 'u' >command
timeout 60 bash -c 'qemu bad.bin' <command >text 2>/dev/null &
emulator=$!
n=0
until grep -q '^fault: .*address' text || [ $((n += 1)) -gt 500 ]; do
    sleep 0.1
done
kill "$emulator" || true
wait "$emulator" || true
grep -q "^fault: pc $address, lr [0-9a-f]*, cfsr 00010000" text ||
    fail "$(cat text)"
