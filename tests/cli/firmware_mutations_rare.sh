# One wrong value at a time in what the firmware seldom does: the emulated
# Apollo4 notices each.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
make_sound 0.2
"$python" "$SRC/tests/emulator/mutations/mutate.py" "$SRC" "$build" sound.wav \
    rare || fail 'a wrong value passes'
