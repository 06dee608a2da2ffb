# se-eval --noisy: nets and engines side by side, by groups of files.
. "$SRC/tests/cli/lib.sh"

clips=$SRC/test_wavs
eval=$BIN/se-eval
ls "$SRC"/models/se_nn_arch72_mel/*.safetensors >net 2>/dev/null ||
    skip 'no trained net'
net=$(tail -n 1 net)

# Six pairs of 1.5 s at two SNRs.
mkdir -p dev/clean dev/noisy
echo 'id,noise,snr_db' >dev/pairs.csv
i=0
for clip in rms_fan_0dB slt_babble_5dB awb_pink_3dB; do
    for start in 0.5 2; do
        for kind in clean noisy; do
            sox -D "$clips/$kind/$clip.wav" dev/$kind/$i.wav trim $start 1.5
        done
        echo "$i,x/${clip%_*}_$i-A.flac,$((i % 2 * 10)).0" >>dev/pairs.csv
        i=$((i + 1))
    done
done

# csv BY VALUE SYSTEM ENGINE COLUMN: that cell of ./csv
csv()
{
    awk -F, -v key="$1,$2,$3,$4" -v name="$5" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
        $1 "," $2 "," $4 "," $5 == key { print $column; n++ }
        END { exit n != 1 }' csv || fail "no single line $1,$2,$3,$4 in ./csv"
}

# close A B TOLERANCE
close()
{
    awk -v a="$1" -v b="$2" -v e="$3" \
        'BEGIN { d = a - b; exit !(a != "" && b != "" && d <= e && -d <= e) }' ||
        fail "$1 is not $2 within $3"
}

# ---- the same scores as in two steps ------------------------------------------
expect 0 "$BIN/se-enhance" -q -o float dev/noisy/*.wav
expect 0 "$BIN/se-enhance" -q --engine fixed -o fixed dev/noisy/*.wav
expect 0 "$eval" --csv -c dev/clean -n dev/noisy --engine float,fixed -e float \
    -e fixed
[ ! -s stderr ] || fail "output on standard error: $(cat stderr)"
no_files 'dev/*/*.tmp*'
[ "$(ls dev/noisy | wc -l)" -eq 6 ] || fail "files were left: $(ls dev/noisy)"
cp stdout csv
[ "$(wc -l <csv)" -eq $((1 + 5 * (6 + 2 + 1))) ] || fail "lines: $(wc -l <csv)"
awk -F, 'NF != 35 { exit 1 }' csv || fail "cells: $(cat csv)"
tail -n 1 csv | grep -Eq '^all,,6,se_nn_arch72_mel,fixed,.*,0\.[0-9]{6},(estoi|si_sdr_db|[a-z_ ])*$' ||
    fail "the last line: $(tail -n 1 csv)"
for engine in float fixed; do
    expect 0 "$eval" -q --csv -c dev/clean -e $engine
    old=$(tail -n 1 stdout)
    for column in 2:stoi:0.0005 3:estoi:0.0005 4:si_sdr_db:0.01 \
        5:seg_snr_db:0.01; do
        cell=${column#*:}
        wanted=$(echo "$old" | cut -d, -f"${column%%:*}")
        close "$(csv all '' se_nn_arch72_mel $engine "${cell%:*}")" "$wanted" \
            "${cell#*:}"
        close "$(csv all '' $engine '' "${cell%:*}")" "$wanted" 1e-4
    done
done

# ---- groups, intervals and gains, by hand -------------------------------------
awk -F, '$1 == "file" && $4 == "noisy" { print $2 "," $10 }' csv >noisy.txt
awk -F, '$1 == "file" && $5 == "float" { print $2 "," $10 }' csv >net.txt
# t for 2 and 5 degrees of freedom
paste -d, noisy.txt net.txt | awk -F, '
    { g = $4 - $2; all += g; squares += g * g
      if ($1 % 2) { n++; ten += g; ten2 += g * g } }
    END { m = all / NR; k = ten / n
          print m, 2.570582 * sqrt((squares - NR * m * m) / (NR - 1) / NR)
          print k, 4.302653 * sqrt((ten2 - n * k * k) / (n - 1) / n) }' >hand
for group in 'all::1' 'snr_db:10.0:2'; do
    by=${group%%:*} value=${group#*:} line=${group##*:}
    value=${value%:*}
    read -r mean half <<EOF
$(sed -n "${line}p" hand)
EOF
    close "$(csv $by "$value" se_nn_arch72_mel float si_sdr_db_gain)" $mean 1e-3
    close "$(csv $by "$value" se_nn_arch72_mel float si_sdr_db_gain_ci95)" \
        $half 1e-2
done
expect 0 "$eval" --csv -c dev/clean -n dev/noisy --by noise --epoch_loaded latest
cut -d, -f1-3 stdout | sort -u >groups
for name in awb_pink rms_fan slt_babble; do
    grep -qx "noise,$name,2" groups || fail "no group $name: $(cat groups)"
done

# ---- table and JSON ------------------------------------------------------------
expect 0 "$eval" -j 1 -c dev/clean -n dev/noisy --model "$net" \
    --nn_arch def_se_nn_arch72_mel.txt
# A loss is one word, to be copied.
awk '/^    --loss [^ ]+$/ { next } length > 100 || / $/ { exit 1 }' stdout ||
    fail "width: $(cat stdout)"
grep -Eqx '(snr_db (0|10)\.0, 3|all 6) files' stdout || fail "$(cat stdout)"
grep -Eq "^$(basename "$net" .safetensors) float, real-time factor 0\.[0-9]{4}$" \
    stdout || fail "no line of the checkpoint: $(cat stdout)"
grep -Eq '^ +over noisy +[+-]0\.[0-9]{3}\+-' stdout || fail "$(cat stdout)"

# Muffled speech is less intelligible than noisy speech, clean speech more so.
mkdir muffled
for i in 0 1 2 3 4 5; do
    sox -D dev/noisy/$i.wav muffled/$i.wav lowpass 200 lowpass 200
done
expect 0 "$eval" -c dev/clean -n dev/noisy -e muffled -e dev/clean --by snr,noise
sed -n '/^muffled is below noisy at$/,/^[^ ]/s/:.*//p' stdout >fallen
printf '    %s\n' 'snr_db 0.0' 'snr_db 10.0' 'noise awb_pink' 'noise rms_fan' \
    'noise slt_babble' | diff - fallen || fail "fallen: $(cat stdout)"
grep -Eq '^    noise rms_fan: STOI -0\.[0-9]{3} ESTOI -0\.[0-9]{3}$' stdout ||
    fail "no figures: $(cat stdout)"
! grep -q '^clean is below' stdout || fail "clean below noisy: $(cat stdout)"

expect 0 "$eval" -q -c dev/clean -n dev/noisy --by none
[ "$(wc -l <stdout)" -eq 8 ] || fail "-q: $(cat stdout)"

expect 0 "$eval" --json -c dev/clean -n dev/noisy --engine fixed --engine float
"$python" - <<'EOF' || fail "JSON: $(cat stdout)"
import json, math
scores = json.load(open("stdout"))
assert len(scores["files"]) == scores["n_files"] == 6
assert [g["value"] for g in scores["groups"]] == ["0.0", "10.0"]
noisy, float_net, fixed_net = scores["systems"]
assert "engine" not in noisy and "gain" not in noisy
assert (float_net["engine"], fixed_net["engine"]) == ("float", "fixed")
mean = sum(f["systems"][1]["stoi"] for f in scores["files"]) / 6
assert math.isclose(float_net["stoi"]["mean"], mean, abs_tol=2e-6)
assert float_net["gain"]["si_sdr_db"]["ci95"] > 0
assert 0 < fixed_net["real_time_factor"] < 1
assert 1 < noisy["pesq_wb"]["mean"] < float_net["pesq_wb"]["mean"]
assert "loss" not in noisy and float_net["loss"]
EOF

# One file has a mean but no interval.
expect 0 "$eval" --csv -c dev/clean/0.wav -n dev/noisy/0.wav
tail -n 1 stdout | grep -Eq '^all,,1,se_nn_arch72_mel,float,0\.[0-9]+,,0\.' ||
    fail "one file: $(tail -n 1 stdout)"

# ---- bad input -----------------------------------------------------------------
# refuse STATUS REGEX ARGUMENTS...
refuse()
{
    expect "$1" "$eval" -c dev/clean "${@:3}"
    expect_line "^se-eval: $2"
    [ ! -s stdout ] || fail "scores in spite of the error: $(cat stdout)"
}
refuse 2 "--engine: expected float or fixed, found 'double'" -n dev/noisy \
    --engine float,double
refuse 2 '--engine needs --noisy' -e float --engine fixed
refuse 2 'several of --enhanced need --noisy' -e float -e fixed
refuse 2 '--by needs --noisy' -e float --by snr
refuse 2 '--by none and --pairs exclude' -n dev/noisy --by none --pairs x
refuse 2 '--calibrate needs --engine fixed' -n dev/noisy --calibrate x.wav
refuse 1 "dev/noisy/\.\./pairs\.csv: has no column 'rt60'" -n dev/noisy --by rt60
refuse 1 'no/pairs: cannot open' -n dev/noisy --pairs no/pairs
refuse 1 'no_net\.txt: ' -n dev/noisy --nn_arch no_net.txt
sed -i '$d' dev/pairs.csv
refuse 1 "dev/noisy/\.\./pairs\.csv: has no line for '5'" -n dev/noisy
echo '5,"x,10.0' >>dev/pairs.csv
refuse 1 'dev/noisy/\.\./pairs\.csv: record 7: a quote without' -n dev/noisy
sed -i '$d' dev/pairs.csv
echo '5,x' >>dev/pairs.csv
refuse 1 'dev/noisy/\.\./pairs\.csv: record 7: 2 fields, expected 3' -n dev/noisy
: >dev/pairs.csv
refuse 1 'dev/noisy/\.\./pairs\.csv: expected a heading' -n dev/noisy
rm dev/pairs.csv
refuse 1 'dev/noisy: no pairs\.csv in it or beside it' -n dev/noisy --by snr
