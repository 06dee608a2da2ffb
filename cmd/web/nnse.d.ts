/* nnse.d.ts - the types of nnse.js. */

export interface EnhanceOptions {
  /** Noise is lowered by this many dB at most; 0: not at all. Infinity. */
  limitDb?: number;
}

/**
 * Enhances a whole recording: as many channels, as long, aligned to the sample.
 * @param channels samples of each channel, full scale -1..1, 1 to 8 of them
 * @param rate 8000 to 192000 Hz; at 16000, sound of 16 bits comes out as from
 * `se-enhance --engine fixed`, bit for bit
 */
export function enhance(channels: Float32Array[], rate: number,
                        options?: EnhanceOptions): Promise<Float32Array[]>;

/** Sound as it comes, in blocks of any length, without Web Audio. */
export interface Stream {
  readonly rate: number;
  readonly channels: number;
  /** From input to output, in samples. */
  readonly delay: number;
  /** Gives as many samples as it takes; `out` may be `input`. */
  process(out: Float32Array[], input: Float32Array[]): void;
  limit(db: number): void;
  /** Forgets all sound. */
  reset(): void;
}

export function createStream(rate: number, channels?: number): Promise<Stream>;

export interface NodeOptions extends EnhanceOptions {
  /** 1 to 8, all under one mask; 1. */
  channels?: number;
}

/** The net as a node between others, at any rate of the context. */
export class NnseNode extends AudioWorkletNode {
  static create(context: BaseAudioContext,
                options?: NodeOptions): Promise<NnseNode>;
  private constructor();
  /** From input to output. */
  readonly delaySeconds: number;
  limitDb: number;
  /** false: the input, as late as the output would be. */
  enabled: boolean;
  /** Forgets all sound. */
  reset(): void;
  /** Ends the node's work; it cannot be used again. */
  close(): void;
}
