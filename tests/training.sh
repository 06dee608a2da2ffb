# training.sh - what tests of training begin with: clips of speech and noise,
# and nets that are trained in no time.

# voice WAV HZ TREMOLO_HZ: 2 s that stand for speech, a warble with pauses.
voice()
{
    sox -R -n -r 16000 -c 1 -b 16 "$1" synth 2 sawtooth "$2" tremolo "$3" 100 \
        gain -6
}

# hiss WAV DB: 2 s of noise at that gain.
hiss()
{
    sox -R -n -r 16000 -c 1 -b 16 "$1" synth 2 pinknoise gain "$2"
}

# make_clips [HZ [NOISE_DB]]: speech/1.wav, a voice of that pitch, and
# noise/1.wav; nn_arch is there for nets.
make_clips()
{
    need sox
    mkdir speech noise nn_arch
    voice speech/1.wav "${1:-90}" 3
    hiss noise/1.wav "${2:--6}"
}

# make_more_clips: another one of each kind.
make_more_clips()
{
    voice speech/2.wav 180 4
    hiss noise/2.wav -6
}

# lstm_net INPUTS NEURONS: the description of a net with one LSTM layer.
lstm_net()
{
    printf '%s\n' "input_neurons $1" 'layer_type lstm' "layer_neurons $2" \
        'layer_type fc' 'layer_neurons 257' 'activation sigmoid'
}

# dropout_net: that of one with context, state and dropout.
dropout_net()
{
    cat <<'END_OF_NET'
input_neurons 8
dropprob 0.1
layer_type conv1d
num_filters 6
kernel_size 3
activation tanh
dropprob 0.1
layer_type lstm
layer_neurons 5
layer_type fc
layer_neurons 257
activation sigmoid
END_OF_NET
}
