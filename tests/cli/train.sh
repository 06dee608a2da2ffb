# se-train on tiny data: what it leaves, and that a run that was interrupted, or
# killed, ends in the same bytes as one that was not.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
make_more_clips
dropout_net >nn_arch/def_tiny.txt

# train_into DIR OPTION...: 3 epochs of 360 mixtures of half a second. run=exec
# puts the program into the place of the shell, where signals reach it.
run=
train_into()
{
    dir=$1
    shift
    $run "$BIN/se-train" --nn_arch def_tiny.txt --models_dir "$dir" \
        --speech speech --noise noise --seconds 0.5 --epoch_hours 0.05 \
        --babble 0 --batchsize 4 --timesteps 25 --num_epoch 3 --threads 2 "$@"
}

# The command is part of a checkpoint: a run must go by the same name.
same_epochs()
{
    for epoch in 1 2 3; do
        cmp whole/tiny/epoch_000$epoch.safetensors \
            models/tiny/epoch_000$epoch.safetensors || fail "$1: epoch $epoch"
    done
    [ "$(cut -d, -f1-6 models/tiny/history.jsonl)" = \
        "$(cut -d, -f1-6 whole/tiny/history.jsonl)" ] || fail "$1: history"
    no_files 'models/tiny/*.tmp'
}

# ---- a run -------------------------------------------------------------------
expect 0 train_into models
grep -q '^se-train: speech: 2 clips' stderr || fail 'no word on the speech'
[ "$(grep -c '^se-train: epoch [123]: train ' stderr)" -eq 3 ] ||
    fail "no word on the epochs: $(cat stderr)"
[ "$(ls models/tiny | tr '\n' ' ')" = 'epoch_0001.safetensors '\
'epoch_0002.safetensors epoch_0003.safetensors history.jsonl '\
'state.safetensors ' ] || fail "files: $(ls models/tiny)"
[ "$(wc -l <models/tiny/history.jsonl)" -eq 3 ] || fail 'history'
grep -q '"command":"[^"]*se-train --nn_arch def_tiny.txt --models_dir models' \
    models/tiny/epoch_0003.safetensors || fail 'no command in the checkpoint'

# What was trained enhances.
expect 0 "$BIN/se-enhance" --nn_arch def_tiny.txt speech/1.wav out.wav
[ -s out.wav ] || fail 'nothing enhanced'
mv models whole

expect 0 train_into models -q
[ ! -s stderr ] || fail "-q: $(cat stderr)"
# -q is part of the command, of the same length here as nothing else is.
cmp -s whole/tiny/epoch_0003.safetensors models/tiny/epoch_0003.safetensors &&
    fail 'the command is not in the checkpoint'
rm -r models whole
expect 0 train_into models -q
mv models whole

# ---- interrupted, killed -----------------------------------------------------
# run_until DIR/tiny/FILE SIGNAL: starts a run, signals it once the file is
# there, and waits for its end.
run_until()
{
    (
        run=exec
        train_into models -q
    ) 2>stderr &
    pid=$!
    for _ in $(seq 3000); do
        [ -e "$1" ] && break
        sleep 0.01
    done
    kill -"$2" $pid 2>/dev/null || true
    status=0
    wait $pid || status=$?
}

# A shell's background job ignores SIGINT unless told otherwise.
set -m
run_until models/tiny/epoch_0001.safetensors INT
set +m
[ "$status" -eq 130 ] || fail "SIGINT: status $status"
expect_line '^se-train: stopped in epoch [23], saved: --epoch_loaded latest'
no_files 'models/tiny/*.tmp'
no_files 'models/tiny/epoch_0003*'
expect 0 train_into models -q --epoch_loaded latest
same_epochs 'after SIGINT'
rm -r models

run_until models/tiny/state.safetensors KILL
[ "$status" -eq 137 ] || fail "SIGKILL: status $status"
rm -f models/tiny/*.tmp
expect 0 train_into models --epoch-loaded=latest -q
same_epochs 'after SIGKILL'

# A run that is done stays as it is.
expect 0 train_into models -q --epoch_l latest
same_epochs 'again'

# Other mixing is refused, before the recordings are looked for; a state of before
# that was kept (here: under another name) goes on.
expect 1 train_into models -q --epoch_loaded latest --num_epoch 4 --snr 0,5 \
    --speech not/there
expect_line 'state.*: was trained on mixtures with snr_db \[-6,.*,30\], this run asks for \[0,5\]$'
expect 1 train_into models -q --epoch_loaded latest --num_epoch 4 --reverb 0.5
expect_line 'with reverb unknown, this run asks for \{.*'
expect 1 train_into models -q --epoch_loaded latest --num_epoch 4 --clip 0.25
expect_line 'with clip_chance 0[.0-9]*, this run asks for 0.25$'
cp models/tiny/state.safetensors kept
LC_ALL=C sed -i 's/"mixing":/"mixinG":/' models/tiny/state.safetensors
cmp -s kept models/tiny/state.safetensors && fail 'no mixing in the state'
expect 0 train_into models -q --epoch_loaded latest --snr 0,5
same_epochs 'of before'
mv kept models/tiny/state.safetensors

# ---- from other weights ------------------------------------------------------
expect 1 train_into models -q
expect_line 'models/tiny: holds epochs up to 3: go on with --epoch_loaded latest'
expect 1 train_into models -q --epoch_loaded 1
expect_line 'or lose those after 1 with --overwrite$'
same_epochs 'refused'
expect 0 train_into models -q --epoch_loaded 1 --overwrite --num_epoch 2
no_files 'models/tiny/epoch_0003*'
cmp whole/tiny/epoch_0001.safetensors models/tiny/epoch_0001.safetensors
[ "$(wc -l <models/tiny/history.jsonl)" -eq 2 ] || fail 'history of two'
expect 0 train_into models -q --overwrite --num_epoch 1
no_files 'models/tiny/epoch_0002*'

# Names that are not UTF-8 cannot be kept, and yet the run goes on.
latin=$(printf 'gr\374n')
mkdir "$latin"
sox -R -n -r 16000 -c 1 "$latin/room.wav" synth 0.3 whitenoise fade l 0 0.3 0.3
cp whole/tiny/epoch_0001.safetensors "$latin.st"
for more in '--num_epoch 1' '--num_epoch 2 --epoch_loaded latest'; do
    expect 0 train_into latin -q --epoch_hours 0.002 --init "$latin.st" \
        --rir "$latin" $more
done
expect 0 iconv -f utf-8 -t utf-8 latin/tiny/history.jsonl
grep -q '"init":"gr?n.st"' stdout || fail "$(cat stdout)"
rm -r latin

# ---- TFRecords ---------------------------------------------------------------
"$BIN/se-features" -q -s speech -n noise -o records --list records.txt \
    --seconds 0.5 --num 8 --babble 0
expect 0 train_into records-models -q --dry_run
grep -q '^parameters        1932$' stdout || fail "dry run: $(cat stdout)"
grep -q '^sequences         360 of 0.50 s' stdout || fail "dry run: $(cat stdout)"
grep -Eq '^data              [0-9]+ % of the time$' stdout ||
    fail "dry run: $(cat stdout)"
expect 0 train_into records-models -q --dry_run --ranks 2 --network 50,1
grep -q '^predicted for     2 ranks of 2 threads, 50 us and 1 Gbit/s' stdout ||
    fail "prediction: $(cat stdout)"
grep -Eq '^efficiency        [0-9]+ %$' stdout || fail "prediction: $(cat stdout)"
expect 2 train_into records-models --ranks 2
expect_line '--ranks predicts: expected --dry_run with it'
expect 2 train_into records-models --dry_run --ranks 1024
expect_line 'is less than --threads 2 times 1024 ranks'
expect 2 train_into records-models --dry_run --ranks 2 --network fast
expect_line "expected microseconds and gigabits a second, as in 20,10, found 'fast'"
long=1.$(printf '%040d' 0)x
expect 2 train_into records-models --dry_run --ranks 2 --network "$long,1"
expect_line "as in 20,10, found '$long,1'"
no_files records-models
expect 0 "$BIN/se-train" -q --nn_arch def_tiny.txt --models_dir records-models \
    --train_list records.txt --test_list records.txt --batchsize 4 \
    --timesteps 25 --num_epoch 2 --learning_rate 0.01
[ "$(wc -l <records-models/tiny/history.jsonl)" -eq 2 ] || fail 'records'

# ---- pairs -------------------------------------------------------------------
mkdir -p pairs/noisy pairs/clean
cp speech/*.wav pairs/clean
sox -m speech/1.wav noise/1.wav pairs/noisy/1.wav
sox -m speech/2.wav noise/2.wav pairs/noisy/2.wav trim 0 1.303
expect 0 train_into pairs-models --valid_pairs pairs --num_epoch 1
grep -Eq 'epoch 1: .*SI-SDR -?[0-9.]+ dB \(noisy -?[0-9.]+\)' stderr ||
    fail "no SI-SDR: $(cat stderr)"
