/* stream.js - sound of any rate through the integer net, which hears 16 kHz:
 * as lib/enhance/stream.c does it. A constant offset is taken away; what the
 * mask takes away is converted to the sound's rate and subtracted; what lies
 * above 8 kHz is turned down as one band. Nothing is allocated while sound
 * flows. */
// @ts-check

const NET_HZ = 16000;
const HOP = 160;
const WINDOW = 3 * HOP;
const NET_DELAY = WINDOW - HOP;
const BINS = 257;
const PEAK = 64; // larger samples are none

/* ---- conversion of the rate -------------------------------------------------
 * Interpolation by a sinc in a Kaiser window (80 dB) of 32 periods of the lower
 * rate, 2 ms at 16 kHz, a side. */
const PERIODS = 32;
const KAISER = 7.86;
const PASS = 0.93; // of the lower rate's band
const PHASES = 512;

/** @param {number} x */
function bessel0(x) {
  let sum = 1, term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** @param {number} a @param {number} b @returns {number} */
function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}

/* The filter from one rate to another: sample n of what comes out lies at
 * n * step of what goes in. */
class Filter {
  /** @param {number} fromHz @param {number} toHz */
  constructor(fromHz, toHz) {
    const band = Math.min(1, toHz / fromHz); // of the input's
    const divisor = gcd(fromHz, toHz);

    this.half = Math.ceil(PERIODS / band);
    this.up = toHz / divisor; // positions are multiples of 1 / up
    this.down = fromHz / divisor;
    // Each position has a phase of its own, or lies between two.
    this.phases = this.up <= PHASES ? this.up : PHASES;
    this.table = new Float32Array((this.phases + 1) * 2 * this.half);
    for (let p = 0; p <= this.phases; p++)
      this.fillPhase(p, band);
  }

  /** @param {number} p @param {number} band */
  fillPhase(p, band) {
    const width = 2 * this.half;
    let sum = 0;

    for (let i = 0; i < width; i++) {
      const x = i + 1 - this.half - p / this.phases;
      const t = Math.min(1, Math.abs(x / this.half));
      const w = bessel0(KAISER * Math.sqrt(1 - t * t)) / bessel0(KAISER);
      const angle = Math.PI * PASS * band * x;

      sum += this.table[p * width + i] = w * (angle ? Math.sin(angle) / angle : 1);
    }
    for (let i = 0; i < width; i++)
      this.table[p * width + i] /= sum;
  }

  /**
   * The value at `fraction` / up behind x[at].
   * @param {Float32Array} x @param {number} at @param {number} fraction
   */
  value(x, at, fraction) {
    const width = 2 * this.half;
    const position = (fraction * this.phases) / this.up;
    const phase = Math.floor(position);
    const rest = position - phase;
    const row = phase * width;
    const first = at + 1 - this.half;
    const table = this.table;
    let sum = 0, next = 0;

    for (let i = 0; i < width; i++)
      sum += table[row + i] * x[first + i];
    if (rest === 0)
      return sum;
    for (let i = 0; i < width; i++)
      next += table[row + width + i] * x[first + i];
    return sum + rest * (next - sum);
  }
}

/* Samples of several signals side by side, of which the oldest are let go. */
class Queue {
  /** @param {number} channels @param {number} size @param {number} n_silent */
  constructor(channels, size, n_silent) {
    this.data = Array.from({length: channels}, () => new Float32Array(size));
    this.size = size;
    this.silent = n_silent;
    this.clear();
  }

  clear() {
    this.data.forEach((x) => x.fill(0));
    this.n = this.silent; // of samples that are there, the oldest first
  }

  /** @param {number} n */
  drop(n) {
    for (const x of this.data)
      x.copyWithin(0, n, this.n);
    this.n -= n;
  }
}

/* ---- what is no sound, and channels that are the negative of others --------- */

const {fround} = Math;
const OFFSET_FLOOR = 0.02; // of full scale
const OFFSET_SURE = 6; // deviations
const OFFSET_GROUPS = 200; // of 10 ms

/* A constant offset of one channel: lib/dsp/offset.h, to the bit. */
class Offset {
  /** @param {number} group samples of 10 ms */
  constructor(group) {
    this.group = group;
    this.isKept = false; // it stays in the sound from the next group on
    this.reset();
  }

  reset() {
    this.sum = this.sumSquared = this.n = 0;
    this.mean = this.meanSquare = this.groups = 0;
    this.isSure = false;
    this.from = this.to = 0;
  }

  /** @param {number} mean @param {number} meanSquare @param {number} groups */
  static isSure(mean, meanSquare, groups) {
    const variance = Math.max(meanSquare - mean * mean, 0);

    return Math.abs(mean) > OFFSET_FLOOR &&
           mean * mean * groups > OFFSET_SURE * OFFSET_SURE * variance;
  }

  /** Looks at the first group. @param {Float32Array} x @param {number} first */
  foresee(x, first) {
    let sum = 0, sumSquared = 0;

    for (let i = first; i < first + this.group; i++) {
      sum += x[i];
      sumSquared += x[i] * x[i];
    }
    sum /= this.group;
    this.isSure = !this.isKept && Offset.isSure(sum, sumSquared / this.group, 1);
    if (this.isSure)
      this.from = this.to = fround(sum);
  }

  learn() {
    const n = Math.min(this.groups + 1, OFFSET_GROUPS);

    this.mean += (this.sum / this.n - this.mean) / n;
    this.meanSquare += (this.sumSquared / this.n - this.meanSquare) / n;
    this.groups = n;
    this.sum = this.sumSquared = this.n = 0;
    this.isSure ||= Offset.isSure(this.mean, this.meanSquare, n);
    this.from = this.to;
    if (this.isSure)
      this.to = this.isKept ? 0 : fround(this.mean);
  }

  /**
   * Takes it from x[first..last].
   * @param {Float32Array} x @param {number} first @param {number} last
   */
  remove(x, first, last) {
    for (let i = first; i < last; i++) {
      this.sum += x[i];
      this.sumSquared += x[i] * x[i];
      this.n++;
      if (this.isSure) {
        const way = fround(fround(this.to - this.from) * this.n);

        x[i] -= fround(this.from + fround(way / this.group));
      }
      if (this.n === this.group)
        this.learn();
    }
  }
}

const MIX_KEPT = 1 << 18; // samples of which the correlation knows
const MIX_LEAST = 160;

/* Which channels are the negative of others, as a balanced microphone gives on a
 * stereo jack: se_downmix of lib/dsp/convert.h. */
class Downmix {
  /** @param {number} channels */
  constructor(channels) {
    this.channels = channels;
    this.products = new Float64Array(channels * channels);
    this.sums = new Float64Array(channels);
    this.sign = new Int8Array(channels);
    this.reset();
  }

  reset() {
    this.products.fill(0);
    this.sums.fill(0);
    this.sign.fill(1);
    this.n = 0;
  }

  /**
   * From x[c][first..first + HOP].
   * @param {Float32Array[]} x @param {number} first
   */
  learn(x, first) {
    const keep = this.n + HOP > MIX_KEPT ? 1 - HOP / MIX_KEPT : 1;

    for (let a = 0; a < this.channels; a++) {
      let level = 0;

      for (let i = first; i < first + HOP; i++)
        level += x[a][i];
      this.sums[a] = keep * this.sums[a] + level;
      for (let b = 0; b <= a; b++) {
        let sum = 0;

        for (let i = first; i < first + HOP; i++)
          sum += x[a][i] * x[b][i];
        this.products[a * this.channels + b] =
          keep * this.products[a * this.channels + b] + sum;
      }
    }
    this.n = keep * this.n + HOP;
    for (let a = 1; a < this.channels && this.n >= MIX_LEAST; a++)
      this.chooseSign(a);
  }

  /** @param {number} a @param {number} b */
  covariance(a, b) {
    return this.products[a * this.channels + b] -
           (this.sums[a] * this.sums[b]) / this.n;
  }

  /** That of the channel before it which it is most like, or the other. */
  chooseSign(/** @type {number} */ a) {
    const sure = 0.3 + 0.6 * Math.sqrt(MIX_LEAST / this.n);
    let most = 0, like = 0;

    for (let b = 0; b < a; b++) {
      const power = this.covariance(a, a) * this.covariance(b, b);
      const r = power > 0 ? this.covariance(a, b) / Math.sqrt(power) : 0;

      if (Math.abs(r) > Math.abs(most)) {
        most = r;
        like = b;
      }
    }
    if (Math.abs(most) > sure)
      this.sign[a] = most < 0 ? -this.sign[like] : this.sign[like];
  }
}

/* ---- the net ---------------------------------------------------------------- */

/** The runtime: a step of 160 samples of each channel. */
class Net {
  /** @param {WebAssembly.Module} module @param {number} channels */
  constructor(module, channels) {
    const wasm = /** @type {any} */ (new WebAssembly.Instance(module).exports);

    if (channels < 1 || channels > wasm.max_channels())
      throw new RangeError(`nnse: ${channels} channels, expected 1 to ` +
                           `${wasm.max_channels()}`);
    this.wasm = wasm;
    this.channels = channels;
    const view = (/** @type {number} */ place, /** @type {number} */ n) =>
      new Int16Array(wasm.memory.buffer, place, n);
    const places = channels > 1 ? channels + 1 : 1;
    /** Where samples go in and come out; the mean is behind the channels. */
    this.hops = Array.from({length: places}, (_, c) => view(wasm.hop(c), HOP));
    /** Of the last step, Q15. */
    this.mask = view(wasm.last_mask(), BINS);
    this.reset();
  }

  reset() {
    if (this.wasm.reset() !== 0)
      throw new Error("nnse: the runtime refuses its net");
  }

  /** @param {number} db */
  limit(db) {
    this.wasm.limit(Math.round(32767 * 10 ** (-db / 20)));
  }

  step() {
    this.wasm.step(this.channels);
  }
}

/** To 16 bits, halves to even, as the desk does. @param {number} x */
function toInt16(x) {
  const scaled = x * 32768;
  let whole = Math.round(scaled);

  if (whole - scaled === 0.5 && whole % 2 !== 0)
    whole--;
  return Math.max(-32768, Math.min(32767, whole));
}

/* ---- the stream ------------------------------------------------------------- */

/** Sound in, sound out, in blocks of any length; the output is `delay` samples
 * late. */
class Stream {
  /**
   * @param {WebAssembly.Module} module
   * @param {number} rate 8000 to 192000 Hz
   * @param {number} channels 1 to 8
   */
  constructor(module, rate, channels) {
    if (!Number.isInteger(rate) || rate < 8000 || rate > 192000)
      throw new RangeError(`nnse: rate is ${JSON.stringify(rate)}, expected a ` +
                           "whole number, 8000 to 192000");
    this.net = new Net(module, channels);
    this.rate = rate;
    this.channels = channels;
    this.toNet = rate === NET_HZ ? null : new Filter(rate, NET_HZ);
    this.fromNet = rate === NET_HZ ? null : new Filter(NET_HZ, rate);

    const ahead = this.fromNet && this.toNet
      ? Math.ceil(((this.fromNet.half + 1) * rate) / NET_HZ) + this.toNet.half
      : 0;

    this.delay = Math.ceil(((NET_DELAY + HOP - 1) * rate) / NET_HZ) + ahead;
    this.createQueues();
    this.describeBand();
    this.limit(Infinity);
    this.reset();
  }

  createQueues() {
    const {channels, rate} = this;
    const half = this.toNet ? this.toNet.half : 0;
    const netHalf = this.fromNet ? this.fromNet.half : 0;
    const block = Math.ceil(rate / 100); // what is done at once

    // What waits for its result, and what the filter sees around a position.
    this.in = new Queue(channels, this.delay + 2 * half + 2 * block, half);
    this.netIn = new Queue(channels, NET_DELAY + 2 * HOP, NET_DELAY);
    // Taken of each channel, what the net saw of it, 1 - gain above its band.
    this.taken = new Queue(2 * channels + 1, 8 * HOP + 4 * netHalf, netHalf);
    this.block = block;
    this.offsets = Array.from({length: channels},
                              () => new Offset(Math.floor(rate / 100)));
    this.downmix = new Downmix(channels);
    this.late = new Float32Array(HOP);
    this.loss = new Float32Array(3);
  }

  /* The bins whose mask stands for what lies above, the squared window. */
  describeBand() {
    const top = Math.floor((Math.min(this.rate, NET_HZ) / 2) * (512 / NET_HZ));

    this.bandFirst = Math.floor((top * 5) / 8);
    this.bandSize = top + 1 - this.bandFirst;
    this.weight = Float32Array.from({length: WINDOW}, (_, i) =>
      (Math.sin((Math.PI * i) / WINDOW) ** 2 * 2) / 3);
  }

  /** Forgets all sound. */
  reset() {
    this.net.reset();
    for (const queue of [this.in, this.netIn, this.taken])
      queue.clear();
    this.offsets.forEach((offset) => offset.reset());
    this.downmix.reset();
    this.unseen = 0; // of the first group, which nobody has looked at
    this.isNew = true;
    this.loss.fill(0);
    // Where the next sample at 16 kHz lies in `in`, where the next result in
    // `taken` and `in`: a whole place and a fraction of `up`.
    this.netAt = this.in.n;
    this.netFraction = 0;
    this.takenAt = this.taken.n;
    this.takenFraction = 0;
    this.outAt = this.in.n;
    this.silent = this.delay; // samples that come before the first sound
    this.early = NET_DELAY / HOP; // steps that give what was before it
  }

  /** Noise is lowered by `db` at most; 0: not at all. @param {number} db */
  limit(db) {
    if (!(db >= 0))
      throw new RangeError(`nnse: limit is ${db} dB, expected 0 or more`);
    this.net.limit(db);
    this.isBypass = db === 0;
  }

  /**
   * @param {Float32Array[]} out of each channel, as long as `input`
   * @param {Float32Array[]} input
   */
  process(out, input) {
    const n = input[0].length;

    for (let first = 0; first < n; first += this.block) {
      const m = Math.min(this.block, n - first);

      this.feed(input, first, m);
      this.give(out, first, m);
    }
  }

  /** @param {Float32Array[]} input @param {number} first @param {number} n */
  feed(input, first, n) {
    const queue = this.in;

    for (let c = 0; c < this.channels; c++)
      for (let i = 0; i < n; i++) {
        const x = input[c][first + i];

        queue.data[c][queue.n + i] = Math.abs(x) <= PEAK ? x : 0;
      }
    queue.n += n;
    this.unseen += n;
    // At 16 kHz a hop is waited for anyway, and the first may lose its offset.
    if (!this.toNet && this.isNew && this.unseen < HOP)
      return;
    this.removeOffsets();
    if (this.toNet)
      this.convertToNet();
    else
      this.copyToNet(this.unseen);
    this.unseen = 0;
    this.isNew = false;
  }

  /* From the samples that are new. */
  removeOffsets() {
    const {data, n} = this.in;

    for (let c = 0; c < this.channels; c++) {
      const offset = this.offsets[c];

      offset.isKept = this.isBypass;
      if (!this.toNet && this.isNew)
        offset.foresee(data[c], n - this.unseen);
      offset.remove(data[c], n - this.unseen, n);
    }
  }

  convertToNet() {
    const queue = this.in;

    while (this.netAt + this.toNet.half < queue.n) {
      for (let c = 0; c < this.channels; c++)
        this.netIn.data[c][this.netIn.n] =
          this.toNet.value(queue.data[c], this.netAt, this.netFraction);
      this.netFraction += this.toNet.down;
      this.netAt += Math.floor(this.netFraction / this.toNet.up);
      this.netFraction %= this.toNet.up;
      this.growNetIn();
    }
  }

  /** @param {number} n */
  copyToNet(n) {
    for (let i = this.in.n - n; i < this.in.n; i++) {
      for (let c = 0; c < this.channels; c++)
        this.netIn.data[c][this.netIn.n] = this.in.data[c][i];
      this.growNetIn();
    }
    this.netAt = this.in.n;
  }

  growNetIn() {
    if (++this.netIn.n === NET_DELAY + HOP) {
      this.step();
      this.netIn.drop(HOP);
    }
  }

  /* Runs the net on the newest hop; the one that becomes ready is the oldest. */
  step() {
    const {net, netIn, taken, channels, downmix} = this;

    if (channels > 1)
      downmix.learn(netIn.data, NET_DELAY);
    for (let i = 0; i < HOP; i++) {
      let sum = 0;

      for (let c = 0; c < channels; c++) {
        const x = netIn.data[c][NET_DELAY + i];

        sum = fround(sum + downmix.sign[c] * x);
        net.hops[c][i] = toInt16(x);
      }
      if (channels > 1)
        net.hops[channels][i] = toInt16(fround(sum / channels));
    }
    net.step();
    if (this.early > 0) {
      this.early--;
      this.describeLoss();
      return;
    }
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < HOP; i++) {
        const seen = netIn.data[c][i];

        taken.data[c][taken.n + i] =
          (toInt16(seen) - net.hops[c][i]) / 32768;
        taken.data[channels + c][taken.n + i] = seen;
      }
    this.describeLoss();
    this.appendLoss();
    taken.n += HOP;
  }

  /* How much the newest mask takes away at the top of the band. */
  describeLoss() {
    const {loss, net} = this;
    let sum = 0;

    for (let k = 0; k < this.bandSize; k++)
      sum += 1 - net.mask[this.bandFirst + k] / 32767;
    loss[0] = loss[1];
    loss[1] = loss[2];
    loss[2] = sum / this.bandSize;
  }

  appendLoss() {
    const {loss, weight, taken} = this;
    const row = taken.data[2 * this.channels];

    for (let i = 0; i < HOP; i++)
      row[taken.n + i] = loss[2] * weight[i] + loss[1] * weight[i + HOP] +
                         loss[0] * weight[i + 2 * HOP];
  }

  /** @param {Float32Array[]} out @param {number} first @param {number} n */
  give(out, first, n) {
    for (let i = 0; i < n; i++) {
      if (this.silent > 0) {
        this.silent--;
        for (let c = 0; c < this.channels; c++)
          out[c][first + i] = 0;
        continue;
      }
      for (let c = 0; c < this.channels; c++)
        out[c][first + i] = this.result(c);
      this.advance();
    }
    this.dropUsed();
  }

  /* The next sample of a channel. */
  result(/** @type {number} */ c) {
    const x = this.in.data[c][this.outAt];
    const {data} = this.taken;

    if (!this.fromNet)
      return x - data[c][this.takenAt];

    const at = this.takenAt, fraction = this.takenFraction;
    const rest = x - this.fromNet.value(data[this.channels + c], at, fraction);

    return x - this.fromNet.value(data[c], at, fraction) -
           data[2 * this.channels][at] * rest;
  }

  advance() {
    this.outAt++;
    if (!this.fromNet) {
      this.takenAt++;
      return;
    }
    this.takenFraction += this.fromNet.down;
    this.takenAt += Math.floor(this.takenFraction / this.fromNet.up);
    this.takenFraction %= this.fromNet.up;
  }

  dropUsed() {
    const half = this.toNet ? this.toNet.half : 0;
    const netHalf = this.fromNet ? this.fromNet.half : 0;
    const n = Math.min(this.outAt, this.netAt - half);
    const n_taken = this.takenAt - netHalf;

    if (n > 0) {
      this.in.drop(n);
      this.outAt -= n;
      this.netAt -= n;
    }
    if (n_taken > 0) {
      this.taken.drop(n_taken);
      this.takenAt -= n_taken;
    }
  }
}

/**
 * A whole recording, aligned to the sample.
 * @param {WebAssembly.Module} module
 * @param {Float32Array[]} input of each channel
 * @param {number} rate
 * @param {number} limitDb
 */
function enhanceWith(module, input, rate, limitDb) {
  const stream = new Stream(module, rate, input.length);
  const n = input[0].length;
  const out = input.map(() => new Float32Array(n + stream.delay));

  stream.limit(limitDb);
  stream.process(out.map((x) => x.subarray(0, n)), input);
  // The silence behind it has no offset.
  stream.offsets.forEach((offset) => offset.reset());
  stream.process(out.map((x) => x.subarray(n)),
                 input.map(() => new Float32Array(stream.delay)));
  return out.map((x) => x.slice(stream.delay));
}
