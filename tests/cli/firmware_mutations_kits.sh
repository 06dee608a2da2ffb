# One wrong value at a time in the numbers of each kit: the emulated Apollo4s
# notice each.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
make_sound 0.2
"$python" "$SRC/tests/emulator/mutations/mutate.py" "$SRC" "$build" sound.wav \
    kits || fail 'a wrong value passes'
