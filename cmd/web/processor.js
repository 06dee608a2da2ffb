/* processor.js - the stream in the audio thread of a page. */
// @ts-check

class NnseProcessor extends AudioWorkletProcessor {
  static get parameterDescriptors() {
    return [
      {name: "limit", defaultValue: 100, minValue: 0, maxValue: 100,
       automationRate: "k-rate"},
      {name: "enabled", defaultValue: 1, minValue: 0, maxValue: 1,
       automationRate: "k-rate"},
    ];
  }

  /** @param {any} options */
  constructor(options) {
    super();
    const {wasm, channels} = options.processorOptions;

    this.stream = new Stream(new WebAssembly.Module(wasm), sampleRate, channels);
    this.limitDb = Infinity;
    this.silence = new Float32Array(128);
    this.input = Array(channels).fill(this.silence);
    this.output = Array(channels).fill(this.silence);
    this.isOpen = true;
    this.port.onmessage = ({data}) => {
      if (data === "reset")
        this.stream.reset();
      else if (data === "close")
        this.isOpen = false;
    };
  }

  /**
   * @param {Float32Array[][]} inputs
   * @param {Float32Array[][]} outputs
   * @param {Record<string, Float32Array>} parameters
   */
  process(inputs, outputs, parameters) {
    const [out] = outputs, [input] = inputs;
    const asked = parameters.enabled[0] >= 0.5 ? parameters.limit[0] : 0;
    const limitDb = asked < 100 ? asked : Infinity;

    if (limitDb !== this.limitDb)
      this.stream.limit(this.limitDb = limitDb);
    // Without a source there are no channels, and with fewer the last stands
    // for those that are missing.
    for (let c = 0; c < this.input.length; c++) {
      this.output[c] = out[c];
      this.input[c] = input[Math.min(c, input.length - 1)] || this.silence;
    }
    this.stream.process(this.output, this.input);
    return this.isOpen;
  }
}

registerProcessor("nnse", NnseProcessor);
