# se-enhance --live and --recording with the real PortAudio and ALSA, on devices
# without hardware. TEST_LONG=1: a minute of it.
# Alone: where others keep the processors, sound is lost.
. "$SRC/tests/alsa/lib.sh"

enhance=$BIN/se-enhance
seconds=${TEST_LONG:+60}
seconds=${seconds:-8}

sox -D "$SRC"/test_wavs/noisy/*.wav -r 16000 -c 1 sound.wav \
    repeat 30 trim 0 "$seconds" ||
    fail 'no sound'
sox sound.wav -t raw -e signed -b 16 sound.s16
"$python" "$SRC/tests/alsa/impulse.py" make wide.s16 48000
microphone mic sound.s16
microphone wide wide.s16 "rate 48000 began $PWD/wide.began"
microphone gone sound.s16 'gone 0.7'
loudspeaker speaker played.s16
loudspeaker wide_speaker wide_played.s16 \
    "rate 48000 began $PWD/wide_speaker.began"
clock short 'gone 0.7'
clock fast 'pace 200'

# figure NAME: the number that stands before NAME in the figures.
figure()
{
    sed -n "s/.*dropped:.* \([0-9][0-9]*\) $1.*/\1/p" stderr
}

# What is heard is what se-enhance makes of the file, from the first sample on.
"$enhance" -q sound.wav enhanced.wav
sox enhanced.wav -t raw -e signed -b 16 enhanced.s16
expect 0 "$enhance" --live -D mic -O speaker --tee tee.wav -d "$seconds"
cat stderr
grep -Eq "^se-enhance: $seconds\.0 s from mic to speaker at 16000 Hz\$" stderr ||
    fail 'no summary'
grep -Eq '^se-enhance: latency [0-9]+ ms, [0-9]+ at most: [0-9]+ of the devices, 30 of' \
    stderr || fail 'no latency'
grep -Eq '^se-enhance: load [0-9.]+ % of a core' stderr || fail 'no load'
[ "$(wc -l <stderr)" -eq 4 ] || fail 'more than four lines'
n=$(soxi -s tee.wav)
[ "$n" -eq $((seconds * 16000 - 320)) ] || fail "$n samples in the file"
# All others arrive in order, and a machine with time to spare drops few.
[ "$(figure 'frames of input')" -eq 0 ] || fail 'input was lost'
dropped=$(($(figure 'of output') + $(figure 'to keep in step')))
busy=$(awk -v n="$(nproc)" '{ print ($1 > n) }' /proc/loadavg)
[ "$busy" -eq 1 ] || [ $dropped -le $((seconds * 2)) ] ||
    fail 'too many drop-outs'
expect_samples tee.wav enhanced.s16 "$n"
"$python" "$SRC/tests/alsa/same.py" played.s16 enhanced.s16 $dropped ||
    fail 'the loudspeaker has played something else'

# In integers, and with nothing taken away.
"$enhance" -q --engine fixed sound.wav fixed.wav
sox fixed.wav -t raw -e signed -b 16 fixed.s16
expect 0 "$enhance" -q --live --engine fixed -D mic -O speaker --tee tee.wav -d 1
[ ! -s stderr ] || fail "-q says: $(cat stderr)"
expect_samples tee.wav fixed.s16 15680
expect 0 "$enhance" --live -a 0 -D mic -O speaker --tee tee.flac -d 0.5
expect_samples tee.flac sound.s16 7680

# At 48 kHz, where both can do no less: an impulse comes as late as is said.
expect 0 "$enhance" --live -D wide -O wide_speaker -a 0 -d 2.2
grep -q 'from wide to wide_speaker at 48000 Hz$' stderr || fail "$(cat stderr)"
grep -q ' 40 of net and conversion' stderr || fail "$(cat stderr)"
cat stderr
late=$("$python" "$SRC/tests/alsa/impulse.py" find wide_played.s16 48000 \
    wide.began wide_speaker.began) || fail 'no impulse'
said=$(sed -n 's/.*: latency \([0-9]*\) ms.*/\1/p' stderr)
beyond=$(sed -n 's/.* \([0-9]*\) at most: \([0-9]*\) of the devices.*/\1 \2/p' \
    stderr)
if [ "$(figure 'of output')" -eq 0 ] && [ "$(figure 'to keep in step')" -eq 0 ]; then
    awk "BEGIN { exit !($late > $said - 15 && $late < $said + 15) }" ||
        fail "an impulse is $late ms late, not $said"
    # shellcheck disable=SC2086
    set -- $beyond
    busy=$(awk -v n="$(nproc)" '{ print ($1 > n) }' /proc/loadavg)
    [ "$busy" -eq 1 ] || [ $(($1 - $2)) -le 65 ] ||
        fail "$(($1 - $2)) ms beyond the devices"
fi
expect 1 "$enhance" --live -D mic -O wide_speaker -d 0.5
expect_line '^se-enhance: mic and wide_speaker: no sample rate that both can do'

# Unplugged, either of them.
expect 1 "$enhance" --live -D gone -O speaker --tee kept.wav
expect_line '^se-enhance: gone: the device is gone$'
[ "$(soxi -s kept.wav)" -gt 1600 ] || fail 'the file was not kept'
expect 1 "$enhance" --live -D mic -O short
expect_line '^se-enhance: short: the device is gone$'
expect 1 "$enhance" --live -D mic -O nothing
expect_line "^se-enhance: no loudspeaker 'nothing'"
expect 1 "$enhance" --live -D mic -O speaker --tee no/such.wav
expect_line '^se-enhance: no/such.wav'

# The keyboard, and the terminal afterwards, however it ends.
"$python" "$SRC/tests/alsa/keys.py" "$enhance" --live -D mic -O speaker \
    --tee tee.wav || fail 'keys'
# A machine that is too slow for its microphone listens all the same.
"$python" "$SRC/tests/alsa/keys.py" "$enhance" --live -D fast -O speaker \
    --model shipped:se_nn_arch256_mel || fail 'keys, on a slow machine'

# Records, and enhances that.
expect 0 "$enhance" --recording 1 -D mic -d 0.5
expect_samples test_wavs/speech.wav sound.s16 8000
"$enhance" -q test_wavs/speech.wav again.wav
cmp again.wav test_results/enhanced_speech.wav || fail 'other than from the file'
expect 0 "$enhance" -q --recording 1 -D mic -d 0.3 in.wav out.flac
[ "$(soxi -s out.flac)" -eq 4800 ] || fail 'out.flac'
expect 1 "$enhance" --recording 1 -D gone -d 3 in.wav lost.wav
expect_line '^se-enhance: gone: the device is gone; 0\.[67] s were kept$'
no_files lost.wav
"$enhance" -q --recording=0 in.wav out.wav
for wrong in '--live in.wav' '--live --recording 1' '--tee x.wav a b' \
    '-D mic a b' '--recording 2 a b' '--recording 1 a b c' \
    '--recording 1 -o there' '--live --raw --rate 8000' '-d 3 a b'; do
    # shellcheck disable=SC2086
    expect 2 "$enhance" $wrong
    expect_line '^se-enhance: '
done
