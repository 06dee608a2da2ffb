# Where the mean and deviation of the features are from: beside the records,
# from a named file, or taken anew.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
lstm_net 72 4 >nn_arch/def_tiny.txt
"$BIN/se-features" -q -s speech -n noise -o records --list records.txt \
    --seconds 0.5 --num 8 --babble 0
[ -s records/statistics.json ] || fail 'no statistics beside the records'
# Those of louder records, to tell them from what the records themselves give.
"$BIN/se-features" -q -s speech -n noise -o loud --seconds 0.5 --num 8 \
    --babble 0 --peak_min 0.9 --peak_max 0.95 --snr 20
cp loud/statistics.json loud.json

# train NAME OPTION...: a run of one epoch in folder NAME.
train()
{
    folder=$1
    shift
    "$BIN/se-train" -q --nn_arch def_tiny.txt --models_dir "$folder" \
        --batchsize 4 --timesteps 25 --num_epoch 1 --threads 1 "$@"
}
from_records()
{
    folder=$1
    shift
    train "$folder" --train_list records.txt --test_list records.txt "$@"
}
from_mixtures()
{
    folder=$1
    shift
    train "$folder" --speech speech --noise noise --seconds 0.5 \
        --epoch_hours 0.002 --babble 0 "$@"
}
# Inverse deviation and mean of 72 features: the first of 2573 numbers.
statistics()
{
    tail -c $((4 * (144 + 16 * 77 + 5 * 257))) "$1/tiny/epoch_0001.safetensors" |
        head -c 576 | md5sum
}

expect 0 from_records beside
expect 0 from_records named --statistics loud.json
expect 0 from_mixtures mixed --statistics loud.json
[ "$(statistics named)" != "$(statistics beside)" ] || fail 'not those named'
[ "$(statistics named)" = "$(statistics mixed)" ] || fail 'not those of the file'

cp loud.json records/statistics.json
expect 0 from_records found
expect 0 from_records anew --statistics none
[ "$(statistics found)" = "$(statistics named)" ] || fail 'not those beside'
[ "$(statistics anew)" != "$(statistics named)" ] || fail 'not taken anew'

echo '{}' >empty.json
for more in '' --dry_run; do
    expect 1 from_mixtures bad --statistics missing.json $more
    expect_line '^se-train: .*missing\.json: '
    expect 1 from_mixtures bad --statistics empty.json $more
    expect_line '^se-train: .*empty\.json: '
done

# Those beside are not wanted if they are of other features, but if damaged they
# are missed.
lstm_net 40 4 >nn_arch/def_other.txt
expect 0 from_records other --nn_arch def_other.txt
head -c 3000 loud.json >records/statistics.json
expect 1 from_records bad
grep -q '^se-train: records/statistics.json: ' stderr || fail "$(cat stderr)"
expect 0 from_records other --epoch_loaded latest --nn_arch def_other.txt
no_files 'bad/tiny/*'
