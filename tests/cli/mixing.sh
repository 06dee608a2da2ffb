# Options of mixtures: rooms, recipes and what else can be done to them.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/features.sh"

n_mixtures=6

# mix DIR OPTIONS...: in files that can be compared
mix()
{
    make_set "$@" --gzip 0
}

# same DIR DIR: how many of their mixtures are the same
same()
{
    n=0
    for file in "$1"/*.tfrecord; do
        ! cmp -s "$file" "$2/${file##*/}" || n=$((n + 1))
    done
    echo $n
}

# refuse_option REGEX OPTIONS...: one line
refuse_option()
{
    refuse 2 "$1" -s x -n y -o z "${@:2}"
}

mix plain

# ---- rooms ---------------------------------------------------------------
mix rooms -j 1 --reverb 0.5 --rooms 8
grep -qx 'se-features: 8 room responses' stderr || fail "$(cat stderr)"
mix again -j 3 --reverb 0.5 --rooms 8 --rt60 0.2:1
diff -r rooms again || fail 'rooms depend on threads'
n=$(same plain rooms)
[ "$n" -gt 0 ] && [ "$n" -lt 6 ] || fail "$n of 6 mixtures are dry"
grep -q '"rt60_max":' rooms/manifest.json || fail 'rooms are not in the manifest'
mix off --reverb 0 --rt60 0.5
[ "$(same plain off)" -eq 6 ] || fail '--reverb 0 is not off'

# The whole folder of a clip stands for measured responses: it is a sound.
mix measured --rir "$clean" --reverb 1 --target dry
[ "$(same plain measured)" -eq 0 ] || fail 'measured responses are not used'
mkdir rir
echo 'no sound' >rir/bad.wav
expect 1 "$features" -s "$clean" -n "$noise" -o out --rir rir
grep -q 'none of 1 room responses can be used; the first: rir/bad.wav' stderr ||
    fail "$(cat stderr)"
expect 1 "$features" -s "$clean" -n "$noise" -o out --rir missing
grep -q 'missing: cannot open' stderr || fail "$(cat stderr)"
# The folder that was made with rooms does not go on without them.
expect 1 "$features" -s "$clean" -n "$noise" -o rooms --num 6 --seconds 1 \
    --gzip 0 --reverb 0.5 --rooms 8 --target dry
grep -q 'rooms/manifest.json: made with ' stderr || fail "$(cat stderr)"

refuse_option "--rt60: expected the smaller number first, found '1:0.5'" \
    --rt60 1:0.5
refuse_option "--rt60: expected a number from 0.05 to 5, found ''" --rt60 0.5:
refuse_option "--distance: expected a number from 0.1 to 10, found '0'" \
    --distance 0:2
refuse_option "--target: dry takes no time, found 'dry:5'" --target dry:5
refuse_option "--target: expected early, decay, dry or reverberant, found 'wet'" \
    --target wet
refuse_option "--target: expected a number from 0 to 1000, found '-1'" \
    --target early:-1
refuse_option "--reverb: expected a number from 0 to 1, found '2'" --reverb 2
refuse_option "--rooms: expected a whole number from 1" --rooms 0

# ---- as sound ------------------------------------------------------------
for threads in 1 3; do
    expect 0 "$features" --speech "$clean" --noise "$noise" --num 5 \
        --sounds sounds$threads --seconds 2 --recipe plain --snr 10 -j $threads
done
diff -r sounds1 sounds3 || fail 'sounds depend on threads'
[ "$(ls sounds1/noisy | wc -l)" -eq 5 ] || fail "$(ls -R sounds1)"
awk -F, 'NR == 1 && $0 != "id,snr_db" || NR > 1 && ($2 < 9.9 || $2 > 10.1) {
    print; bad = 1 } END { exit bad || NR != 6 }' sounds1/pairs.csv ||
    fail 'pairs.csv has other SNRs than were asked for'
expect 0 "$BIN/se-eval" --clean sounds1/clean --noisy sounds1/noisy --quick
grep -q '^snr[_db]* 10' stdout || fail "$(cat stdout)"
expect 0 "$features" -q --speech "$clean" --noise "$noise" --num 5 --seconds 2 \
    --sounds sounds3 --seed 7
rm sounds3/noisy/000004.flac
expect 1 "$features" --speech "$clean" --noise "$noise" --num 4 --seconds 2 \
    --sounds sounds3
expect_line 'sounds3/clean/000004.flac: is none of the 4 mixtures'
# A run that fails stops at once, and leaves no table of another one.
rm sounds3/clean/000000.flac
mkdir sounds3/clean/000000.flac
touch -d yesterday sounds3/*/*
expect 1 "$features" --speech "$clean" --noise "$noise" --num 5 --seconds 2 \
    --sounds sounds3 --jobs 1
expect_line 'sounds3/clean/000000.flac: cannot write: is a folder'
no_files sounds3/pairs.csv
[ "$(find sounds3/noisy -newermt '1 hour ago' -name '*.flac')" = \
    sounds3/noisy/000000.flac ] || fail "went on: $(ls -l sounds3/noisy)"

# Seen and unseen speakers and kinds are mixed apart, and scored side by side.
{
    echo path,kind,speaker
    for file in "$clean"/*; do
        echo "$file,speech,${file##*/}"
    done
    for file in "$noise"/*; do
        echo "$file,noise:${file##*/},"
    done
} >own.csv
expect 2 "$SRC/scripts/generalisation.sh" own.csv
grep -q 'scripts/generalisation.sh MANIFEST FOLDER' stderr || fail "$(cat stderr)"
N=3 LENGTH=3 SHARE=0.5 expect 0 "$SRC/scripts/generalisation.sh" own.csv sorts \
    -- --quick --csv
[ "$(grep -c '^sort,\(seen\|unseen\),3,noisy,' stdout)" -eq 2 ] ||
    fail "$(cat stdout)"
[ "$(cut -d, -f2 sorts/pairs.csv | sort | uniq -c | tr -s ' \n' ' ')" = \
    ' 3 seen 1 sort 3 unseen ' ] || fail "$(cat sorts/pairs.csv)"

# ---- the rest ------------------------------------------------------------
for option in '--clip 1' '--noise_gain 9' '--no_speech 1' '--no_noise 1' \
    '--synthetic 1 --babble 0 --synthetic_kinds hum' '--recipe plain' \
    '--noises 5 --second_noise 1' '--speed 1' '--speech_gain 9' \
    '--synthetic 1 --babble 0 --synthetic_kinds all' '--draw kind' '--draw speaker' '--vary 1' '--talker 1' \
    '--bursts 1' '--microphone 1' '--device 1' '--utterances 1' \
    '--noise_residual 0.5'; do
    rm -rf changed
    mix changed $option
    [ "$(same plain changed)" -lt 6 ] || fail "$option changes nothing"
done
babble='--babble 1 --synthetic 0 --snr=-5'
mix babble $babble
mix residual $babble --babble_residual 1
[ "$(same babble residual)" -lt 6 ] || fail '--babble_residual changes nothing'
mix default --recipe plain --recipe default
[ "$(same plain default)" -eq 6 ] || fail '--recipe default is another'
expect 0 "$features" -s "$clean" -n "$noise" -o original --num 1 \
    --recipe original
grep -q '"seconds":	25,' original/manifest.json || fail 'not 25 s'
grep -q '"utterances":	2,' original/manifest.json || fail 'not 2 utterances'

refuse_option "--recipe: expected default, plain or original, found 'best'" \
    --recipe best
refuse_option "--draw: expected clip, kind or speaker, found 'size'" \
    --draw kind,size
refuse_option "--synthetic_kinds: expected coloured, hum, .* or all, found ''" \
    --synthetic_kinds hum,
refuse_option '--gap_min 3 is above --gap_max 1.5' --gap_min 3
refuse_option "--noises: expected a whole number from 1" --noises 0

# ---- the trainer takes them too ------------------------------------------
expect 0 "$BIN/se-train" --speech "$clean" --noise "$noise" --dry_run \
    --reverb 0.5 --rooms 4 --target early:30 --clip 0.1 --batchsize 2 \
    --threads 1
grep -q '4 room responses' stderr || fail "se-train: $(cat stderr)"
