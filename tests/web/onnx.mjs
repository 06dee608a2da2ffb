/* onnx.mjs - the graphs of tests/cli/onnx.sh in onnxruntime, one frame a call.
 *
 *     node onnx.mjs NET.ONNX NET_SOUND.ONNX */
import assert from "node:assert";
import fs from "node:fs";
import ort from "onnxruntime-node";

const [net, whole] = process.argv.slice(2);
const expected = JSON.parse(fs.readFileSync(`${net}.json`, "utf8"));

/* States are what has an output `<state>.next`; shapes are in the outputs. */
async function run(path, input, rows, outputs) {
  const session = await ort.InferenceSession.create(path,
                                                    {logSeverityLevel: 3});
  const states = session.inputNames.filter((name) => name !== input);
  const shapes = JSON.parse(fs.readFileSync(`${path}.shapes`, "utf8"));
  const feeds = Object.fromEntries(states.map((name) => [name, new ort.Tensor(
    new Float32Array(shapes[name].reduce((a, b) => a * b)), shapes[name])]));
  const found = Object.fromEntries(outputs.map((name) => [name, []]));

  for (const row of rows) {
    feeds[input] = new ort.Tensor(Float32Array.from(row), [1, row.length]);
    const results = await session.run(feeds);

    for (const name of states)
      feeds[name] = results[`${name}.next`];
    for (const name of outputs)
      found[name].push(results[name].data);
  }
  return found;
}

function difference(found, rows) {
  let largest = 0;

  rows.forEach((row, t) => row.forEach((x, i) => {
    largest = Math.max(largest, Math.abs(found[t][i] - x));
  }));
  return largest;
}

const {mask} = await run(net, "features", expected.features, ["mask"]);
const error = difference(mask, expected.mask);

console.log(`mask: ${error}`);
assert.ok(error < 1e-5);

const {enhanced} = await run(whole, "sound", expected.sound, ["enhanced"]);
const soundError = difference(enhanced, expected.enhanced);

console.log(`sound: ${soundError}`);
assert.ok(soundError < 1e-3);
