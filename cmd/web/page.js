/* page.js - what the page does with nnse.js, which stands before it. */
// @ts-check

const element = (id) => document.getElementById(id);
const NO_LIMIT = 41; // the last place of the slider

const page = {
  context: null, node: null, before: null, after: null,
  source: null, // what plays: a buffer or a microphone
  stream: null, // of the microphone
  buffer: null, // of the file
  name: "",
};

function say(text, isWrong = false) {
  element("message").textContent = text;
  element("message").classList.toggle("wrong", isWrong);
}

/* How a button looks; where its text does not say it, for those who cannot see,
 * too. */
function press(id, isPressed) {
  element(id).classList.toggle("on", isPressed);
  if (element(id).hasAttribute("aria-pressed"))
    element(id).setAttribute("aria-pressed", String(isPressed));
}

const isPressed = (id) => element(id).classList.contains("on");

/* ---- sound ------------------------------------------------------------------ */

/* Some browsers wait for a loudspeaker for ever. */
async function start(context) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(
    "The sound does not start here: is there a loudspeaker?")), 3000));

  await Promise.race([context.resume(), late]);
}

/* source -> before (waits as long as the net does)
 *        -> net -> after -> loudspeakers */
async function open(channels) {
  const context = page.context ??= new AudioContext();

  await start(context);
  page.node?.close();
  const node = page.node = await NnseNode.create(context, {channels});
  const wait = new DelayNode(context, {
    maxDelayTime: 1, delayTime: node.delaySeconds});
  const settings = {fftSize: 1024, smoothingTimeConstant: 0};

  page.entry = new GainNode(context);
  page.before = new AnalyserNode(context, settings);
  page.after = new AnalyserNode(context, settings);
  page.out = new GainNode(context);
  page.entry.connect(wait).connect(page.before);
  page.entry.connect(node).connect(page.after);
  node.connect(page.out).connect(context.destination);
  node.enabled = isPressed("enabled");
  setLimit();
}

function stop() {
  if (page.source) {
    page.source.onended = null;
    page.source.disconnect();
    page.source.stop?.();
  }
  page.stream?.getTracks().forEach((track) => track.stop());
  page.source = page.stream = null;
  press("play", false);
  press("microphone", false);
  element("play").textContent = "Play";
}

async function startMicrophone() {
  if (!navigator.mediaDevices)
    throw new Error("This page has no microphone: it must come from https, " +
                    "from this machine or from a file.");
  const stream = await navigator.mediaDevices.getUserMedia({audio: {
    // The browser's own means would leave nothing to do.
    noiseSuppression: false, autoGainControl: false, echoCancellation: false,
    channelCount: 1,
  }});

  await open(1);
  page.stream = stream;
  page.source = new MediaStreamAudioSourceNode(page.context,
                                               {mediaStream: stream});
  page.out.gain.value = element("listen").checked ? 1 : 0;
  page.source.connect(page.entry);
  stream.getAudioTracks()[0].onended = () => {
    stop();
    say("The microphone is gone.", true);
  };
  press("microphone", true);
  say(`Listening, ${describeDelay()}.`);
}

async function startFile() {
  await open(Math.min(page.buffer.numberOfChannels, 2));
  page.source = new AudioBufferSourceNode(page.context,
                                          {buffer: page.buffer});
  page.source.onended = () => {
    stop();
    say(page.name);
  };
  page.source.connect(page.entry);
  page.source.start();
  press("play", true);
  element("play").textContent = "Stop";
  say(`${page.name}, ${describeDelay()}`);
}

function describeDelay() {
  const ms = Math.round(1000 * page.node.delaySeconds);

  return `${ms} ms late at ${page.context.sampleRate} Hz`;
}

async function load(file) {
  page.context ??= new AudioContext();
  try {
    page.buffer = await page.context.decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Error(`${file.name}: this browser finds no sound in it.`);
  }
  page.name = file.name;
  element("play").disabled = element("save").disabled = false;
}

/* ---- saving ----------------------------------------------------------------- */

/** A WAV file of 16 bits. */
function wav(channels, rate) {
  const n = channels[0].length, width = channels.length;
  const bytes = new DataView(new ArrayBuffer(44 + 2 * n * width));
  const text = (at, letters) => [...letters].forEach((letter, i) =>
    bytes.setUint8(at + i, letter.charCodeAt(0)));

  text(0, "RIFF");
  bytes.setUint32(4, 36 + 2 * n * width, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, width, true);
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate * width * 2, true);
  bytes.setUint16(32, width * 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, 2 * n * width, true);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < width; c++)
      bytes.setInt16(44 + 2 * (i * width + c), toInt16(channels[c][i]), true);
  return new Blob([bytes], {type: "audio/wav"});
}

async function save() {
  const {buffer} = page;
  const width = Math.min(buffer.numberOfChannels, 8);
  const channels = Array.from({length: width},
                              (_, c) => buffer.getChannelData(c));
  const enhanced = await enhance(channels, buffer.sampleRate,
                                 {limitDb: limitDb()});
  const link = document.createElement("a");

  link.download = page.name.replace(/(\.[^.]*)?$/, "_enhanced.wav");
  link.href = URL.createObjectURL(wav(enhanced, buffer.sampleRate));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  say(`${link.download} is saved.`);
}

/* ---- controls --------------------------------------------------------------- */

function limitDb() {
  const value = Number(element("limit").value);

  return value < NO_LIMIT ? value : Infinity;
}

function setLimit() {
  const db = limitDb();

  element("limit-text").textContent = db < Infinity ? `${db} dB` : "no limit";
  if (page.node)
    page.node.limitDb = db;
}

/* Why something did not work, for people. */
function explain(error) {
  const reasons = {
    NotAllowedError: "The microphone is not allowed here: see the settings of " +
                     "this page in the browser.",
    NotFoundError: "There is no microphone.",
    NotReadableError: "The microphone cannot be read; another program may " +
                      "have it.",
    NotSupportedError: "This browser gives no page a microphone.",
  };

  return reasons[error.name] || error.message;
}

function when(id, event, action) {
  element(id).addEventListener(event, async () => {
    try {
      await action();
    } catch (error) {
      stop();
      say(explain(error), true);
    }
  });
}

when("microphone", "click", async () => {
  const isOn = page.stream !== null;

  stop();
  if (isOn)
    say("The microphone is off.");
  else
    await startMicrophone();
});
when("file", "change", async () => {
  const [file] = element("file").files;

  if (!file)
    return;
  stop();
  await load(file);
  await startFile();
});
when("play", "click", async () => {
  const isOn = page.source !== null && page.stream === null;

  stop();
  if (!isOn)
    await startFile();
});
when("save", "click", save);
when("limit", "input", setLimit);
when("listen", "change", () => {
  if (page.stream)
    page.out.gain.value = element("listen").checked ? 1 : 0;
});
when("enabled", "click", () => {
  const on = !isPressed("enabled");

  press("enabled", on);
  element("enabled").textContent = on ? "Enhanced" : "As it came";
  if (page.node)
    page.node.enabled = on;
});

/* ---- spectrograms ----------------------------------------------------------- */

const LOWEST_DB = -100, HIGHEST_DB = -25, TOP_HZ = 8000;

/* Black over violet and orange to white. */
function colour(x) {
  const level = Math.max(0, Math.min(1, x));

  return [
    255 * Math.min(1, 1.8 * level),
    255 * Math.max(0, 1.7 * level - 0.6),
    255 * (level < 0.5 ? 0.9 * level * (1 - level) * 2.2
                       : Math.max(0, 2.4 * level - 1.4, 1.1 - 2 * level)),
  ];
}

const PALETTE = Array.from({length: 256}, (_, i) => colour(i / 255));

function draw(canvas, analyser, levels) {
  const picture = canvas.getContext("2d");
  const {width, height} = canvas;
  const column = picture.createImageData(1, height);
  const bins = (TOP_HZ * analyser.fftSize) / analyser.context.sampleRate;

  analyser.getFloatFrequencyData(levels);
  for (let y = 0; y < height; y++) {
    const bin = Math.floor(((height - 1 - y) / height) * bins);
    const level = ((levels[bin] ?? LOWEST_DB) - LOWEST_DB) /
                  (HIGHEST_DB - LOWEST_DB);
    const shade = Math.round(255 * Math.max(0, Math.min(1, level)));
    const [red, green, blue] = PALETTE[shade];

    column.data.set([red, green, blue, 255], 4 * y);
  }
  picture.drawImage(canvas, -1, 0);
  picture.putImageData(column, width - 1, 0);
}

const levels = new Float32Array(512);

function drawAll() {
  requestAnimationFrame(drawAll);
  if (!page.source)
    return;
  draw(element("before"), page.before, levels);
  draw(element("after"), page.after, levels);
}

drawAll();

/* For the console. */
globalThis.nnse = {NnseNode, enhance, createStream, page};
