# One wrong value in the analogue input's set-up at a time: the emulated Apollo4
# notices each.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
make_sound 0.2
"$python" "$SRC/tests/emulator/mutations/mutate.py" "$SRC" "$build" sound.wav \
    analogue || fail 'a wrong value passes'
