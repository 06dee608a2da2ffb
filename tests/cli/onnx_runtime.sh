# The graphs of se-convert --onnx in onnxruntime, of npm.
. "$SRC/tests/cli/lib.sh"
need node sox
"$python" -c 'import onnx, numpy' 2>/dev/null ||
    fail "$python has no onnx or numpy: scripts/setup.sh test"
! nm "$(dirname "$BIN")/lib/nnse.o" | grep -q __ubsan ||
    skip 'Python without sanitizers cannot load a library that has them'
command -v npm >/dev/null || skip 'no npm here'

# 90 MB; npm keeps what it has loaded once.
printf '{"private": true}\n' >package.json
npm install --prefer-offline --no-audit --no-fund --ignore-scripts \
    --fetch-retries 1 --fetch-timeout 60000 onnxruntime-node@1.14.0 \
    >stdout 2>stderr || skip 'no onnxruntime-node: npm has no network'
node -e 'import("onnxruntime-node").catch(() => process.exit(1))' ||
    skip 'onnxruntime-node does not run here'

net=$SRC/models/$(sed -n 's|.*  \(se_nn_arch72_mel/\)|\1|p' \
    "$SRC/models/shipped.txt")
sox "$SRC/test_wavs/noisy/rms_fan_0dB.wav" -t raw -e signed -b 16 noisy.raw
expect 0 "$BIN/se-convert" -q --model "$net" --onnx net.onnx
expect 0 "$python" "$SRC/tests/python/onnx_masks.py" \
    "$(dirname "$BIN")/libnnse.so.1" "$net" noisy.raw net.onnx net_sound.onnx
cp "$SRC/tests/web/onnx.mjs" .
node onnx.mjs net.onnx net_sound.onnx >stdout 2>stderr ||
    fail "onnx.mjs: $(cat stdout stderr)"
