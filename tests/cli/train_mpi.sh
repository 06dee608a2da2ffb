# Many processes that train one net: the same loss as one process, the end of
# one is the end of all, and different data are refused.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
make_more_clips
dropout_net >nn_arch/def_tiny.txt

# What mpirun starts: 2 epochs of 72 mixtures. Leaves its number for kill.
cat >train <<'END_OF_TRAIN'
#!/bin/sh
dir=$1
shift
echo $$ >pid.${OMPI_COMM_WORLD_RANK:-0}
exec "$BIN/se-train" -q --nn_arch def_tiny.txt --models_dir "$dir" \
    --speech speech --noise noise --seconds 0.5 --epoch_hours 0.01 \
    --babble 0 --batchsize 8 --timesteps 50 --num_epoch 2 "$@"
END_OF_TRAIN
chmod +x train

if ! readelf -d "$BIN/se-train" | grep -q 'NEEDED.*libmpi'; then
    expect 1 env OMPI_COMM_WORLD_SIZE=2 ./train models
    expect_line 'one of 2 processes, but built without MPI: install libopenmpi'
    skip 'built without MPI'
fi
need mpirun
mpirun --version | grep -q 'Open MPI' || skip 'mpirun is not that of Open MPI'

# MPI leaves memory behind; waiting ranks must leave the processors alone.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export OMPI_MCA_mpi_yield_when_idle=1

# ranks N COMMAND... run=exec puts mpirun into the place of the shell.
run=
ranks()
{
    count=$1
    shift
    $run mpirun --oversubscribe --allow-run-as-root --bind-to none \
        -n "$count" "$@"
}

# A line of ours beside what mpirun has to say.
expect_our_line()
{
    mv stderr all
    grep '^se-train: ' all >stderr || cat all >&2
    expect_line "$1"
}

# same_loss DIR OTHER: as far as numbers of 24 bits can tell.
same_loss()
{
    paste -d, "$1/tiny/history.jsonl" "$2/tiny/history.jsonl" |
        sed 's/"[a-z_]*"://g; s/[{}]//g' |
        awk -F, 'function far(a, b) { d = a - b; return d * d > 1e-10 * a * a }
            { n = NF / 2; for (i = 1; i <= 5; i++) bad += far($i, $(i + n)) }
            END { exit bad || NR < 1 }' ||
        fail "losses: $(cat "$1"/tiny/history.jsonl "$2"/tiny/history.jsonl)"
}

# ---- the loss of one process ---------------------------------------------------
expect 0 ./train one --threads 4
expect 0 ranks 4 ./train four --threads 1
[ ! -s stderr ] || fail "-q: $(cat stderr)"
[ "$(ls four/tiny | tr '\n' ' ')" = 'epoch_0001.safetensors '\
'epoch_0002.safetensors history.jsonl state.safetensors ' ] ||
    fail "files: $(ls four/tiny)"
same_loss one four
expect 0 ranks 2 ./train two --threads 2
same_loss one two

# Rows that cannot be shared out evenly, layers that stay, rounded weights.
odd='--batchsize 7 --init one/tiny --freeze 2 --quantized --loss sdr'
expect 0 ./train one-odd --threads 3 $odd
expect 0 ranks 3 ./train odd --threads 1 $odd
same_loss one-odd odd

# Records, fewer for validation than there are ranks.
"$BIN/se-features" -q -s speech -n noise -o r --list r.txt --seconds 0.5 \
    --num 9 --babble 0
head -n 2 r.txt >few.txt
cat >records <<'END_OF_RECORDS'
#!/bin/sh
dir=$1
shift
exec "$BIN/se-train" -q --nn_arch def_tiny.txt --models_dir "$dir" \
    --train_list r.txt --test_list few.txt --batchsize 4 --timesteps 50 \
    --num_epoch 2 "$@"
END_OF_RECORDS
chmod +x records
expect 0 ./records one-records --threads 3
expect 0 ranks 3 ./records records-of-three --threads 1
same_loss one-records records-of-three

# ---- stopped -------------------------------------------------------------------
# stop_by SIGNAL WHOM OPTION...: two ranks, when they have done an epoch. Sets
# status to that of mpirun.
stop_by()
{
    signal=$1 whom=$2
    shift 2
    touch started
    (run=exec ranks 2 ./train "$@") >stdout 2>stderr &
    mpirun=$!
    until [ models/tiny/state.safetensors -nt started ]; do
        kill -0 $mpirun || fail "$signal: over before it: $(cat stderr)"
        sleep 0.01
    done
    if [ "$whom" = mpirun ]; then
        kill -"$signal" $mpirun
    else
        kill -"$signal" "$(cat pid.1)"
    fi
    status=0
    wait $mpirun || status=$?
}

# More epochs than any machine does before it is stopped, and rates that do not
# depend on their number.
plateau='--threads 1 --schedule plateau'
long="$plateau --num_epoch 5000"
set -m
stop_by USR1 mpirun models $long
[ "$status" -eq 130 ] || fail "SIGUSR1: status $status"
expect_our_line '^se-train: stopped in epoch [0-9]*, saved: --epoch_loaded latest'
export OMPI_MCA_odls_base_sigkill_timeout=3
stop_by INT mpirun models $long --epoch_loaded latest
unset OMPI_MCA_odls_base_sigkill_timeout
set +m
[ "$status" -ne 0 ] || fail 'SIGINT: status 0'
# mpirun may lose the last line of a job that it ends.
grep '^se-train: ' stderr | grep -v 'stopped in epoch [0-9]*, saved: ' &&
    fail "SIGINT: $(cat stderr)"
no_files 'models/tiny/*.tmp'

# A rank that is killed ends the run; the folder is whole.
stop_by KILL rank models $long --epoch_loaded latest
[ "$status" -ne 0 ] || fail 'SIGKILL: status 0'
rm -f models/tiny/*.tmp
enough=$(($(wc -l <models/tiny/history.jsonl) + 2))
long="$plateau --num_epoch $enough"
expect 0 ranks 2 ./train models $long --epoch_loaded latest
expect 0 ./train whole $long --threads 2
last=$(printf 'epoch_%04d.safetensors' $enough)
tail -c 7792 "whole/tiny/$last" >weights
tail -c 7792 "models/tiny/$last" | cmp - weights ||
    fail 'not the weights of one process without a stop'
expect 1 ranks 3 ./train models $long --epoch_loaded latest
expect_our_line "trained with threads '1 on each of 2 ranks', this run asks for '1 on each of 3 ranks'"

# ---- what does not fit ---------------------------------------------------------
expect 2 ranks 2 ./train bad --loss msee
expect_our_line "^se-train: --loss: loss 'msee' is not known"
expect 2 ranks 3 ./train bad --threads 3
expect_our_line '--batchsize 8 is less than --threads 3 times 3 ranks'
expect 1 ranks 2 ./train bad --speech no
expect_our_line '^se-train: no: cannot open'

# Rank 1 sees a folder of its own.
mkdir elsewhere
cp -r speech noise nn_arch elsewhere
cat >apart <<END_OF_APART
#!/bin/sh
[ "\$OMPI_COMM_WORLD_RANK" -eq 0 ] || cd elsewhere
exec '$PWD/train' "\$@"
END_OF_APART
chmod +x apart
refuse_apart()
{
    expect 1 ranks 2 ./apart bad --threads 1
    expect_our_line "$1"
    no_files 'bad*'
    no_files 'elsewhere/bad*'
}
rm elsewhere/speech/2.wav
refuse_apart '^se-train: rank 1 on .*: --speech is 1 clips of 2.00 s, checksum .*, rank 0 on .* has 2 clips of 4.00 s'
cp speech/2.wav elsewhere/speech
sox -R -n -r 16000 -c 1 -b 16 elsewhere/noise/2.wav synth 2 whitenoise gain -6
refuse_apart ': --noise is 2 clips of 4.00 s, checksum '
cp noise/2.wav elsewhere/noise
sed -i 's/layer_neurons 5/layer_neurons 4/' elsewhere/nn_arch/def_tiny.txt
refuse_apart 'rank 1 on .*: the net is '
