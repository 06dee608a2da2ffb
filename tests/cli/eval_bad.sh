# se-eval: bad input gets one clear line, the right status and no scores.
. "$SRC/tests/cli/lib.sh"

clips=$SRC/test_wavs
eval=$BIN/se-eval
clip=$(ls "$clips/clean" | head -n 1)

# refuse STATUS REGEX ARGUMENTS...
refuse()
{
    expect "$1" "$eval" "${@:3}"
    expect_line "^se-eval: $2"
    [ ! -s stdout ] || fail "scores in spite of the error: $(cat stdout)"
}

# ---- usage -------------------------------------------------------------------
refuse 2 '--clean is missing \(see --help\)$'
refuse 2 '--enhanced is missing' -c x
refuse 2 "unexpected 'extra'" -c x -e y extra
refuse 2 '--threads: expected a whole number from 1 to 256' -c x -e y -j 0
refuse 2 '--json and --csv exclude each other' -c x -e y --json --csv
refuse 2 ".*/clean is a folder and .*/$clip is none" \
    -c "$clips/clean" -e "$clips/clean/$clip"

# ---- folders -----------------------------------------------------------------
refuse 1 'no/clean: cannot open: No such file' -c no/clean -e "$clips/noisy"
refuse 1 'no/out: cannot open: No such file' -c "$clips/clean" -e no/out
mkdir empty
refuse 1 'empty: no files ending in' -c empty -e "$clips/noisy"
refuse 1 'empty: no files ending in' -c "$clips/clean" -e empty

mkdir c e
for name in 1 2 3 4 5 6 7 8; do
    cp "$clips/clean/$clip" c/$name.wav
    cp "$clips/noisy/$clip" e/$name.wav
done
rm e/3.wav
refuse 1 'e: lacks 1 of the 8 files in c: 3$' -c c -e e
refuse 1 'e: lacks 1 of the 8 files in c: 3$' -c e -e c
rm e/[2-7].wav
refuse 1 'e: lacks 6 of the 8 files in c: 2, 3, 4, 5, 6, \.\.\.$' -c c -e e
rm c/[2-7].wav
cp e/1.wav e/1.flac
refuse 1 'e/1\.(flac|wav) and e/1\.(flac|wav) have the same name$' -c c -e e
rm e/1.flac

# ---- files -------------------------------------------------------------------
echo 'not a sound' >text.wav
refuse 1 'text\.wav: ' -c text.wav -e e/1.wav
refuse 1 'text\.wav: ' -c c/1.wav -e text.wav
: >zero.wav
refuse 1 'zero\.wav: is empty' -c c/1.wav -e zero.wav

sox -D c/1.wav silent.wav vol 0
refuse 1 'silent\.wav and e/1\.wav: the clean signal is silent' \
    -c silent.wav -e e/1.wav
expect 0 "$eval" -c c/1.wav -e silent.wav
grep -q -- '-inf' stdout || fail "silent output: $(cat stdout)"

sox -D e/1.wav long.wav pad 0 1025s
refuse 1 'long\.wav: lasts .* s and c/1\.wav .* s: expected the same within 64 ms$' \
    -c c/1.wav -e long.wav
sox -D e/1.wav long.wav pad 0 1024s
expect 0 "$eval" -c c/1.wav -e long.wav
sox -D c/1.wav short.wav trim 1 0.3
refuse 1 'short\.wav and short\.wav: 0\.30 s of sound, expected at least 0\.4 s' \
    -c short.wav -e short.wav

# Several files fail: the first is named, the others are counted.
cp text.wav e/1.wav
cp text.wav e/8.wav
refuse 1 'e/1\.wav: .*\(and 1 more\)$' -c c -e e

# One file that is odd does not cost the scores of the others.
mkdir odd_c odd_e
for name in 1 2 3 4 5; do
    cp "$clips/clean/$clip" odd_c/$name.wav
    cp "$clips/noisy/$clip" odd_e/$name.wav
done
cp silent.wav odd_e/2.wav
cp text.wav odd_e/3.wav
cp short.wav odd_e/4.wav
printf 'file,snr_db\n1,0\n2,0\n3,5\n4,5\n5,5\n' >odd_e/pairs.csv
expect 1 "$eval" -c odd_c -e odd_e --csv --quick
[ "$(cut -d, -f1 stdout | tr '\n' ' ')" = 'file "1" "5" "mean" ' ] ||
    fail "$(cat stdout)"
! grep -q 'inf\|nan' stdout || fail "$(cat stdout)"
grep -q '^se-eval: left out: 2: a score is minus infinity' stderr || fail "$(cat stderr)"
grep -q '^se-eval: left out: odd_e/3\.wav: ' stderr || fail "$(cat stderr)"
grep -q '^se-eval: left out: odd_e/4\.wav: lasts ' stderr || fail "$(cat stderr)"
grep -q '^se-eval: 3 of 5 files are left out' stderr || fail "$(cat stderr)"
expect 1 "$eval" -c odd_c -n odd_e --json --quick
grep -q '"left_out": \[' stdout || fail "$(cat stdout)"
grep -q '"value": "5", "n_files": 1' stdout || fail "$(cat stdout)"

# What the reader has to remark about a file is said once.
sox -D odd_e/5.wav -t wav - 2>/dev/null | head -c 60000 >slip.wav
"$python" - <<'EOF'
b = bytearray(open('slip.wav', 'rb').read())
at = b.index(b'data')
b[at + 4:at + 8] = (len(b) - at - 8 + 44).to_bytes(4, 'little')
open('slip.wav', 'wb').write(b)
EOF
expect 0 "$eval" -c slip.wav -e slip.wav --quick
[ "$(grep -c 'slip\.wav: the header promises' stderr)" = 1 ] || fail "$(cat stderr)"

# ---- standard output ---------------------------------------------------------
cp c/1.wav ok.wav
status=0
"$eval" -c ok.wav -e ok.wav >/dev/full 2>stderr || status=$?
[ "$status" -eq 1 ] || fail "full disk: status $status"
expect_line '^se-eval: standard output: cannot write'
