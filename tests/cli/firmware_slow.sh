# make firmware: what a frame takes is stated, and a net that the board cannot
# keep up with is refused but by FORCE=1.
. "$SRC/tests/emulator/lib.sh"
need make

need_firmware mps2-an386
expect 0 make -C "$SRC" firmware BUILD="$make_build" BOARD=mps2-an386
grep -q '^mps2-an386: .* by counted cycles: 26 % at 96 MHz, 13 % at 192 MHz$' \
    stdout || fail "$(tail -n 3 stdout)"

# tables STATUS VARIABLE...: of the large net, by programs that are there.
tables()
{
    expect "$1" make -C "$SRC" BUILD="$PWD/own" -o "$PWD/own/bin/se-convert" \
        MODEL="$large" "$PWD/own/firmware/def_nn3_se.c" "${@:2}"
}
large=$(cd "$SRC" && ls models/se_nn_arch256_pspec_mse/epoch_*.safetensors |
    tail -n 1)
mkdir own
ln -s "$BIN" own/bin
tables 2
grep -q 'a frame takes 17. % of its 10 ms on a Cortex-M4 at 96 MHz' stderr ||
    fail "$(cat stderr)"
grep -q 'BOARD_FAST=1 means 192 MHz.*FORCE=1' stderr || fail 'no way out'
no_files 'own/firmware/def_*'
tables 0 BOARD_FLAGS='-DBOARD_FAST=1'
rm own/firmware/def_*
tables 0 FORCE=1
