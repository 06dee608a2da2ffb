/* sound.mjs - wav files for the tests of nnse.js. */
import fs from "node:fs";

/** A file of 16 bits: {rate, channels: Int16Array[]}. */
export function readWav(path) {
  const bytes = fs.readFileSync(path);
  let at = 12, rate = 0, width = 0;

  while (bytes.toString("latin1", at, at + 4) !== "data") {
    if (bytes.toString("latin1", at, at + 4) === "fmt ") {
      width = bytes.readUInt16LE(at + 10);
      rate = bytes.readUInt32LE(at + 12);
    }
    at += 8 + bytes.readUInt32LE(at + 4);
  }
  const n = bytes.readUInt32LE(at + 4) / (2 * width);
  const channels = Array.from({length: width}, (_, c) =>
    Int16Array.from({length: n}, (_, i) =>
      bytes.readInt16LE(at + 8 + 2 * (i * width + c))));

  return {rate, channels};
}

export function toFloat(channels) {
  return channels.map((x) => Float32Array.from(x, (v) => v / 32768));
}

/** In dB, how much stronger `expected` is than what `found` differs by. */
export function snrDb(found, expected) {
  let signal = 0, error = 0;

  expected.forEach((x, i) => {
    signal += x * x;
    error += (found[i] - x) ** 2;
  });
  return 10 * Math.log10(signal / error);
}
