# The page of make web, from disk, in a headless Firefox.
. "$SRC/tests/cli/lib.sh"
need node clang wasm-ld sox
firefox=$(command -v firefox-esr || command -v firefox) ||
    skip 'no Firefox here: scripts/setup.sh browser'

expect 0 make -s -C "$SRC" BUILD="$make_build" web

cp "$SRC/test_wavs/noisy/rms_fan_0dB.wav" noisy.wav
sox -R noisy.wav stereo.wav remix 1v0.7 1v0.4
sox -R -v 0.9 noisy.wav -r 48000 -b 16 48000.wav trim 0 2
for name in 48000.wav noisy.wav stereo.wav; do
    expect 0 "$BIN/se-enhance" -q --engine fixed "$name" "fixed_$name"
done
cp "$SRC"/tests/web/*.mjs .
TMPDIR=$PWD node page_firefox.mjs "$firefox" "$build/web/nnse.html" \
    >stdout 2>stderr || fail "page_firefox.mjs: $(cat stderr)"
