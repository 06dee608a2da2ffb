# The npm package of make web, in node.
. "$SRC/tests/cli/lib.sh"
need node clang wasm-ld sox

expect 0 make -s -C "$SRC" BUILD="$make_build" WEB="$PWD/web" web

cp "$SRC/test_wavs/noisy/rms_fan_0dB.wav" noisy.wav
sox -R noisy.wav stereo.wav remix 1v0.7 1v0.4
sox -R noisy.wav offset.wav dcshift 0.1
sox -R noisy.wav inverted.wav remix 1v0.7 1v-0.6
sox -R inverted.wav both.wav dcshift -0.06
for rate in 8000 44100 44101 48000 192000; do
    sox -R -v 0.9 noisy.wav -r $rate -b 16 $rate.wav trim 0 1.2
done
for name in [1-9]*.wav noisy.wav stereo.wav offset.wav inverted.wav \
    both.wav; do
    expect 0 "$BIN/se-enhance" -q --engine fixed "$name" "fixed_$name"
done

mkdir -p node_modules
tar -xzf web/nnse-*.tgz
mv package node_modules/nnse
cp "$SRC"/tests/web/*.mjs .
node package.mjs >stdout 2>stderr || fail "package.mjs: $(cat stderr)"
version=$("$BIN/se-eval" --version | sed 's/.* //')
grep -q "\"version\": \"$version\"" node_modules/nnse/package.json ||
    fail 'another version'
