# se-eval: scores of files and folders, in every format.
. "$SRC/tests/cli/lib.sh"

clips=$SRC/test_wavs
eval=$BIN/se-eval

# column N: that column of the last line of ./stdout
column()
{
    tail -n 1 stdout | awk -v n="$1" '{ print $(NF + 1 - n) }'
}

# ---- folders: the mean stands under the files --------------------------------
expect 0 "$eval" --clean "$clips/clean" --enhanced "$clips/noisy"
[ ! -s stderr ] || fail "output on standard error: $(cat stderr)"
n=$(ls "$clips/clean" | wc -l)
[ "$(wc -l <stdout)" -eq $((n + 2)) ] || fail "table: $(cat stdout)"
head -n 1 stdout | grep -Eq \
    '^file +STOI +ESTOI +SI-SDR dB +seg SNR dB +LSD dB +PESQ-WB +PESQ-NB +delay ms$' ||
    fail "heading: $(head -n 1 stdout)"
tail -n 1 stdout | grep -Eq "^mean of $n( +-?[0-9]+\.[0-9]+){7}$" ||
    fail "mean: $(tail -n 1 stdout)"
sed '1d;$d' stdout | awk '{ for (i = 2; i <= 8; i++) sum[i] += $i }
    END { for (i = 2; i <= 8; i++) printf "%.4f\n", sum[i] / NR }' >sums
tail -n 1 stdout | awk '{ for (i = NF - 6; i <= NF; i++) print $i }' |
    paste - sums | awk '{ d = $1 - $2; if (d < -.006 || d > .006) exit 1 }' ||
    fail "the mean is not the mean: $(cat stdout)"
cp stdout table

# The result depends neither on threads nor on slashes nor on dashes.
expect 0 "$eval" --threads=1 -c "$clips/clean//" -e "$clips/noisy/"
cmp table stdout || fail "one thread gives another result"

expect 0 "$eval" -q -c "$clips/clean" -e "$clips/noisy"
[ "$(wc -l <stdout)" -eq 2 ] || fail "-q: $(cat stdout)"
tail -n 1 stdout | tr -s ' ' >quiet
tail -n 1 table | tr -s ' ' | cmp - quiet || fail "-q gives another mean"

# ---- a pair of files; formats ------------------------------------------------
clip=$(ls "$clips/clean" | head -n 1)
cp "$clips/clean/$clip" 'a "b", c.wav'
expect 0 "$eval" -c "$clips/clean/$clip" -e 'a "b", c.wav' --csv
echo file,stoi,estoi,si_sdr_db,seg_snr_db,lsd_db,pesq_wb,pesq_nb,delay_samples \
    >want
head -n 1 stdout | cmp - want || fail "heading: $(head -n 1 stdout)"
sed -n 2p stdout |
    grep -Eq '^"a ""b"", c\.wav",1\.000000,1\.000000,inf,[0-9.]+,0\.0000,4\.64[34][0-9],4\.548[0-9],0$' ||
    fail "identity: $(sed -n 2p stdout)"
sed -n 3p stdout | grep -Eq '^"mean",1\.000000,1\.000000,inf,[0-9.]+,0\.0000,4\.64[34][0-9],4\.548[0-9],$' ||
    fail "mean: $(sed -n 3p stdout)"

expect 0 "$eval" -c "$clips/clean/$clip" -e 'a "b", c.wav' --json
tr -d '\n' <stdout | grep -Eqx '\{ +"files": \[ +\{"file": "a \\"b\\", c.wav", "stoi": 1.000000, "estoi": 1.000000, "si_sdr_db": null, "seg_snr_db": [0-9.]+, "lsd_db": 0.0000, "pesq_wb": 4.64[0-9]+, "pesq_nb": 4.54[0-9]+, "delay_samples": 0\} +\], +"n_files": 1, +"mean": \{"stoi": 1.000000, "estoi": 1.000000, "si_sdr_db": null, "seg_snr_db": [0-9.]+, "lsd_db": 0.0000, "pesq_wb": 4.64[0-9]+, "pesq_nb": 4.54[0-9]+\}\}' ||
    fail "JSON: $(cat stdout)"

# ---- the short cut of PESQ is named in every print ---------------------------
expect 0 "$eval" --quick -c "$clips/clean" -e "$clips/noisy"
head -n 1 stdout | grep -q ' aligned WB  aligned NB ' ||
    fail "--quick: $(head -n 1 stdout)"
grep -q '^aligned: PESQ by a short cut' stdout || fail "--quick: $(cat stdout)"
! grep -q 'PESQ-' stdout || fail "--quick: $(cat stdout)"
expect 0 "$eval" --quick --csv -c "$clips/clean" -e "$clips/noisy"
head -n 1 stdout | grep -q ',pesq_wb_aligned,pesq_nb_aligned,' ||
    fail "--quick --csv: $(head -n 1 stdout)"
expect 0 "$eval" --quick --json -c "$clips/clean" -e "$clips/noisy"
grep -q '"pesq_wb_aligned": 1\.[0-9]*, "pesq_nb_aligned": 1\.' stdout ||
    fail "--quick --json: $(cat stdout)"
! grep -q '"pesq_wb"' stdout || fail "--quick --json: $(cat stdout)"

# A table's row is one line, and its columns stand under each other.
cp 'a "b", c.wav' "$(printf '\303\274\nb.wav')"
expect 0 "$eval" --quick -c "$clips/clean/$clip" -e "$(printf '\303\274\nb.wav')"
grep -q "^$(printf '\303\274')?b.wav     1.000" stdout || fail "$(cat stdout)"
grep -q '^mean of 1   1.000' stdout || fail "$(cat stdout)"

# Silence has no PESQ, but it has the other scores.
sox -D "$clips/clean/$clip" silent.wav vol 0
expect 0 "$eval" --json -c "$clips/clean/$clip" -e silent.wav
grep -q '"seg_snr_db": -\?[0-9.]*, "lsd_db": [0-9.]*, "pesq_wb": null' stdout ||
    fail "silence: $(cat stdout)"

# ---- delay, level, rate, channels --------------------------------------------
sox -D "$clips/noisy/$clip" late.wav pad 100s
expect 0 "$eval" -c "$clips/clean/$clip" -e late.wav
[ "$(sed -n 2p stdout | awk '{ print $NF }')" = 6.25 ] ||
    fail "100 samples late: $(cat stdout)"
sox -D "$clips/noisy/$clip" early.wav trim 33s
expect 0 "$eval" -c "$clips/clean/$clip" -e early.wav --csv
sed -n 2p stdout | grep -q ',-33$' || fail "33 samples early: $(cat stdout)"

expect 0 "$eval" -q -c "$clips/clean/$clip" -e "$clips/noisy/$clip"
si_sdr=$(column 5)
sox -D "$clips/noisy/$clip" -r 48000 -c 2 -e floating-point -b 32 other.wav \
    vol 0.5
expect 0 "$eval" -q -c "$clips/clean/$clip" -e other.wav
echo "$si_sdr $(column 5)" | awk '{ d = $1 - $2; exit d < -.1 || d > .1 }' ||
    fail "48 kHz stereo at half the level: SI-SDR $(column 5), not $si_sdr"

# ---- names below the folder, another extension, what is no sound -------------
mkdir -p x/clean/sub x/out/sub
cp "$clips/clean/$clip" x/clean/sub/1.wav
sox -D "$clips/noisy/$clip" x/out/sub/1.aiff
echo 'how these were made' >x/out/README.md
expect 0 "$eval" -c x/clean -e x/out
sed -n 2p stdout | grep -q '^sub/1  ' || fail "name: $(cat stdout)"
