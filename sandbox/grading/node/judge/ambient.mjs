/** What tests change in their process and the solution sees as if it were its own: working folder, variables, and replaced functions such as console.log, timers or fetch. */

import fs from "node:fs";
import fsPromises from "node:fs/promises";
import os from "node:os";
import timersPromises from "node:timers/promises";

const TIMERS = ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"];

/** Functions that tests replace, by owner and name. */
const REPLACEABLE = [
  ...["log", "info", "warn", "error", "debug", "trace", "dir", "table"].map((name) => ["console", console, name]),
  ["process.stdout", process.stdout, "write"],
  ["process.stderr", process.stderr, "write"],
  ["process", process, "exit"],
  ...[...TIMERS, "fetch", "queueMicrotask"].map((name) => ["globalThis", globalThis, name]),
  ...["setTimeout", "setInterval", "setImmediate"].map((name) => ["timers/promises", timersPromises, name]),
  ["Math", Math, "random"],
  ["performance", performance, "now"],
  ...["readFileSync", "writeFileSync", "appendFileSync", "existsSync", "statSync", "readdirSync", "mkdirSync", "unlinkSync", "rmSync"].map(
    (name) => ["fs", fs, name],
  ),
  ...["readFile", "writeFile", "appendFile", "stat", "mkdir", "unlink", "readdir"].flatMap((name) => [
    ["fs", fs, name],
    ["fs/promises", fsPromises, name],
  ]),
  ...["hostname", "platform", "homedir", "tmpdir", "cpus"].map((name) => ["os", os, name]),
];

/** Watches one process. */
export class Ambient {
  #originals = REPLACEABLE.map(([, owner, name]) => owner[name]);
  #told = [...this.#originals];
  #date = Date;
  #dateNow = Date.now;
  #isDateTold = false;
  #cwd = process.cwd();
  #toldCwd = process.cwd();
  #variables = new Map();
  #now = () => Date.now();

  constructor() {
    const note = (name, value) => this.#variables.set(name, value);
    process.env = new Proxy(process.env, {
      set(env, name, value) {
        Reflect.set(env, name, value);
        if (typeof name === "string") note(name, env[name]);
        return true;
      },
      defineProperty(env, name, descriptor) {
        Reflect.defineProperty(env, name, descriptor);
        if (typeof name === "string") note(name, env[name]);
        return true;
      },
      deleteProperty(env, name) {
        if (typeof name === "string") note(name, undefined);
        return Reflect.deleteProperty(env, name);
      },
    });
  }

  /** Lists what has changed since the last call, or returns null: `["cwd", path]`, `["env", name, value]`, `["replace", owner, name, function]`. */
  changes() {
    const changes = [];
    REPLACEABLE.forEach(([path, owner, name], index) => {
      const now = owner[name];
      if (now === this.#told[index]) return;
      this.#told[index] = now;
      changes.push(["replace", path, name, now === this.#originals[index] ? undefined : now]);
    });
    const isDateReplaced = globalThis.Date !== this.#date || Date.now !== this.#dateNow;
    if (isDateReplaced !== this.#isDateTold) changes.push(["replace", "Date", "now", isDateReplaced ? this.#now : undefined]);
    this.#isDateTold = isDateReplaced;
    this.#cwd = process.cwd();
    if (this.#cwd !== this.#toldCwd) changes.push(["cwd", this.#cwd]);
    this.#toldCwd = this.#cwd;
    for (const [name, value] of this.#variables) changes.push(["env", name, value]);
    this.#variables.clear();
    return changes.length === 0 ? null : changes;
  }
}
