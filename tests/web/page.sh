# page.sh - the page of make web, sounds for it, and what se-enhance makes of them
# in integers: for the tests in browsers, which say first whether there is one.
need node clang wasm-ld sox
expect 0 make -s -C "$SRC" BUILD="$make_build" WEB="$PWD/web" web

cp "$SRC/test_wavs/noisy/rms_fan_0dB.wav" noisy.wav
sox -R noisy.wav stereo.wav remix 1v0.7 1v0.4
sox -R -v 0.9 noisy.wav -r 48000 -b 16 48000.wav trim 0 2
for name in 48000.wav noisy.wav stereo.wav; do
    expect 0 "$BIN/se-enhance" -q --engine fixed "$name" "fixed_$name"
done
cp "$SRC"/tests/web/*.mjs .
