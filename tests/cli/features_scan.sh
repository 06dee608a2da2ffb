# se-features: manifests of sound files, made and used.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/features.sh"

clip=$(ls "$SRC"/test_wavs/clean/*.wav | head -n 1)

# Three speakers of LibriSpeech's layout, one of VCTK's, two of folders.
for name in LS/dev/84/121123/84-121123-0000 LS/dev/84/121123/84-121123-0001 \
    LS/dev/174/1/174-1-0 LS/dev/251/2/251-2-7 vctk/p226_001_mic1 \
    own/alice/one own/alice/two own/bob/one; do
    mkdir -p "$(dirname $name)"
    cp "$clip" $name.wav
done
mkdir -p noise/street
cp "$clip" noise/street/a.wav
cp "$clip" noise/street/b.wav

expect 0 "$features" --scan LS --scan vctk --scan own -o speech.csv \
    --split 60:20:20 --seed 3
head -n 1 speech.csv |
    grep -qx 'path,kind,seconds,rate,channels,speaker,set,split' ||
    fail "header: $(head -n 1 speech.csv)"
[ "$(wc -l <speech.csv)" -eq 9 ] || fail "lines: $(cat speech.csv)"
grep -Eq '^own/alice/one.wav,speech,[0-9.]+,16000,1,alice,own,(train|valid|test)$' \
    speech.csv || fail "entry: $(cat speech.csv)"
# 6 speakers, each in one split; every split has one.
tail -n +2 speech.csv | awk -F, '{ print $6 "," $8 }' | sort -u >owners
[ "$(wc -l <owners)" -eq 6 ] || fail "a speaker is in two splits: $(cat owners)"
[ "$(cut -d, -f2 owners | sort -u | wc -l)" -eq 3 ] || fail "splits: $(cat owners)"
expect 0 "$features" -q --scan LS --scan vctk --scan own -o again.csv \
    --split 60:20:20 --seed 3
cmp speech.csv again.csv || fail 'the same seed splits otherwise'

expect 0 "$features" -q --scan noise --kind noise --set town -o noise.csv
grep -q '^noise/street/a.wav,noise:town,.*,,town,$' noise.csv ||
    fail "noise: $(cat noise.csv)"
expect 0 "$features" -q --scan own --speaker '^[^/]*/(.)' -o letters.csv
[ "$(tail -n +2 letters.csv | cut -d, -f6 | tr -d '\n')" = oto ] ||
    fail "pattern: $(cat letters.csv)"

# ---- used ----------------------------------------------------------------
n=$(grep -c ',train$' speech.csv)
expect 0 "$features" -q -s speech.csv:split=train -n noise.csv -o a --num 1 \
    --seconds 1
grep -A 1 '"name":.*speech.csv' a/manifest.json | grep -q "\"clips\":.$n," ||
    fail "split: $(cat a/manifest.json)"
tail -n +2 noise.csv | cat speech.csv - >all.csv
sed 's/,$/,train/' all.csv >whole.csv

# So many of the speech, once with each type of noise.
sed 's/noise:town/noise:country/; s/street/field/' noise.csv | tail -n +2 |
    sed 's/,$/,train/' | cat whole.csv - >types.csv
mkdir -p noise/field
cp noise/street/* noise/field
for size in 1 2 -1; do
    expect 0 "$features" -q -s whole.csv -n types.csv --split_use train \
        -o "size$size" --seconds 0.5 --datasize_noise $size
done
speech_clips()
{
    grep -A 1 '"name":.*whole.csv' "$1/manifest.json" | grep -o '"clips":.[0-9]*'
}
[ "$(speech_clips size1)" = '"clips":	1' ] || fail "$(speech_clips size1)"
[ "$(speech_clips size2)" = '"clips":	2' ] || fail "$(speech_clips size2)"
mixtures()
{
    ls "$1"/*.tfrecord | wc -l
}
[ $(($(mixtures size1) % 2)) -eq 0 ] &&
    [ "$(mixtures size1)" -lt "$(mixtures size2)" ] &&
    [ "$(mixtures size2)" -lt "$(mixtures size-1)" ] ||
    fail "mixtures: $(mixtures size1) $(mixtures size2) $(mixtures size-1)"

# ---- refused ---------------------------------------------------------------
refuse 1 '1 speakers cannot be split into 2 sets' --scan vctk -o x.csv \
    --split 1:1
refuse 1 'none: cannot open' --scan none -o x.csv
refuse 2 "--speaker '\(': not an extended regular" --scan vctk -o x.csv --speaker '('
refuse 2 '--scan own/bob is in --scan ./own: expected folders' --scan ./own \
    --scan own/bob -o x.csv
refuse 2 "--speaker 'a': expected a group" --scan vctk -o x.csv --speaker a
for kind in cat noise: speechless; do
    refuse 2 "--kind '$kind': expected speech, noise or noise:TYPE" \
        --scan vctk -o x.csv --kind $kind
done
refuse 1 'none/x.csv: cannot write: No such file' --scan vctk -o none/x.csv
refuse 2 '--split_use: neither --speech nor --noise is a manifest' \
    -s vctk -n noise --split_use train -o x
refuse 1 'speech.csv: nothing in it with kind=noise' -s speech.csv \
    -n speech.csv -o x
refuse 1 'speech.csv:tone=high.*: expected COLUMN=VALUE' \
    -s speech.csv:tone=high -n noise.csv -o x
refuse 2 '--scan needs --output' --scan vctk
refuse 2 '--scan and --speech exclude each other' --scan vctk -o x.csv -s y
refuse 2 '--split needs --scan' --split 1:1 -s x -n y -o z
long=1.$(printf '%040d' 0)
for split in 0:1 a 1 1:2:3:4 1: 1:2: 1,2 -1:2 "${long}x:1"; do
    refuse 2 '--split: expected shares such as 80:20' --scan vctk -o x.csv \
        --split=$split
done
refuse 2 '--datasize_noise: expected' -s x -n y -o z --datasize_noise 0
no_files x.csv
echo 'no sound' >own/bob/bad.wav
expect 1 "$features" -q --scan own -o part.csv
[ "$(wc -l <stderr)" -eq 3 ] && grep -q 'skipped: own/bob/bad.wav: ' stderr &&
    grep -qx 'se-features: own: 1 of 4 files skipped' stderr ||
    fail "skipped: $(cat stderr)"
[ "$(wc -l <part.csv)" -eq 4 ] || fail "without the bad one: $(cat part.csv)"
expect 1 "$features" -q --scan own -o strict.csv --strict
grep -qx 'se-features: --strict: nothing written' stderr || fail "$(cat stderr)"
no_files strict.csv
printf 'path,kind\na.wav\n' >short.csv
refuse 1 'short.csv: record 2: other columns, expected 2' -s short.csv \
    -n noise.csv -o x
