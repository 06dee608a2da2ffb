# Nets whose outputs leave 0..1: trained, and enhancing alike in float and in
# integers.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips 110 -12
sox -R -m speech/1.wav noise/1.wav -b 16 mixed.wav

# net ACTIVATION LINE...
net()
{
    printf '%s\n' 'input_neurons 24' 'layer_type conv1d' 'num_filters 12' \
        'kernel_size 3' 'activation tanh' 'layer_type lstm' \
        'layer_neurons 10' 'layer_type fc' 'layer_neurons 257' \
        "activation $1" >nn_arch/def_mask.txt
    shift
    printf '%s\n' "$@" >>nn_arch/def_mask.txt
}

check()
{
    rm -rf models
    net "$@"
    expect 0 "$BIN/se-train" -q --nn_arch def_mask.txt --speech speech \
        --noise noise --seconds 0.5 --epoch_hours 0.02 --babble 0 \
        --batchsize 4 --timesteps 10 --threads 2 --learning_rate 5e-3 \
        --num_epoch 3
    sed 's/.*"valid_loss": *\([-0-9.e]*\).*/\1/' models/mask/history.jsonl \
        >losses
    awk 'NR == 1 { first = $1 } END { exit !(NR == 3 && $1 < first) }' losses ||
        fail "$1 is not learned: $(tr '\n' ' ' <losses)"
    for engine in float fixed; do
        expect 0 "$BIN/se-enhance" -q --nn_arch def_mask.txt \
            --engine $engine mixed.wav $engine.wav
    done
    cmp -s mixed.wav float.wav && fail "$1: nothing was taken away"
    expect 0 "$BIN/se-eval" --csv --clean float.wav --enhanced fixed.wav
    sed -n 2p stdout | awk -F, '{ exit !($4 > 25) }' ||
        fail "$1: fixed: $(cat stdout)"
}
check tanh
check linear
check relu6
check sigmoid 'scalar_output 1.5'
