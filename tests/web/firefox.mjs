/* firefox.mjs - drives a headless Firefox by its Marionette protocol. */
import {spawn} from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Firefox {
  /** @param {string} program @param {string} home an empty folder */
  constructor(program, home) {
    fs.writeFileSync(path.join(home, "user.js"),
                     'user_pref("marionette.port", 0);\n');
    this.home = home;
    this.waiting = new Map();
    this.n = 0;
    this.rest = Buffer.alloc(0);
    this.process = spawn(program, [
      "--headless", "--marionette", "--no-remote", "--profile", home,
    ], {stdio: "ignore", env: {...process.env, HOME: home}});
    this.ended = new Promise((resolve) => this.process.on("exit", resolve));
  }

  async open(url) {
    const file = path.join(this.home, "MarionetteActivePort");
    let port = 0;

    for (let i = 0; i < 900 && !port; i++) {
      await wait(100);
      port = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : 0;
    }
    this.socket = net.connect(port, "127.0.0.1");
    this.socket.on("data", (data) => this.receive(data));
    await this.call("WebDriver:NewSession", {});
    await this.call("WebDriver:SetTimeouts", {script: 60000});
    await this.call("WebDriver:Navigate", {url});
  }

  /* Messages are "LENGTH:JSON". */
  receive(data) {
    this.rest = Buffer.concat([this.rest, data]);
    for (;;) {
      const colon = this.rest.indexOf(":");
      const end = colon + 1 + Number(this.rest.subarray(0, colon));

      if (colon < 0 || this.rest.length < end)
        return;
      const message = JSON.parse(this.rest.subarray(colon + 1, end));

      this.rest = this.rest.subarray(end);
      this.waiting.get(message[1])?.(message);
      this.waiting.delete(message[1]);
    }
  }

  /** @param {string} name @param {object} parameters */
  async call(name, parameters) {
    const id = ++this.n;
    const answer = new Promise((resolve) => this.waiting.set(id, resolve));
    const text = JSON.stringify([0, id, name, parameters]);

    this.socket.write(`${Buffer.byteLength(text)}:${text}`);

    const [, , error, result] = await answer;

    if (error)
      throw new Error(`${name}: ${error.message}`);
    return result;
  }

  /** The value of an expression, or of its promise. */
  async evaluate(expression) {
    const {value} = await this.call("WebDriver:ExecuteAsyncScript", {
      args: [],
      sandbox: null,
      script: `const done = arguments[0];
               Promise.resolve(${expression}).then(
                 (value) => done({value}),
                 (error) => done({error: String(error)}));`,
    });

    if (value.error)
      throw new Error(value.error);
    return value.value;
  }

  async close() {
    if (this.socket)
      this.call("Marionette:Quit", {flags: ["eForceQuit"]}).catch(() => {});
    else
      this.process.kill();
    await this.ended;
    this.socket?.destroy();
  }
}
