/* nnse.js - speech enhancement in a page or in node: noise out, speech left as
 * it is. nnse.d.ts has the types. */
// @ts-check

/** @param {string} text */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** The runtime with its net. */
const wasmBytes = fromBase64(WASM_BASE64);

/** @type {WebAssembly.Module | undefined} */
let compiled;

/** Enhances a whole recording, aligned to the sample. */
export async function enhance(channels, rate, {limitDb = Infinity} = {}) {
  if (!Array.isArray(channels) || channels.length === 0 ||
      !channels.every((x) => x instanceof Float32Array &&
                             x.length === channels[0].length))
    throw new TypeError("nnse: channels must be an array of Float32Array of " +
                        "one length");
  compiled ??= await WebAssembly.compile(wasmBytes);
  return enhanceWith(compiled, channels, rate, limitDb);
}

/** A stream for use outside of Web Audio. */
export async function createStream(rate, channels = 1) {
  compiled ??= await WebAssembly.compile(wasmBytes);
  return new Stream(compiled, rate, channels);
}

/** Contexts whose worklet is there. */
const ready = new WeakMap();

function addModule(context) {
  if (!context.audioWorklet)
    throw new Error("nnse: no AudioWorklet here: the page must come from " +
                    "https, from this machine or from a file");
  // A blob's address would not do in a page from disk.
  if (!ready.has(context))
    ready.set(context, context.audioWorklet.addModule(
      `data:text/javascript,${encodeURIComponent(WORKLET)}`));
  return ready.get(context);
}

/** Sound through the net: create() makes one. */
export const NnseNode = globalThis.AudioWorkletNode && class NnseNode
  extends AudioWorkletNode {
  static async create(context, {channels = 1, limitDb = Infinity} = {}) {
    await addModule(context);
    const {delay} = await createStream(context.sampleRate, channels);

    return new NnseNode(context, channels, limitDb, delay);
  }

  constructor(context, channels, limitDb, delay) {
    super(context, "nnse", {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [channels],
      channelCount: channels,
      channelCountMode: "explicit",
      processorOptions: {wasm: wasmBytes, channels},
    });
    this.delaySeconds = delay / context.sampleRate;
    this.limitDb = limitDb;
  }

  get limitDb() {
    const {value} = this.parameters.get("limit");

    return value < 100 ? value : Infinity;
  }

  set limitDb(db) {
    if (!(db >= 0))
      throw new RangeError(`nnse: limit is ${db} dB, expected 0 or more`);
    this.parameters.get("limit").value = Math.min(db, 100);
  }

  get enabled() {
    return this.parameters.get("enabled").value >= 0.5;
  }

  set enabled(on) {
    this.parameters.get("enabled").value = on ? 1 : 0;
  }

  reset() {
    this.port.postMessage("reset");
  }

  close() {
    this.disconnect();
    this.port.postMessage("close");
  }
};
