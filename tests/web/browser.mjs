/* browser.mjs - drives a headless Chromium by its own protocol, over a pipe. */
import {spawn} from "node:child_process";

export class Browser {
  /** @param {string} program @param {string} home @param {string[]} more */
  constructor(program, home, more = []) {
    this.process = spawn(program, [
      "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
      "--autoplay-policy=no-user-gesture-required",
      "--disable-dev-shm-usage", "--disable-background-networking",
      `--user-data-dir=${home}`, "--window-size=1000,800", ...more,
    ], {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
    this.waiting = new Map();
    this.errors = [];
    this.n = 0;

    let text = "";

    this.process.stdio[4].on("data", (data) => {
      const parts = (text + data).split("\0");

      text = parts.pop();
      parts.forEach((part) => this.receive(JSON.parse(part)));
    });
  }

  receive(message) {
    const {id, method, params} = message;

    if (this.waiting.has(id)) {
      this.waiting.get(id)(message);
      this.waiting.delete(id);
    } else if (method === "Runtime.exceptionThrown")
      this.errors.push(JSON.stringify(params.exceptionDetails));
  }

  /** @param {string} method @param {object} params */
  async call(method, params = {}) {
    const id = ++this.n;
    const {sessionId} = this;
    const answer = new Promise((resolve) => this.waiting.set(id, resolve));

    this.process.stdio[3].write(
      JSON.stringify({id, method, params, sessionId}) + "\0");

    const {result, error} = await answer;

    if (error)
      throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async open(url) {
    const {targetId} = await this.call("Target.createTarget",
                                       {url: "about:blank"});
    const {sessionId} = await this.call("Target.attachToTarget",
                                        {targetId, flatten: true});

    this.sessionId = sessionId;
    await this.call("Runtime.enable");
    await this.call("Page.enable");
    await this.call("Page.navigate", {url});
    await this.until("document.readyState === 'complete'");
  }

  /** The value of an expression, or of its promise. */
  async evaluate(expression) {
    const {result, exceptionDetails} = await this.call("Runtime.evaluate", {
      expression, awaitPromise: true, returnByValue: true, userGesture: true});

    if (exceptionDetails)
      throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  async until(expression) {
    for (let i = 0; i < 300; i++) {
      if (await this.evaluate(expression))
        return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`never came true: ${expression}`);
  }

  /** Puts a file into an <input>. */
  async choose(selector, path) {
    const {root} = await this.call("DOM.getDocument");
    const {nodeId} = await this.call("DOM.querySelector",
                                     {nodeId: root.nodeId, selector});

    await this.call("DOM.setFileInputFiles", {nodeId, files: [path]});
  }

  /** A picture of the page, PNG. */
  async screenshot() {
    const {data} = await this.call("Page.captureScreenshot");

    return Buffer.from(data, "base64");
  }

  async close() {
    const ended = new Promise((resolve) => this.process.on("exit", resolve));

    this.call("Browser.close").catch(() => {});
    await ended;
  }
}
