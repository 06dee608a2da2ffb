# The page of make web, from disk, in a headless Chromium.
. "$SRC/tests/cli/lib.sh"
need node clang wasm-ld sox
chromium=$(command -v chromium-headless-shell || command -v chromium) ||
    skip 'no Chromium here: scripts/setup.sh browser'

expect 0 make -s -C "$SRC" BUILD="$make_build" web

cp "$SRC/test_wavs/noisy/rms_fan_0dB.wav" noisy.wav
sox -R noisy.wav stereo.wav remix 1v0.7 1v0.4
sox -R -v 0.9 noisy.wav -r 48000 -b 16 48000.wav trim 0 2
for name in 48000.wav noisy.wav stereo.wav; do
    expect 0 "$BIN/se-enhance" -q --engine fixed "$name" "fixed_$name"
done
head -c 20000 /dev/zero | tr '\0' 'x' >text.wav
cp "$SRC"/tests/web/*.mjs .
HOME=$PWD TMPDIR=$PWD node page.mjs "$chromium" "$build/web/nnse.html" \
    "$build/web/page.png" >stdout 2>stderr || fail "page.mjs: $(cat stderr)"
