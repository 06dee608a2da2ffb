# se-enhance --vad: the table, and how well its probabilities tell speech from
# its pauses: of both engines, loud and quiet.
. "$SRC/tests/cli/lib.sh"

enhance=$BIN/se-enhance
noisy=$SRC/test_wavs/noisy
need sox

# ---- the table ---------------------------------------------------------------
# Lines for each 10 ms of sound, whatever its rate: 16,150 samples are 101.
sox "$noisy/rms_fan_0dB.wav" short.wav trim 0 16150s
expect 0 "$enhance" -q --vad short.csv short.wav out.wav
expect 0 "$enhance" -q short.wav plain.wav
cmp out.wav plain.wav || fail 'another sound with --vad'
[ "$(head -n 1 short.csv)" = time_s,speech_probability ] || fail 'no names'
[ "$(wc -l <short.csv)" -eq 102 ] || fail "$(wc -l <short.csv) lines"
awk -F, 'NR > 1 && ($1 != sprintf("%.3f", (NR - 1.5) / 100) ||
         $2 !~ /^[01][.][0-9][0-9][0-9][0-9]$/ || $2 > 1) { exit 1 }' \
    short.csv || fail 'not times and probabilities'
sox short.wav -r 48000 -c 2 wide.wav
expect 0 "$enhance" -q --vad wide.csv wide.wav out.wav
[ "$(wc -l <wide.csv)" -eq 102 ] || fail "48 kHz: $(wc -l <wide.csv) lines"
paste -d, short.csv wide.csv |
    awk -F, 'NR > 1 { d = $2 - $4; sum += d * d }
             END { exit !(sum / NR < 0.01) }' || fail '48 kHz: others'
expect 0 "$enhance" -q --vad both.csv --plot both.svg short.wav out.wav
cmp short.csv both.csv || fail 'another table with --plot'
[ -s both.svg ] || fail 'no picture with --vad'

# ---- nothing half-written ----------------------------------------------------
expect 2 "$enhance" --vad v.csv -o out short.wav
expect 2 "$enhance" --vad v.csv --live
expect 1 "$enhance" --vad none/v.csv short.wav x.wav
expect 1 "$enhance" --vad v.csv none.wav x.wav
for file in v.csv x.wav; do
    [ ! -e $file ] || fail "$file after a failure"
done

# ---- area under the ROC curve ------------------------------------------------
area()
{
    expect 0 "$python" "$SRC/tests/bench/speech.py" "$@"
    sed -n 's/^all: area \([0-9.]*\),.*/\1/p' stdout
}
for options in '' '--engine fixed' '--gain -20' '--gain 6'; do
    found=$(area "$enhance" "$SRC/test_wavs" $options)
    [ "$(printf '%s\n' "$found" 0.940 | sort -g | head -n 1)" = 0.940 ] ||
        fail "area ${options:-as it is}: $found, expected 0.94"
done
