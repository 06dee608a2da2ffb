# scripts/average-nets.py: means of nets that belong together, and refusals of
# others.
. "$SRC/tests/cli/lib.sh"
need sox

average=$SRC/scripts/average-nets.py
mkdir speech noise
sox -R -n -r 16000 -c 1 -b 16 speech/1.wav synth 3 sawtooth 120 tremolo 3 100 gain -6
sox -R -n -r 16000 -c 1 -b 16 noise/1.wav synth 3 pinknoise gain -6
net()
{
    printf 'input_neurons 8\nlayer_type fc\nlayer_neurons %s\nactivation tanh\n' "$2"
    printf 'layer_type fc\nlayer_neurons 257\nactivation sigmoid\n'
} >"def_$1.txt"
train()
{
    "$BIN/se-train" -q --speech speech --noise noise --seconds 0.5 \
        --epoch_hours 0.005 --babble 0 --batchsize 4 --timesteps 25 "$@"
}
net a 6 && net b 7
train --nn_arch def_a.txt --num_epoch 2 --models_dir m --learning_rate 0.01
train --nn_arch def_b.txt --num_epoch 1 --models_dir m
one=m/a/epoch_0001.safetensors two=m/a/epoch_0002.safetensors

expect 0 "$average" half.safetensors 0.5:$one 0.5:$two
expect 0 "$average" first.safetensors 1:$one 0:$two
expect 0 "$BIN/se-enhance" -q --model half.safetensors speech/1.wav half.wav
expect 0 "$BIN/se-enhance" -q --model first.safetensors speech/1.wav first.wav
expect 0 "$BIN/se-enhance" -q --model $one speech/1.wav one.wav
expect 0 "$BIN/se-enhance" -q --model $two speech/1.wav two.wav
cmp first.wav one.wav || fail 'the mean of one net is another'
for other in one two; do
    ! cmp -s half.wav $other.wav || fail "the mean is net $other"
done

expect 1 "$average" bad.safetensors 0.5:$one 0.6:$two
expect_line 'the shares add up to 1.1, expected 1'
expect 1 "$average" bad.safetensors 0.5:$one 0.5:m/b/epoch_0001.safetensors
expect_line 'm/b/epoch_0001.safetensors: its nn_arch is another'
no_files 'bad.safetensors*'
