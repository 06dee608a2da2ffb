/* bits.mjs - what the worklet of a page in a browser gives. */
import assert from "node:assert";

import {readWav, snrDb, toFloat} from "./sound.mjs";

/* Renders a file through a node in a context of its rate. */
async function render(browser, name, options) {
  const {rate, channels} = readWav(name);
  const text = await browser.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob("${Buffer.concat(
      channels.map((x) => Buffer.from(x.buffer))).toString("base64")}"),
      (c) => c.charCodeAt(0));
    const pcm = new Int16Array(bytes.buffer), width = ${channels.length};
    const n = pcm.length / width;
    const context = new OfflineAudioContext(width, n + 16384, ${rate});
    const node = await nnse.NnseNode.create(context, ${JSON.stringify(options)});
    const buffer = context.createBuffer(width, n, ${rate});
    for (let c = 0; c < width; c++)
      buffer.getChannelData(c).set(
        Float32Array.from(pcm.subarray(c * n, c * n + n), (x) => x / 32768));
    const source = new AudioBufferSourceNode(context, {buffer});
    source.connect(node).connect(context.destination);
    source.start();
    const out = await context.startRendering();
    const late = Math.round(node.delaySeconds * ${rate});
    const found = [];
    for (let c = 0; c < width; c++)
      found.push(...out.getChannelData(c).subarray(late, late + n));
    return JSON.stringify(found);
  })()`);
  const all = JSON.parse(text), n = channels[0].length;

  return channels.map((_, c) =>
    Float32Array.from(all.slice(c * n, c * n + n)));
}

export async function testBits(browser) {
  for (const [name, channels] of [["noisy.wav", 1], ["stereo.wav", 2]])
    assert.deepStrictEqual(
      await render(browser, name, {channels}),
      toFloat(readWav(`fixed_${name}`).channels), name);
  const [found] = await render(browser, "48000.wav", {});
  const [expected] = toFloat(readWav("fixed_48000.wav").channels);

  assert.ok(snrDb(found, expected) > 30, "48 kHz");
}

/* At any rate of a context an impulse comes when the node says. */
export async function testRates(browser) {
  for (const rate of [8000, 11025, 22050, 44100, 96000, 192000]) {
    const [at, expected] = await browser.evaluate(`(async () => {
      const context = new OfflineAudioContext(1, ${rate}, ${rate});
      const node = await nnse.NnseNode.create(context, {limitDb: 6});
      const buffer = context.createBuffer(1, ${rate}, ${rate});
      const place = ${Math.floor(rate / 2)};
      buffer.getChannelData(0)[place] = 0.5;
      const source = new AudioBufferSourceNode(context, {buffer});
      source.connect(node).connect(context.destination);
      source.start();
      const out = (await context.startRendering()).getChannelData(0);
      const at = out.reduce((best, x, i) =>
        Math.abs(x) > Math.abs(out[best]) ? i : best, 0);
      return [at, place + Math.round(node.delaySeconds * ${rate})];
    })()`);

    assert.strictEqual(at, expected, `${rate} Hz`);
  }
}
