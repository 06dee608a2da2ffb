/* page_firefox.mjs - the page in a headless Firefox, from disk: the worklet's bits.
 *
 *     node page_firefox.mjs FIREFOX NNSE.HTML */
import fs from "node:fs";
import path from "node:path";
import {pathToFileURL} from "node:url";

import {testBits, testRates} from "./bits.mjs";
import {Firefox} from "./firefox.mjs";

const [program, page] = process.argv.slice(2);
const home = fs.mkdtempSync(path.resolve("firefox_"));
const browser = new Firefox(program, home);

try {
  await browser.open(pathToFileURL(path.resolve(page)).href);
  await testBits(browser);
  await testRates(browser);
} finally {
  await browser.close();
  fs.rmSync(home, {recursive: true, force: true, maxRetries: 10});
}
console.log("all right");
