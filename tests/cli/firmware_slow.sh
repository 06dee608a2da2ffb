# make firmware: the net and what a frame takes are stated, the net is the shipped
# one, and one that the board cannot keep up with is refused but by FORCE=1.
. "$SRC/tests/emulator/lib.sh"
need make

need_firmware mps2-an386
expect 0 make -C "$SRC" firmware BUILD="$make_build" BOARD=mps2-an386
grep -q '^mps2-an386: .* by counted cycles and waits for MRAM: 28 % at 96 MHz, 15 % at 192 MHz$' \
    stdout || fail "$(tail -n 3 stdout)"
grep -q '^mps2-an386: net .*[.]safetensors$' stdout || fail 'which net?'

# tables STATUS TREE VARIABLE...: by programs that are there.
tables()
{
    expect "$1" make -C "$2" BUILD="$PWD/own" -o "$PWD/own/bin/se-convert" \
        "$PWD/own/firmware/def_nn3_se.c" "${@:3}"
}
mkdir own
ln -s "$BIN" own/bin
tables 2 "$SRC" MODEL=large
grep -q 'a frame takes 14.* % of its 10 ms on a Cortex-M4 at 96 MHz' stderr ||
    fail "$(cat stderr)"
grep -q 'BOARD_FAST=1 means 192 MHz.*FORCE=1' stderr || fail 'no way out'
no_files 'own/firmware/def_*'
tables 0 "$SRC" MODEL=middle BOARD_FLAGS='-DBOARD_FAST=1'
rm own/firmware/def_*
tables 0 "$SRC" MODEL=large BOARD_FLAGS='-DBOARD_FAST=1'
rm own/firmware/def_*
tables 0 "$SRC" MODEL=dereverb FORCE=1
rm own/firmware/def_*
tables 0 "$SRC" MODEL=middle
expect 2 make -C "$SRC" firmware MODEL=huge
expect_line 'MODEL=huge: expected small, middle, large'

# A net that was trained into the tree's models/ folder, and is better there.
mkdir -p tree/models shipped
ln -s "$SRC"/[!mb]* tree
cp -r "$SRC"/models/* tree/models
mine=tree/models/se_nn_arch72_mel
sed 's/"epoch":"[0-9]/"epoch":"9/' $mine/epoch_*.safetensors >$mine/epoch_0099.safetensors
sed '$!d; s/"epoch":[0-9]*/"epoch":99/; s/"valid_loss":[-0-9.e]*/"valid_loss":-9/' \
    $mine/history.jsonl >line
cat line >>$mine/history.jsonl
(cd tree && "$BIN/se-convert" --folder_c ../trained 2>&1) |
    grep -q '^se-convert: the net is .*epoch_0099' || fail 'the trained net is not best'
expect 0 "$BIN/se-convert" --nn_arch shipped:def_se_nn_arch72_mel.txt \
    --net_id 3 --net_name se --folder_c shipped
tables 0 "$PWD/tree" MODEL=
# nn_arch/ has the dropout of a training as well.
cmp own/firmware/def_nn3_se.c <(sed '/^ [*] dropprob/d' shipped/def_nn3_se.c) ||
    fail 'not the shipped net'
