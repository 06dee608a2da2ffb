/* package.mjs - the npm package in node: the board's bits at 16 kHz, the sound of
 * se-enhance at other rates; tests/cli/web.sh prepares noisy.wav, stereo.wav,
 * offset.wav, inverted.wav, both.wav, <rate>.wav, and each of them as
 * fixed_<name>. */
import assert from "node:assert";
import fs from "node:fs";
import vm from "node:vm";
import {createStream, enhance} from "nnse";

import {readWav, snrDb, toFloat} from "./sound.mjs";

const noisy = toFloat(readWav("noisy.wav").channels);

async function process(input, rate, blocks, limitDb = Infinity) {
  const stream = await createStream(rate, input.length);
  const out = input.map((x) => new Float32Array(x.length));

  stream.limit(limitDb);
  for (let first = 0, k = 0; first < input[0].length; k++) {
    const last = first + blocks[k % blocks.length];

    stream.process(out.map((x) => x.subarray(first, last)),
                   input.map((x) => x.subarray(first, last)));
    first = last;
  }
  return {out, stream};
}

/* At 16 kHz: the bytes of se-enhance --engine fixed, of one channel and two. */
for (const name of ["noisy.wav", "stereo.wav"]) {
  const input = toFloat(readWav(name).channels);
  const out = await enhance(input, 16000);
  const expected = toFloat(readWav(`fixed_${name}`).channels);

  assert.deepStrictEqual(out, expected, name);
}

/* With an offset, and with channels that are the negative of others: what
 * se-enhance makes of it, but for the rounding of what is no multiple of 2^-15. */
for (const name of ["offset.wav", "inverted.wav", "both.wav"]) {
  const out = await enhance(toFloat(readWav(name).channels), 16000);
  const expected = toFloat(readWav(`fixed_${name}`).channels);

  expected.forEach((channel, c) => {
    assert.ok(channel.every((x, i) => Math.abs(x - out[c][i]) < 0.51 / 32768),
              `${name}, channel ${c}`);
    assert.ok(snrDb(out[c], channel) > 65, name);
  });
}

/* The offset's own bits do not depend on the blocks, and none is taken by a
 * bypass. */
{
  const input = toFloat(readWav("both.wav").channels);
  const [left] = await enhance(input, 16000);

  for (const blocks of [[128], [1, 4096, 7, 480]]) {
    const {out, stream} = await process(input, 16000, blocks);

    assert.deepStrictEqual(out[0].subarray(stream.delay),
                           left.subarray(0, left.length - stream.delay));
  }
  assert.deepStrictEqual(await enhance(input, 48000, {limitDb: 0}), input);
}

/* It comes back and goes without a step, when a bypass does. */
for (const rate of [16000, 48000]) {
  const stream = await createStream(rate);
  const x = Float32Array.from({length: rate}, (_, i) =>
    0.1 + 0.01 * Math.sin((2 * Math.PI * 200 * i) / rate));
  const out = new Float32Array(rate);
  const on = 0.4 * rate, off = 0.7 * rate;

  for (let i = 0; i < rate; i += 80) {
    stream.limit(i >= on && i < off ? 0 : Infinity);
    stream.process([out.subarray(i, i + 80)], [x.subarray(i, i + 80)]);
  }
  for (let i = 0.2 * rate; i < rate; i++)
    assert.ok(Math.abs(out[i] - out[i - 1]) < 36 / rate, `${rate} Hz: at ${i}`);
  assert.deepStrictEqual(
    out.subarray(0.5 * rate + stream.delay, off),
    x.subarray(0.5 * rate, off - stream.delay));
}

/* At other rates: its sound, the same whatever the blocks; a bypass to the bit.
 * (The desk converts files by another filter.) */
for (const rate of [8000, 44100, 44101, 48000, 192000]) {
  const {channels} = readWav(`${rate}.wav`);
  const input = toFloat(channels);
  const [whole] = await enhance(input, rate);
  const snr = snrDb(whole, toFloat(readWav(`fixed_${rate}.wav`).channels)[0]);

  assert.ok(snr > 30, `${rate} Hz: ${snr} dB from se-enhance's`);
  assert.deepStrictEqual(await enhance(input, rate, {limitDb: 0}), input);
  for (const blocks of [[128], [1, 4096, 7, 480]]) {
    const {out, stream} = await process(input, rate, blocks);
    const n = input[0].length - stream.delay;

    assert.ok(stream.delay <= 0.045 * rate || rate < 16000);
    assert.deepStrictEqual(out[0].subarray(stream.delay),
                           whole.subarray(0, n), `${rate} Hz in ${blocks}`);
    assert.ok(out[0].subarray(0, stream.delay).every((x) => x === 0));
  }
}

/* An impulse comes out where the delay says, at any rate. */
for (const rate of [8000, 16000, 44100, 48000, 192000]) {
  const x = new Float32Array(rate);

  x[rate / 2 + 11] = 0.5;
  const [y] = await enhance([x], rate, {limitDb: 6});
  const peak = y.reduce((best, v, i) => Math.abs(v) > Math.abs(y[best])
                                        ? i : best, 0);

  assert.strictEqual(peak, rate / 2 + 11, `${rate} Hz`);
}

/* A limit of 6 dB leaves at least half of each sample's part; a reset forgets. */
{
  const [all] = await enhance(noisy, 16000);
  const [half] = await enhance(noisy, 16000, {limitDb: 6});
  const energy = (x) => x.reduce((sum, v) => sum + v * v, 0);

  assert.ok(energy(all) < energy(half) && energy(half) < energy(noisy[0]));

  const {out, stream} = await process(noisy, 16000, [128]);
  const again = [new Float32Array(noisy[0].length)];

  stream.reset();
  stream.process(again, noisy);
  assert.deepStrictEqual(again, out);
}

/* What is no number, or no sound, counts as silence. */
{
  const broken = noisy[0].slice(), silent = noisy[0].slice();

  broken.set([NaN, Infinity, -Infinity, 1e30], 1000);
  silent.fill(0, 1000, 1004);
  assert.deepStrictEqual(await enhance([broken], 48000),
                         await enhance([silent], 48000));
  assert.deepStrictEqual(await enhance([new Float32Array(0)], 48000),
                         [new Float32Array(0)]);
}

/* Wrong use is an error with a reason. */
for (const [input, rate, options, says] of [
  [noisy, 7999, {}, /rate is 7999, expected a whole number, 8000 to/],
  [noisy, "16000", {}, /rate is "16000", expected a whole number/],
  [noisy, 16000.5, {}, /rate is 16000.5/],
  [noisy, 16000, {limitDb: -1}, /limit is -1 dB/],
  [noisy, 16000, {limitDb: NaN}, /limit is NaN/],
  [Array(9).fill(noisy[0]), 16000, {}, /9 channels, expected 1 to 8/],
  [[], 16000, {}, /Float32Array/],
  [noisy[0], 16000, {}, /Float32Array/],
  [[[0, 1]], 16000, {}, /Float32Array/],
  [[noisy[0], noisy[0].subarray(1)], 16000, {}, /one length/],
])
  await assert.rejects(enhance(input, rate, options), says);

/* The runtime asks for nothing, and is small. */
const wasm = fs.readFileSync(new URL(import.meta.resolve("nnse/nnse.wasm")));
assert.deepStrictEqual(
  WebAssembly.Module.imports(new WebAssembly.Module(wasm)), []);
assert.ok(wasm.length < 140000, `nnse.wasm has ${wasm.length} bytes`);

/* The worklet, in a realm with what an audio thread has, and no more. */
{
  const text = fs.readFileSync(new URL(import.meta.resolve("nnse")), "utf8");
  const worklet = vm.runInNewContext(
    /^const WORKLET = (`[^]*?[^\\]`);$/m.exec(text)[1]);
  let Processor;
  const realm = vm.createContext({
    WebAssembly, sampleRate: 16000,
    AudioWorkletProcessor: class { port = {}; },
    registerProcessor: (name, type) => { Processor = type; },
  });

  vm.runInContext(worklet, realm);
  const processor = new Processor({processorOptions: {wasm, channels: 1}});
  const out = new Float32Array(noisy[0].length);
  const render = (i, parameters, input = [noisy[0].subarray(i, i + 128)]) =>
    processor.process([input], [[out.subarray(i, i + 128)]], parameters);
  const full = {limit: [100], enabled: [1]}, none = {limit: [20], enabled: [0]};
  const run = (parameters) => {
    for (let i = 0; i < out.length; i += 128)
      assert.ok(render(i, parameters));
  };

  run(full);
  const {out: [expected]} = await process(noisy, 16000, [128]);

  assert.deepStrictEqual(out, expected);
  processor.port.onmessage({data: "reset"});
  run(none);
  assert.deepStrictEqual(out.subarray(479),
                         noisy[0].subarray(0, out.length - 479));
  assert.ok(render(0, full, []), "no source");
  processor.port.onmessage({data: "close"});
  assert.ok(!render(0, full));
}
console.log("all right");
