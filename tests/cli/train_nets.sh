# scripts/train-nets.sh: the steps of a net in their order, each begun once, one
# history of all; what was interrupted goes on. The recipes that are shipped name
# nets, steps and options that are there.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
make_more_clips
mkdir -p corpus/train corpus/dev/pairs/noisy corpus/dev/pairs/clean
cat >corpus/train/manifest.csv <<END
path,kind,seconds,speaker
$PWD/speech/1.wav,speech,2,one
$PWD/noise/1.wav,noise:hiss,2,
../../speech/2.wav,noise:laughing,2,
END
cp speech/1.wav corpus/dev/pairs/clean
sox -m speech/1.wav noise/1.wav corpus/dev/pairs/noisy/1.wav

net=se_nn_arch72_mel
cat >recipes.csv <<END
step,net,from,teacher,epochs,rate,seed,options,loss
net-1,$net,,,2,0.001,1,--babble 0,kl+1*blend:c=0.3
net-2,$net,net-1,net-1,1,0.001,2,--babble 0 --schedule constant --speech laughter.csv --noise laughter.csv,mse
net,$net,0.25:net-1 0.75:net-2,,,,,,
END

# nets WORD...: the script, where nothing is that it may not need.
nets()
{
    env BIN="$BIN" CORPUS=corpus MODELS=nets RECIPES=recipes.csv \
        "$SRC/scripts/train-nets.sh" "$@"
}
quick='--seconds 0.5 --epoch_hours 0.0012 --batchsize 4 --timesteps 25 --rooms 2 --threads 1'

expect 2 nets
grep -q 'train-nets.sh small' stderr || fail "no usage: $(cat stderr)"
expect 2 nets net-1
expect_line "'net-1': expected one of net$"
expect 0 nets net $quick --dry_run
no_files nets

expect 0 nets net $quick
[ "$(cat stdout)" = "nets/net/mean.safetensors" ] || fail "$(cat stdout)"
[ "$(sed 's/^{"step":"\(net-.\)","epoch":\(.\),.*/\1 \2/' nets/history.jsonl |
    paste -sd ' ')" = 'net-1 1 net-1 2 net-2 1' ] || fail "$(cat nets/history.jsonl)"
grep -q "begins with the weights of .*net-1/$net/epoch_0002" stderr ||
    fail "$(cat stderr)"
grep -q "learns from .*net-1/$net/epoch_0002" stderr || fail "$(cat stderr)"
# Laughter is speech in the second step only.
[ "$(sed -n 's/.*laughter.csv: \([0-9]*\) clips.*/\1/p' stderr | paste -sd ' ')" = '7 1' ] ||
    fail "$(cat stderr)"
grep -q 'manifest.csv: 2 clips' stderr || fail "$(cat stderr)"
expect 0 "$BIN/se-enhance" -q --model nets/net/mean.safetensors speech/1.wav o.wav

# ---- done is done, and what is not goes on ------------------------------------
expect 0 nets net $quick
[ ! -s stderr ] || fail "done, and yet: $(cat stderr)"
# Killed behind a step's last epoch, it had not told of it.
mv nets/history.jsonl whole.jsonl
expect 0 nets net $quick
cmp nets/history.jsonl whole.jsonl
cp nets/net/mean.safetensors whole.safetensors
rm -r nets
# A recording that cannot be read stops no step.
echo missing.wav,speech,2,two >>corpus/train/manifest.csv
expect 1 nets net $quick
grep -q 'done, but .* skipped' stderr || fail "$(cat stderr)"
[ -e nets/net/mean.safetensors ] && [ "$(wc -l <nets/history.jsonl)" -eq 3 ] ||
    fail "$(cat stderr)"
sed -i '$d' corpus/train/manifest.csv
rm -r nets
BIN_ALL=$BIN
mkdir stopping
cat >stopping/se-train <<END
#!/bin/bash
# The first epoch of the first step, then it is stopped.
[ -e "$PWD/stopped" ] || { touch "$PWD/stopped"; set -- "\$@" --num_epoch 1; }
"$BIN_ALL/se-train" "\$@"
END
chmod +x stopping/se-train
BIN=$PWD/stopping expect 0 nets net $quick --schedule constant
no_files 'nets/net-2'
BIN=$PWD/stopping expect 0 nets net $quick --schedule constant
grep -q 'goes on with --num_epoch 2' stderr || fail "$(cat stderr)"
[ "$(wc -l <nets/history.jsonl)" -eq 3 ] || fail "$(cat nets/history.jsonl)"

# ---- the recipes that are shipped ---------------------------------------------
cp nets/laughter.csv .
while IFS=, read -r step shipped from teacher epochs _ _ options loss; do
    [ -e "$SRC/nn_arch/def_$shipped.txt" ] || fail "$step: no net $shipped"
    [ -z "$epochs" ] ||
        expect 0 "$BIN/se-train" -q --dry_run --speech speech --noise noise \
            --seconds 0.5 --batchsize 2 --timesteps 25 --threads 1 \
            --nn_arch "def_$shipped.txt" --loss "$loss" $options
    for needed in $from $teacher; do
        grep -q "^${needed#*:}," "$SRC/models/recipes.csv" ||
            fail "$step: no step $needed"
    done
done < <(tail -n +2 "$SRC/models/recipes.csv")
