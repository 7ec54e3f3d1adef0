/** Applies here what tests change in their process: working folder, variables, and replaced functions. */

import fs from "node:fs";
import fsPromises from "node:fs/promises";
import os from "node:os";
import timersPromises from "node:timers/promises";

const OWNERS = {
  console,
  process,
  globalThis,
  Math,
  performance,
  fs,
  os,
  "fs/promises": fsPromises,
  "timers/promises": timersPromises,
  "process.stdout": process.stdout,
  "process.stderr": process.stderr,
};
const originals = new Map();

/** Applies one change. */
export function replace([kind, ...rest]) {
  if (kind === "env") return setVariable(...rest);
  if (kind === "cwd") return enter(...rest);
  const [owner, name, made] = rest;
  if (owner === "Date") return replaceDate(made);
  const target = OWNERS[owner];
  const key = `${owner}.${name}`;
  if (!originals.has(key)) originals.set(key, target[name]);
  target[name] = made ?? originals.get(key);
}

function setVariable(name, value) {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function enter(folder) {
  try {
    process.chdir(folder);
  } catch {
    // a folder that only the tests can enter
  }
}

const RealDate = Date;

function replaceDate(now) {
  if (now === undefined) {
    globalThis.Date = RealDate;
    return;
  }
  const made = function (...args) {
    const value = args.length === 0 ? [now()] : args;
    return new.target === undefined
      ? new RealDate(...value).toString()
      : Reflect.construct(RealDate, value, new.target === made ? RealDate : new.target);
  };
  Object.defineProperty(made, "name", { value: "Date" });
  Object.setPrototypeOf(made, RealDate);
  made.prototype = RealDate.prototype;
  made.now = () => now();
  globalThis.Date = made;
}
