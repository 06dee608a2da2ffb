# Programs that refuse their input leave no folder that they made for the output.
. "$SRC/tests/cli/lib.sh"

need sox

sox -R -n -r 16000 -c 1 in.wav synth 1 pinknoise
mkdir input hollow
mv in.wav input
echo 'no sound' >bad.wav
cp "$SRC/nn_arch/def_se_nn_arch72_mel.txt" arch.txt

# refuses PROGRAM OPTION...: with one line, and nothing new.
refuses()
{
    ls -A >before
    expect 1 "$BIN/$@"
    expect_line "^$1: "
    ls -A | diff before - || fail "left behind by $*"
}
: >before >stdout >stderr

refuses se-features -q -s hollow -n input -o new/a --sounds more/b
refuses se-features -q -s input -n bad.wav -o new
refuses se-features -q -s input -n hollow -o new --plot x.svg --list x
refuses se-train -q --nn_arch arch.txt --models_dir new --speech input --noise hollow
refuses se-train -q --nn_arch arch.txt --models_dir new \
    --train_list bad.wav --test_list bad.wav
# What the sound system's libraries leak is not counted.
ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
    refuses se-record -q -D 'no such microphone' -d 1 new/a/x.wav
refuses se-record -q --board bad.wav -o new/a

# Links that lead nowhere, and what is no folder.
ln -s round round
ln -s nowhere dangling
for place in round:'Too many levels of' dangling:'No such file'; do
    refuses se-features -q -s input -n input -o "${place%%:*}" --num 1
    expect_line "^se-features: ${place%%:*}: cannot make the folder: ${place#*:}"
done
refuses se-features -q -s input -n input -o bad.wav --num 1
expect_line '^se-features: bad.wav: is not a folder'

cat >table <<'END'
set toy
about nothing
kind noise
licence CC0
citation Somebody
unpacked 1000
folder toy/wav
archive http://127.0.0.1:9/toy.tar.gz 100 sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
END
refuses se-features -q --download 1 --dataset_table table --datasets toy \
    --data_dir new/data --accept_licences --tries 1 --stall 5

net=$(ls "$SRC"/models/se_nn_arch72_mel/*.safetensors 2>/dev/null | tail -n 1)
[ -n "$net" ] || exit 0
refuses se-enhance -q --model "$net" -o new/a bad.wav
refuses se-convert -q --model "$net" --folder_c new/a --wav bad.wav
(
    # Not a byte.
    ulimit -f 0
    "$BIN/se-convert" -q --model "$net" --folder_c new/a 2>/dev/null && exit 1
    "$BIN/se-enhance" -q --model "$net" -o new/a input/in.wav 2>/dev/null &&
        exit 1
    exit 0
) || fail 'wrote without room'
no_files new
