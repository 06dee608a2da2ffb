# se-train: bad input gets one clear line and the right status, and leaves
# nothing half-written.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
mkdir models

# make_net NAME LSTM_NEURONS OUTPUTS
make_net()
{
    printf '%s\n' 'input_neurons 8' 'layer_type lstm' "layer_neurons $2" \
        'layer_type fc' "layer_neurons $3" 'activation sigmoid' \
        >nn_arch/def_$1.txt
}
make_net tiny 4 257

# tiny OPTION...: one epoch of 8 mixtures of a quarter of a second.
tiny()
{
    "$BIN/se-train" -q --nn_arch def_tiny.txt --seconds 0.25 \
        --epoch_hours 0.00055 --timesteps 25 --batchsize 4 --threads 1 \
        --num_epoch 1 --babble 0 "$@"
}

# refuse STATUS REGEX OPTION...
refuse()
{
    expect "$1" tiny "${@:3}"
    expect_line "^se-train: $2"
    no_files 'models/*'
}

data='--speech speech --noise noise'

# ---- usage -------------------------------------------------------------------
refuse 2 'expected --speech and --noise, or --train_list'
refuse 2 'expected --speech and --noise, or --train_list' --speech speech
refuse 2 'expected --speech and --noise, or --train_list' --train_list x $data
refuse 2 '--train_list also needs --test_list' --train_list x
refuse 2 '--test_speech and --test_noise go together' $data --test_noise noise
refuse 2 "unexpected 'extra'" $data extra
refuse 2 "--loss: loss 'msee' is not known; known are mse, magmse, .*, tsdr, tsisdr, stoi, estoi, pmsqe$" \
    $data --loss msee
refuse 2 "--loss: loss blend: no parameter 'd'; the first is c" \
    $data --loss blend:d=1
refuse 2 '--loss: loss mse: eps=x: expected a number from 0' $data --loss mse:eps=x
refuse 2 '--learning_rate: expected a number from' $data --learning_rate -1
refuse 2 "--schedule: expected constant, cosine or plateau, found 'linear'" \
    $data --schedule linear
refuse 2 '--batchsize 4 is less than --threads 5' $data --threads 5
refuse 2 "--feat_type: expected any, mel or pspec, found 'bark'" $data --feat_type bark
refuse 2 "--snr: expected a number from -60 to 100, found ''" $data --snr 1,,2
refuse 2 '--babble 0.8 and --synthetic 0.5 add up' $data --babble .8 \
    --synthetic .5

# ---- data that is odd --------------------------------------------------------
# Files that cannot be used are named and counted; the others are trained on.
mkdir -p odd other
cp speech/1.wav odd/p225_001.wav
cp speech/1.wav other/p225_002.wav
: >odd/2.wav
expect 1 tiny --models_dir odd-models --speech odd --noise noise
grep -qx 'se-train: skipped: odd/2.wav: is empty.*' stderr &&
    grep -qx 'se-train: odd: 1 of 2 files skipped' stderr &&
    grep -qx 'se-train: done, but 1 file was skipped' stderr || fail "$(cat stderr)"
rm odd/2.wav
[ -e odd-models/tiny/best.safetensors ] || ls odd-models/tiny |
    grep -q safetensors || fail 'nothing trained'

# Validation on what is trained on is remarked upon.
expect 0 tiny --models_dir m1 --speech odd --noise noise --test_speech odd \
    --test_noise noise
grep -q 'validation speech: 1 of 1 files are trained on as well, such as odd/p225' stderr &&
    grep -q 'validation noise: 1 of 1 files' stderr || fail "$(cat stderr)"
expect 0 tiny --models_dir m2 --speech odd --noise noise --test_speech other \
    --test_noise noise
grep -q 'validation speech: 1 of its speakers are trained on as well, such as p225' stderr ||
    fail "$(cat stderr)"
rm -r odd other odd-models m1 m2

# ---- nets --------------------------------------------------------------------
refuse 1 'no.txt: no such file, nor in nn_arch/' $data --nn_arch no.txt
make_net other 4 256
refuse 1 '.*nn_arch/def_other.txt:4: the last layer gives 256' $data --nn_arch def_other.txt
sed s/8$/80/ nn_arch/def_tiny.txt >nn_arch/def_wide.txt
refuse 1 '.*nn_arch/def_wide.txt:1: input_neurons is 80, expected 1..73 for mel features$' \
    $data --nn_arch def_wide.txt
make_net misfit 4 257
sed -i 's/^activation/input_neurons 5\n&/' nn_arch/def_misfit.txt
refuse 1 '.*nn_arch/def_misfit.txt:6: fc needs 5 inputs, the layer before gives 4' \
    $data --nn_arch def_misfit.txt
make_net dropped 4 257
echo 'dropprob 0.1' >>nn_arch/def_dropped.txt
refuse 1 '.*nn_arch/def_dropped.txt:7: dropprob under the last layer is 0.1' \
    $data --nn_arch def_dropped.txt
refuse 1 '.*8.*257' $data --feat_type pspec
sed 's/^layer_type lstm/layer_type conv1d\nnum_filters 4\nkernel_size 3\n'\
'strides 2\nactivation tanh\n&/' nn_arch/def_tiny.txt >nn_arch/def_stride.txt
refuse 1 "blocks of 25 frames: expected a multiple of the net's stride, 2" \
    $data --nn_arch def_stride.txt

# ---- data --------------------------------------------------------------------
refuse 1 'no: cannot open: No such file' --speech no --noise noise
printf '# nothing\n' >empty.txt
refuse 1 'empty.txt: empty list' --speech empty.txt --noise noise
refuse 1 'empty.txt: empty list' --train_list empty.txt --test_list empty.txt
mkdir hollow
refuse 1 'hollow: no files ending in' --speech hollow --noise noise
printf 'a.wav\nb.wav\n' >dead.txt
refuse 1 'dead.txt: none of 2 files can be used; the first: a.wav: cannot open' \
    --speech speech --noise dead.txt
printf 'a.tfrecord\n' >dead.txt
refuse 1 'dead.txt: a.tfrecord: cannot open' --train_list dead.txt --test_list dead.txt
refuse 1 'mixtures of 25 frames are shorter than a block of 26' \
    $data --timesteps 26
mkdir -p pairs/noisy pairs/clean
cp speech/1.wav pairs/noisy/1.wav
cp speech/1.wav pairs/clean/2.wav
refuse 1 'pairs/clean: lacks 1 of the 1 files in pairs/noisy: 1' \
    $data --valid_pairs pairs

"$BIN/se-features" -q -s speech -n noise -o r --list r.txt --seconds 0.25 \
    --num 5 --babble 0 --gzip 0
mkdir valid
cp r/* valid
sed 's,^r/,valid/,' r.txt >valid.txt
records='--train_list r.txt --test_list valid.txt'
refuse 1 "loss 'blend' needs phases, which TFRecords of powers do not hold" \
    $records --loss blend
refuse 1 "loss 'mse\+sdr' needs phases" $records --loss mse+sdr

# A record that is damaged, or of another length, in the midst of an epoch.
damage=$(ls r/*.tfrecord | tail -n 1)
cp "$damage" whole.tfrecord
printf 'x' | dd of="$damage" bs=1 seek=9000 conv=notrunc status=none
expect 1 tiny $records --batchsize 5
expect_line "^se-train: $damage: record 0: wrong checksum of the data"
no_files 'models/tiny/*'
head -c 30000 whole.tfrecord >"$damage"
expect 1 tiny $records --batchsize 5
expect_line "^se-train: $damage: .*truncated"
no_files 'models/tiny/*'
"$BIN/se-features" -q -s speech -n noise -o long --seconds 0.5 --num 1 --babble 0
cp long/*.tfrecord "$damage"
expect 1 tiny $records --batchsize 5
expect_line "^se-train: $damage: holds more than 25 frames, expected as many as"
no_files models/tiny

# ---- folders -----------------------------------------------------------------
touch file
refuse 1 'file/models: cannot make the folder: Not a directory' \
    $data --models_dir file/models
refuse 1 '.*models/tiny/state.safetensors: nothing to go on from: No such file' \
    $data --epoch_loaded latest
refuse 1 'models/tiny: cannot open the model folder: No such file' \
    $data --epoch_loaded 3
mkdir models/tiny
expect 1 tiny $data --epoch_loaded best
expect_line 'models/tiny: no checkpoint'
rmdir models/tiny

# A disk that fills: not even a checkpoint fits, or it does and the state does
# not (5.6 and 16 kB; a block of ulimit is 1 kB).
for limit in 2 10; do
    status=0
    (
        ulimit -f $limit
        tiny $data
    ) 2>stderr || status=$?
    [ "$status" -eq 1 ] || fail "full disk: status $status"
    if [ $limit -eq 2 ]; then
        expect_line '^se-train: models/tiny/epoch_0001.safetensors: cannot write'
        no_files 'models/tiny/*'
    else
        expect_line '^se-train: models/tiny/state.safetensors: cannot write'
        no_files 'models/tiny/state*'
    fi
    no_files 'models/tiny/*.tmp'
done
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w models/tiny
    expect 1 tiny $data --overwrite
    expect_line '^se-train: models/tiny/.lock: cannot write: Permission denied'
    chmod u+w models/tiny
fi
rm -r models/tiny

# ---- a folder of another run -------------------------------------------------
expect 0 tiny $data
cp -r models before
# refuse_folder REGEX OPTION...: and the folder stays as it was.
refuse_folder()
{
    regex=$1
    shift
    expect "${refusal:-1}" tiny $data "$@"
    expect_line "^se-train: $regex"
    diff -r models before || fail "changed by: $*"
}
refuse_folder 'models/tiny: holds epochs up to 1: go on with --epoch_loaded latest'
# Killed between the first checkpoint and the first state.
mv models/tiny/state.safetensors .
rm -r before
cp -r models before
refuse_folder 'models/tiny: holds epochs up to 1, but no state to go on from: .*--epoch_loaded 1, or lose .* with --overwrite'
refuse_folder 'models/tiny/state.safetensors: nothing to go on from' \
    --epoch_loaded latest
mv state.safetensors models/tiny
rm -r before
cp -r models before

# Numbers of a state that cannot be.
"$python" - models/tiny/state.safetensors <<'END' || fail 'no states to try'
"""Writes states of which one number each is wrong, of the same length."""
import json, os, struct, sys

data = open(sys.argv[1], "rb").read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + length])
numbers = header["__metadata__"]["state"].split()
os.mkdir("states")
wrong = ["-0x1p+0", "nan", "0x1p+62", "inf", "0x1.8p+0"]
for i in range(len(numbers)):
    for j, value in enumerate(wrong):
        if i in (3, 6) and value in ("-0x1p+0", "0x1p+62", "0x1.8p+0"):
            continue  # a loss may be so
        if i in (4, 5) and value in ("0x1.8p+0",) or (i == 6 and value == "inf"):
            continue  # frames and seconds may be; there is no best loss yet
        text = " ".join(numbers[:i] + [value] + numbers[i + 1 :]) + " "
        header["__metadata__"]["state"] = text
        bytes_ = json.dumps(header, separators=(",", ":")).encode()
        bytes_ += b" " * (-len(bytes_) % 8)
        with open(f"states/{i}-{j}", "wb") as out:
            out.write(struct.pack("<Q", len(bytes_)) + bytes_ + data[8 + length :])
END
need "$python"
for state in states/*; do
    cp "$state" models/tiny/state.safetensors
    expect 1 tiny $data --epoch_loaded latest --num_epoch 2
    expect_line '^se-train: models/tiny/state.safetensors: .*damaged$'
done
cp before/tiny/state.safetensors models/tiny
diff -r models before || fail 'a wrong state changes the folder'

# One run a folder.
exec 9>models/tiny/.lock
printf 'process 123 on somewhere' >&9
flock 9
expect 1 tiny $data --overwrite
expect_line '^se-train: models/tiny: in use by process 123 on somewhere$'
exec 9>&-
rm models/tiny/.lock
ln -s "$PWD/planted" models/tiny/.lock
expect 1 tiny $data --overwrite
expect_line '^se-train: models/tiny/.lock: '
[ ! -e planted ] || fail 'a link in the place of the lock was followed'
rm models/tiny/.lock
echo 'notes of mine' >models/tiny/.lock
expect 1 tiny $data --overwrite
expect_line '^se-train: models/tiny/.lock: is in the way'
[ "$(cat models/tiny/.lock)" = 'notes of mine' ] || fail 'a file was written to'
rm models/tiny/.lock
diff -r models before || fail 'a lock changes the folder'

refuse_folder 'models/tiny: no epoch 3, expected best, latest or one of 1' \
    --epoch_loaded 3
refusal=2 refuse_folder "epoch is 'last', expected best, latest or one of 1" \
    --epoch_loaded last
refuse_folder "models/tiny/state.safetensors: was trained with seed '1', this run asks for '2'" \
    --epoch_loaded latest --seed 2
refuse_folder ".*was trained with loss 'mse', this run asks for 'blend'" \
    --epoch_loaded latest --loss blend

# A history of which a run that goes on would lose a line.
for epoch in latest 1; do
    sed '1i {"epoch":1,"valid' before/tiny/history.jsonl >models/tiny/history.jsonl
    rm -r before
    cp -r models before
    refuse_folder 'models/tiny/history.jsonl:1: expected a JSON object with an epoch' \
        --epoch_loaded $epoch --overwrite
    sed -i 1d models/tiny/history.jsonl before/tiny/history.jsonl
done

make_net tiny 5 257
refuse_folder 'models/tiny/state.safetensors: layer 1 is lstm 4.*, expected lstm 5' \
    --epoch_loaded latest
refuse_folder 'models/tiny/epoch_0001.safetensors is not the net of .*layer 1 is lstm 4.*, expected lstm 5' \
    --epoch_loaded 1 --overwrite
make_net tiny 4 257
head -c 5000 before/tiny/epoch_0001.safetensors \
    >models/tiny/epoch_0001.safetensors
expect 1 tiny $data --epoch_loaded 1
expect_line '^se-train: models/tiny/epoch_0001.safetensors: '
