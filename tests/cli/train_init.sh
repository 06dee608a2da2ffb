# Fine-tuning: a run that begins with the weights of another, some of whose
# layers stay as they are.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
mkdir mine
sox -R -n -r 16000 -c 1 -b 16 mine/1.wav synth 2 brownnoise gain -3

# make_net NAME LSTM_NEURONS INPUTS
make_net()
{
    printf '%s\n' "input_neurons $3" 'layer_type conv1d' 'num_filters 6' \
        'kernel_size 3' 'activation tanh' 'layer_type lstm' \
        "layer_neurons $2" 'layer_type fc' 'layer_neurons 257' \
        'activation sigmoid' >"nn_arch/def_$1.txt"
}
make_net tiny 5 8
make_net tuned 5 8

# train NET OPTION...: epochs of 8 mixtures of half a second.
train()
{
    net=$1
    shift
    "$BIN/se-train" -q --nn_arch "def_$net.txt" --speech speech \
        --seconds 0.5 --epoch_hours 0.00111 --babble 0 --batchsize 4 \
        --timesteps 25 --threads 2 "$@"
}

# The arrays of a checkpoint, sorted by name: two statistics of 8, then layer
# after layer 150, 240 and 1542 weights.
arrays()
{
    tail -c 7792 "$1"
}
# layer N CHECKPOINT
layer()
{
    case $1 in
    1) arrays "$2" | tail -c +65 | head -c 600 ;;
    2) arrays "$2" | tail -c +665 | head -c 960 ;;
    3) arrays "$2" | tail -c 6168 ;;
    esac
}
# same NAME FILE OTHER: their contents, by commands, are the same.
same()
{
    [ "$($2 | md5sum)" = "$($3 | md5sum)" ]
}

expect 0 train tiny --noise noise --num_epoch 3
first=models/tiny/epoch_0003.safetensors
[ "$(arrays $first | wc -c)" -eq 7792 ] || fail 'size of the arrays'

# ---- the start ---------------------------------------------------------------
# Next to no rate: weights and statistics are those of the start, though the
# noise, the loss and the schedule are others.
expect 0 train tuned --noise mine --init $first --num_epoch 2 \
    --learning_rate 0 --schedule constant --loss blend
for epoch in 1 2; do
    same start "arrays $first" "arrays models/tuned/epoch_000$epoch.safetensors" ||
        fail "epoch $epoch: not the arrays of the start"
done
no_files 'models/tuned/epoch_0003*'
grep -q "\"command\":\"[^\"]*--init $first" \
    models/tuned/epoch_0001.safetensors || fail 'no --init in the checkpoint'
[ "$(grep -c "\"init\":\"$first\"" models/tuned/history.jsonl)" -eq 2 ] ||
    fail "history: $(cat models/tuned/history.jsonl)"
grep -q init models/tiny/history.jsonl && fail 'init where there was none'

# The name of a folder stands for its best checkpoint.
best=$(sed -n 's/.*"epoch":\([0-9]*\),.*"best":true.*/\1/p' \
    models/tiny/history.jsonl | tail -n 1)
expect 0 train tuned --noise mine --init tiny --num_epoch 1 --overwrite
grep -q "\"init\":\"./models/tiny/epoch_000$best.safetensors\"" \
    models/tuned/history.jsonl || fail "best: $(cat models/tuned/history.jsonl)"
same trained "arrays models/tiny/epoch_000$best.safetensors" \
    'arrays models/tuned/epoch_0001.safetensors' && fail 'nothing was trained'

# A net that looks ahead has the same weights as one that does not.
cp nn_arch/def_tuned.txt nn_arch/def_ahead.txt
echo 'len_lookahead 2' >>nn_arch/def_ahead.txt
start="--noise mine --init $first --learning_rate 0 --schedule constant"
expect 0 train ahead $start --num_epoch 1
same start "arrays $first" 'arrays models/ahead/epoch_0001.safetensors' ||
    fail 'len_lookahead 2: not the arrays of the start'
expect 0 "$BIN/se-train" --nn_arch def_ahead.txt --speech speech --noise mine \
    --init $first --overwrite --dry_run
grep -q "the weights of $first: of len_lookahead 0, now 2$" stderr ||
    fail "len_lookahead 2: $(cat stderr)"
sed -i '$s/2/1/' nn_arch/def_ahead.txt
expect 1 train ahead $start --num_epoch 2 --epoch_loaded latest
expect_line 'state.safetensors: len_lookahead is 2, expected 1$'

# ---- layers that stay --------------------------------------------------------
for freeze in 1,2 2-3 1,3; do
    expect 0 train tuned --noise mine --init $first --freeze $freeze \
        --num_epoch 2 --overwrite
    for n in 1 2 3; do
        moved=1
        same layer "layer $n $first" \
            "layer $n models/tuned/epoch_0002.safetensors" && moved=0
        case $freeze in
        1,2) expected=$((n == 3)) ;;
        2-3) expected=$((n == 1)) ;;
        1,3) expected=$((n == 2)) ;;
        esac
        [ $moved -eq $expected ] || fail "--freeze $freeze: layer $n"
    done
done
expect 0 train tuned --noise mine --init $first --freeze 1 --dry_run
grep -q '^layer 1  *conv1d, 8 to 6, 150 parameters, frozen$' stdout ||
    fail "dry run: $(cat stdout)"
grep -q '^layer 2  *lstm, 6 to 5, 240 parameters$' stdout ||
    fail "dry run: $(cat stdout)"

# ---- going on ----------------------------------------------------------------
tune='--noise mine --schedule constant --init models/tiny --freeze 1'
expect 0 train tuned $tune --num_epoch 3 --overwrite
mv models/tuned whole
expect 0 train tuned $tune --num_epoch 1
expect 0 train tuned $tune --num_epoch 3 --epoch_loaded latest
same resumed 'arrays whole/epoch_0003.safetensors' \
    'arrays models/tuned/epoch_0003.safetensors' || fail 'another way'
expect 1 train tuned --init models/tuned/epoch_0001.safetensors \
    --epoch_loaded latest
expect_line "state.safetensors: was trained with init 'models/tiny/epoch_000$best.safetensors', this run asks for 'models/tuned/epoch_0001.safetensors'$"
expect 1 train tuned $tune,2 --num_epoch 3 --epoch_loaded latest
expect_line "was trained with freeze '1', this run asks for '1,2'$"
expect 1 train tuned ${tune/mine/noise} --num_epoch 3 --epoch_loaded latest
expect_line "with noise '1 clips, .*', this run asks for '1 clips, .*'$"
expect 1 train tiny $tune --num_epoch 4 --epoch_loaded latest
expect_line "models/tiny/state.*: was trained with init 'none', this run asks"

# ---- what does not fit -------------------------------------------------------
# refuse STATUS REGEX NET OPTION...
refuse()
{
    expect "$1" train "${@:3}" --noise mine
    expect_line "^se-train: $2"
    no_files 'models/new*'
}
make_net new 6 8
refuse 1 "$first is not the net of def_new.txt: layer 2 is lstm 5.*, expected lstm 6" \
    new --init $first
make_net new 5 9
refuse 1 "$first is not the net of .*: input_neurons is 8, expected 9" \
    new --init $first
make_net new 5 8
refuse 1 'none: no such file or folder, nor in models/|none: no such file' \
    new --init none
refuse 1 'nn_arch/def_tiny.txt: ' new --init nn_arch/def_tiny.txt
refuse 1 './speech: no checkpoint' new --init ./speech
refuse 1 'models/tiny/state.safetensors: ' new \
    --init models/tiny/state.safetensors
head -c 5000 $first >half.safetensors
refuse 1 'half.safetensors: ' new --init half.safetensors
refuse 2 '--init begins with epoch 1: expected no --epoch_loaded best' \
    new --init $first --epoch_loaded best
refuse 2 '--freeze keeps weights that are trained: expected --init or' \
    new --freeze 1
for layers in 0 17 x 1, 2-1 1-; do
    refuse 2 "--freeze: expected layers from 1 to 16, as in 1,3-4, found '$layers'" \
        new --init $first --freeze $layers
done
refuse 1 '--freeze: def_new.txt has layers 1 to 3$' new --init $first --freeze 4
refuse 1 '--freeze: all 3 layers of def_new.txt, expected one to train' \
    new --init $first --freeze 1-3

# Into the folder that it comes from: not by accident.
expect 1 train tiny --noise mine --init tiny
expect_line 'models/tiny: holds epochs up to 3: '
