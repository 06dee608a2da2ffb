# From public data sets to a net, with nothing named on the way: loaded, split
# by speaker, mixed, trained, gone on with.
. "$SRC/tests/sets.sh"

features=$BIN/se-features
train()
{
    "$BIN/se-train" --threads 2 "$@"
}

serve_sets
mkdir work
cd work
log=../log

# ---- nothing without agreement ----------------------------------------------
expect 2 "$features" --download=1
expect_line '^se-features: --accept_licences is missing: 7 data sets to agree to'
expect 2 "$features" --download=1 --load_only -o x
expect_line 'load_only and --output exclude each other'
expect 1 "$features" --download=0
expect_line 'wavs: no data set with speech .--download 1 fetches some'
no_files '*_*'
no_files data
expect 2 train
expect_line 'expected --speech and --noise, or --train_list .*, or data/train_tfrec'

# ---- loaded, listed, split, mixed --------------------------------------------
expect 0 "$features" --download=1 --dataset_noise=30000 --accept_licences -q
for kind in speech noise; do
    [ "$(cut -d, -f8 data/$kind.csv | sort -u | grep -v voices |
        tr '\n' ' ')" = 'split test train ' ] ||
        fail "$kind: $(cat data/$kind.csv)"
done
tail -n +2 data/speech.csv | cut -d, -f6,8 | sort -u | cut -d, -f1 | uniq -d |
    grep . && fail 'a speaker is in two splits'
[ "$(tail -n +2 data/speech.csv | wc -l)" -eq 12 ] || fail "$(cat data/speech.csv)"
[ "$(tail -n +2 data/noise.csv | wc -l)" -eq 24 ] || fail "$(cat data/noise.csv)"
! grep -q 'librivox\|RIRS' data/*.csv || fail 'not noise'
grep voices data/noise.csv >voices
cut -d, -f1,8 voices | grep -qx '.*/64671.wav,voices' &&
    [ "$(wc -l <voices)" -eq 1 ] || fail "voices: $(cat voices)"
for set in train test; do
    # Four types of noise, the speech once with each: 25 s hold all of it.
    [ "$(wc -l <data/${set}_tfrecords_se.csv)" -eq 4 ] ||
        fail "$set: $(cat data/${set}_tfrecords_se.csv)"
    while read -r record; do
        [ -s "$record" ] || fail "no $record"
    done <data/${set}_tfrecords_se.csv
    n=$(grep -c "speech.*,$set\$" data/speech.csv)
    grep -A 1 'speech.csv' tfrecords/$set/manifest.json |
        grep -q "\"clips\":.$n," || fail "$(cat tfrecords/$set/manifest.json)"
done

# Once more there is nothing to do, and nothing to agree to.
: >../log
find . -type f ! -name '*.json' ! -name '*.csv' ! -name std\* |
    sort | xargs sha256sum >../before
expect 0 "$features" --download=1 --dataset_noise=30000
[ "$(grep -c '4 mixtures of 25 s: 0 made, 4 were there' stderr)" -eq 2 ] ||
    fail "$(cat stderr)"
[ ! -s ../log ] || fail "loaded again: $(cat ../log)"
sha256sum -c --quiet ../before || fail 'made again'
expect 0 "$features" -q --download=0 --datasize_noise=5 -o few
[ "$(ls few/test/*.tfrecord | wc -l)" -eq 4 ] || fail "$(ls few/test)"
grep -q '"clips":.1,' few/test/manifest.json || fail 'not a fifth'
grep -q '"clips":.5,' few/train/manifest.json || fail 'not 5'
expect 0 "$features" -q --download=0 --dataset_noise=30000

# ---- lists of the original ----------------------------------------------------
# They name files by a layout of their own; THCHS-30 has links there.
cat >speech_se.csv <<'END'
./wavs/data_thchs30/test/D4_0.wav
./wavs/LibriSpeech/train-clean-360/106/7/106-7-0001.flac
END
printf 'wavs/noise/ESC-50-MASTER/audio/1-100031-A-0.wav\n' >noise_esc.csv
expect 0 "$features" -s speech_se.csv -n noise_esc.csv -o old --num 1
grep -q 'speech_se.csv: 2 of 2 files found elsewhere than it says' stderr ||
    fail "$(cat stderr)"
mkdir elsewhere
(cd elsewhere && expect 0 "$features" -q -s ../speech_se.csv \
    -n ../noise_esc.csv -o old --num 1)
cmp old/mix000000.tfrecord elsewhere/old/mix000000.tfrecord ||
    fail 'from another folder other files are found'

# ---- trained, stopped, gone on with -------------------------------------------
run="--epoch_loaded=random --nn_arch=nn_arch/def_se_nn_arch72_mel.txt
    --feat_type=mel --batchsize 2 --num_epoch 4 -q"
expect 0 train $run
mv models whole
set -m
"$BIN/se-train" --threads 2 $run 2>stderr &
pid=$!
for _ in $(seq 2000); do
    [ ! -e models/se_nn_arch72_mel/epoch_0001.safetensors ] || break
    sleep 0.01
done
kill -INT $pid
wait $pid || true
set +m
no_files models/se_nn_arch72_mel/epoch_0004.safetensors

# What was asked for then is asked for now, to the byte.
expect 0 train --epoch_loaded latest
cmp whole/se_nn_arch72_mel/epoch_0004.safetensors \
    models/se_nn_arch72_mel/epoch_0004.safetensors || fail 'went another way'

# What is given must be the same, or is named, or is refused.
expect 0 train --epoch_loaded=latest --learning_rate 0.001 --batchsize=4 \
    --batchsize 2 --feat_type mel
[ ! -s stderr ] || fail "$(cat stderr)"
expect 0 "$BIN/se-train" --epoch_loaded latest --num_epoch 5 --quiet=0 \
    --schedule cosine
grep -q 'goes on with --num_epoch 5, was 4$' stderr || fail "$(cat stderr)"
[ -s models/se_nn_arch72_mel/epoch_0005.safetensors ] || fail 'no fifth epoch'
expect 0 train --epoch_loaded latest --quiet=0
grep -q 'all 5 epochs are done: --num_epoch' stderr || fail "$(cat stderr)"
expect 1 train --epoch_loaded latest --seed 7
expect_line "was trained with seed '1', this run asks for '7'"
expect 1 train -q --epoch_loaded latest --speech "$SRC/test_wavs/clean" \
    --noise wavs/esc50
expect_line "was trained with sequences '4 of 2500 frames', this run asks for"

# The state of an older version does not know: then all must be given.
LC_ALL=C sed -i 's/"words":/"wordS":/' models/se_nn_arch72_mel/state.safetensors
expect 1 train -q --epoch_loaded latest
expect_line "was trained with batchsize '2', this run asks for '4'"
expect 0 train $run --num_epoch 5 --epoch_loaded latest
