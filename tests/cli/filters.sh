# Nets that filter over frames or look ahead (len_filter, len_lookahead), from
# training to the sound and to C tables.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips 110 -12
cat >nn_arch/def_taps.txt <<'END'
input_neurons 24
layer_type conv1d
num_filters 12
kernel_size 3
activation tanh
layer_type lstm
layer_neurons 10
layer_type fc
layer_neurons 771
activation tanh
len_filter 3
len_lookahead 1
END
{ lstm_net 24 10 && echo 'len_lookahead 2'; } >nn_arch/def_ahead.txt

# train NET OPTION...
train()
{
    net=$1
    shift
    "$BIN/se-train" -q --nn_arch "def_$net.txt" --speech speech --noise noise \
        --seconds 0.5 --epoch_hours 0.02 --babble 0 --batchsize 4 \
        --timesteps 10 --threads 2 --learning_rate 5e-3 "$@"
}

# ---- training ----------------------------------------------------------------
# learns NET LOSS
learns()
{
    rm -rf "models/$1"
    expect 0 train "$1" --num_epoch 4 --loss "$2"
    history=models/$1/history.jsonl
    sed 's/.*"valid_loss": *\([-0-9.e]*\).*/\1/' "$history" >losses
    [ "$(wc -l <losses)" -eq 4 ] || fail "history: $(cat "$history")"
    awk 'NR == 1 { first = $1 } END { exit !($1 < first) }' losses ||
        fail "$1: $2 is not learned: $(tr '\n' ' ' <losses)"
}
for net in taps ahead; do
    learns $net mse
    learns $net '0.5*cmae+sisdr'
    expect 0 train $net --num_epoch 5 --epoch_loaded latest \
        --loss '0.5*cmae+sisdr'
done
expect 0 train ahead --dry_run --overwrite
grep -q '^lookahead  *20 ms$' stdout || fail "dry run: $(cat stdout)"

# ---- enhancing ---------------------------------------------------------------
# score CLEAN ENHANCED: its line of figures, to ./score
score()
{
    expect 0 "$BIN/se-eval" --csv --clean "$1" --enhanced "$2"
    sed -n 2p stdout >score
}

sox -R -m speech/1.wav noise/1.wav -b 16 mixed.wav trim 0 25777s
sox -R mixed.wav -r 44100 -c 2 stereo.wav

# enhance NET ENGINE SOUND: lengths stay, and so do places, at other rates and
# in stereo, too.
enhance()
{
    out=$2-$3.wav
    expect 0 "$BIN/se-enhance" -q --nn_arch "def_$1.txt" --engine "$2" \
        "$3.wav" "$out"
    [ "$(soxi -s "$out")" -eq "$(soxi -s "$3.wav")" ] ||
        fail "$*: $(soxi -s "$out") samples"
    score "$3.wav" "$out"
    grep -q ',0$' score || fail "$*: $(cat score)"
}

for net in taps ahead; do
    for engine in float fixed; do
        enhance $net $engine mixed
        enhance $net $engine stereo
    done
    cmp -s mixed.wav float-mixed.wav && fail "$net: nothing was taken away"

    # A pipe, whose samples come in blocks of 10 ms.
    "$BIN/se-enhance" -v --nn_arch def_$net.txt - - <mixed.wav >piped.wav \
        2>said
    [ $net = taps ] && delay=40 || delay=50
    grep -q ", delay of $delay ms$" said || fail "$net: $(cat said)"
    sox piped.wav -t s16 piped.raw 2>stderr
    sox float-mixed.wav -t s16 whole.raw
    cmp piped.raw whole.raw || fail "$net: a pipe gives another sound"

    # Both engines say nearly the same.
    score float-mixed.wav fixed-mixed.wav
    awk -F, '{ exit !($4 > 25) }' score || fail "$net, fixed: $(cat score)"
done

# ---- tables ------------------------------------------------------------------
need "$python"

# tables NET MEMORY: compile, and give what the runtime's definition does.
tables()
{
    expect 0 "$BIN/se-convert" -q --nn_arch "def_$1.txt" --net_id 6 \
        --net_name "$1" --folder_c "$1" --golden mixed.wav --golden_frames 40
    grep -q "$2" "$1/def_nn6_$1.h" || fail "$1: memory"
    ${CC:-cc} -I"$SRC/lib" -I"$1" -c -o "$1.o" "$1/def_nn6_$1.c" ||
        fail "the tables of $1 do not compile"
    expect 0 "$python" "$SRC/tests/golden/nnsp_reference.py" \
        "$1/def_nn6_$1.c" "$1/golden_nn6_$1.h"
}
tables taps 'NNSP_TAPS_BYTES(3, 1)'
tables ahead 'NNSP_LOOKAHEAD_BYTES(2)'
