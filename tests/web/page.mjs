/* page.mjs - the page in a headless Chromium, from disk: the worklet's bits, a
 * file, the switch, the limit, the microphone, and a page that may not have it.
 *
 *     node page.mjs CHROMIUM NNSE.HTML [SCREENSHOT.PNG] */
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import {pathToFileURL} from "node:url";

import {testBits, testRates} from "./bits.mjs";
import {Browser} from "./browser.mjs";
import {readWav} from "./sound.mjs";

const [program, page, picture] = process.argv.slice(2);
const url = pathToFileURL(path.resolve(page)).href;

const text = (id) => `document.getElementById("${id}").textContent`;
const click = (id) => `document.getElementById("${id}").click()`;

/* The rightmost columns of a spectrogram: how bright they are. */
const brightness = (id) => `(() => {
  const canvas = document.getElementById("${id}");
  const {data} = canvas.getContext("2d").getImageData(
    canvas.width - 60, 0, 60, canvas.height);
  return data.reduce((sum, x, i) => i % 4 < 3 ? sum + x : sum, 0);
})()`;

async function testFile(browser) {
  await browser.choose("#file", path.resolve("noisy.wav"));
  await browser.until(`${text("message")}.includes("ms late")`);
  await browser.until(`${brightness("before")} > 0`);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const before = await browser.evaluate(brightness("before"));
  const after = await browser.evaluate(brightness("after"));

  assert.ok(after < 0.8 * before, `spectrograms: ${before}, ${after}`);
  if (picture)
    fs.writeFileSync(picture, await browser.screenshot());

  await browser.evaluate(click("enabled"));
  assert.strictEqual(await browser.evaluate(text("enabled")), "As it came");
  await browser.evaluate(`{
    const limit = document.getElementById("limit");
    limit.value = 12;
    limit.dispatchEvent(new Event("input"));
  }`);
  assert.strictEqual(await browser.evaluate(text("limit-text")), "12 dB");
  await browser.until(`${text("play")} === "Play"`); // the file is over
  await browser.evaluate(click("enabled"));
}

async function testSaved(browser, folder) {
  await browser.call("Browser.setDownloadBehavior", {
    behavior: "allow", downloadPath: folder});
  await browser.evaluate(click("save"));
  await browser.until(`${text("message")}.includes("is saved")`);

  const saved = path.join(folder, "noisy_enhanced.wav");

  for (let i = 0; i < 100 && !fs.existsSync(saved); i++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(readWav(saved).channels[0].length > 0);
}

/* As where a browser finds no loudspeaker. */
async function testNoStart(browser) {
  await browser.evaluate(`{
    nnse.page.context.resume = () => new Promise(() => {});
    ${click("play")};
  }`);
  await browser.until(`${text("message")}.includes("does not start")`);
  await browser.evaluate(`delete nnse.page.context.resume`);
}

async function testWrongFile(browser) {
  await browser.choose("#file", path.resolve("text.wav"));
  await browser.until(`${text("message")}.includes("finds no sound in it")`);
}

async function testMicrophone(browser) {
  await browser.evaluate(click("microphone"));
  await browser.until(`${text("message")}.startsWith("Listening")`);
  await browser.until(`${brightness("before")} > 0`);
  await browser.evaluate(click("microphone"));
  assert.strictEqual(await browser.evaluate(text("message")),
                     "The microphone is off.");

  // One that vanishes.
  await browser.evaluate(click("microphone"));
  await browser.until(`${text("message")}.startsWith("Listening")`);
  await browser.evaluate(`nnse.page.stream.getAudioTracks()[0]
    .dispatchEvent(new Event("ended"))`);
  assert.strictEqual(await browser.evaluate(text("message")),
                     "The microphone is gone.");
}

async function testNoPermission(browser) {
  await browser.evaluate(click("microphone"));
  await browser.until(`${text("message")}.includes("not allowed")`);
  assert.ok(await browser.evaluate(
    `document.getElementById("message").classList.contains("wrong")`));
}

async function withBrowser(name, more, tests) {
  const home = fs.mkdtempSync(path.resolve(`browser_${name}_`));
  const browser = new Browser(program, home, more);

  try {
    await browser.open(url);
    for (const test of tests)
      await test(browser, home);
    assert.deepStrictEqual(browser.errors, []);
  } finally {
    await browser.close();
    fs.rmSync(home, {recursive: true, force: true, maxRetries: 10});
  }
}

await withBrowser("allowed", [
  "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-audio-capture=${path.resolve("48000.wav")}`,
], [testBits, testRates, testFile, testSaved, testNoStart, testWrongFile,
    testMicrophone]);
await withBrowser("denied", [
  "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny",
], [testNoPermission]);
console.log("all right");
