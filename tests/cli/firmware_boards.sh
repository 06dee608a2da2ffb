# The other kits with an Apollo4: the same program with the numbers of each, in
# the emulator with its pads, its UART and its inputs.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
make_sound 1

for board in apollo4_blue_kbr apollo4_blue_kxr apollo4_lite; do
    variant -UBOARD_FILE -DBOARD_FILE="'\"../$board.h\"'"
    expect 0 desk_listens --quiet --frames 10 apollo4 --board $board --button 0.06 \
        --wav sound.wav --seconds 5 v.bin
    expect_reference captured.s16
    grep -q "^nnse .* on $board: net" text || fail "$board: $(cat text)"
    grep -qx 'the microphone is on the left edge' text || fail "$(cat text)"
    mv v.bin $board.bin
done

for board in apollo4_blue_kbr apollo4_blue_kxr; do
    expect 0 desk_listens --start a --frames 10 apollo4 --board $board \
        --jack sound.wav --seconds 5 $board.bin
    expect_reference captured.s16
done
printf 'aR' | apollo4 --board apollo4_lite --seconds 2 apollo4_lite.bin >text
grep -q '^error: this board has no analogue input' text || fail "$(cat text)"

# Each on another's board: pads, channel or UART do not suit.
expect 1 apollo4 --board apollo4 --seconds 1 apollo4_blue_kxr.bin
expect_line 'pad 60 is 0x3, which does not suit UART0 TX'
expect 1 apollo4 --board apollo4_lite --seconds 1 apollo4_blue_kbr.bin
expect_line 'DEVPWREN is 0x00100200 after 0x00100000'
expect 1 apollo4 --board apollo4_blue_kbr --seconds 1 apollo4_lite.bin
expect_line 'DEVPWREN is 0x00100800 after 0x00100000'

# make builds each by its name.
expect 2 make -C "$SRC" firmware BOARD=apollo5
grep -q 'expected one of apollo4 apollo4_blue_kbr apollo4_blue_kxr apollo4_lite' \
    stderr || fail "$(cat stderr)"
for board in apollo4_blue_kbr apollo4_blue_kxr apollo4_lite; do
    make -s -C "$SRC" -n BOARD=$board "$make_build/firmware/$board/nnse.bin" \
        BUILD="$make_build" >commands
    grep -q "BOARD_FILE='\"../$board.h\"'.* cmd/firmware/boards/apollo4/audadc.c" \
        commands || fail "$board is not built of its own file"
done
expect 2 make -C "$SRC" flash-apollo4 BOARD=mps2-an386
grep -q 'BOARD=mps2-an386: expected one with an Apollo4' stderr || fail "$(cat stderr)"
