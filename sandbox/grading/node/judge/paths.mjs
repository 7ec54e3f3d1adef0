/** Names of files that mean something on one side only: those of the tests' folder and of the judge's temporary folder. */

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const MAX_PATH = 4_096;
const { R_OK } = fs.constants;

/** The folders of one run. `tests` mirrors `workspace` where there is no such file in it; `shared` is the folder that both users may use. */
export class Paths {
  #tests;
  #workspace;
  #shared;
  #copies;
  #hidden;
  #given = new Set();

  constructor({ tests, workspace, shared, hidden }) {
    this.#tests = tests;
    this.#workspace = workspace;
    this.#shared = shared;
    this.#copies = path.join(shared, "tests-data");
    this.#hidden = new Set(hidden.map((file) => path.join(tests, file)));
  }

  /** Returns the name that a text has on the solution's side, if it names a file: data of the tests is copied there, temporary files are opened. */
  toSolution(text) {
    if (text.length > MAX_PATH || !/^(?:file:\/\/)?\//.test(text)) return text;
    if (text.startsWith("file://")) return this.#urlToSolution(text);
    if (isBelow(text, this.#shared)) return this.#opened(text);
    if (text !== this.#tests && !isBelow(text, this.#tests)) return text;
    const below = path.relative(this.#tests, path.normalize(text));
    if (below !== "" && fs.existsSync(text)) return this.#copied(text, below);
    return path.join(this.#workspace, below);
  }

  #urlToSolution(text) {
    try {
      const name = fileURLToPath(text);
      const there = this.toSolution(name);
      return there === name ? text : pathToFileURL(there).href;
    } catch {
      return text;
    }
  }

  /** Returns the name that a text of the solution has here, if it names a copy of data of the tests. */
  toJudge(text) {
    if (!isBelow(text, this.#copies)) return text;
    return path.join(this.#tests, path.relative(this.#copies, path.normalize(text)));
  }

  #copied(from, below) {
    const to = path.join(this.#copies, below);
    if (this.#given.has(from)) return to;
    this.#given.add(from);
    try {
      fs.cpSync(from, to, { recursive: true, filter: (source) => !this.#hidden.has(source) });
      this.#opened(to);
      for (let at = path.dirname(to); isBelow(at, this.#shared); at = path.dirname(at)) open(at);
    } catch {
      // then the solution does not find it, which the test shows
    }
    return to;
  }

  /** Lets the solution's user read and write a file or folder of the judge's temporary folder, as it could in one process. */
  #opened(name) {
    try {
      for (const each of [
        name,
        ...(fs.lstatSync(name).isDirectory() ? fs.readdirSync(name, { recursive: true }).map((below) => path.join(name, below)) : []),
      ]) {
        open(each);
      }
      for (let at = path.dirname(name); isBelow(at, this.#shared); at = path.dirname(at)) open(at);
    } catch {
      // it does not exist yet, or is the solution's own
    }
    return name;
  }
}

function open(name) {
  const { mode, uid } = fs.lstatSync(name);
  if (uid !== process.getuid() || (mode & fs.constants.S_IFMT) === fs.constants.S_IFLNK) return;
  const wanted = mode | 0o060 | (mode & 0o100 ? 0o010 : 0);
  if (wanted !== mode) fs.chmodSync(name, wanted & 0o7777);
}

/** Tells whether a path is inside of a folder. */
export function isBelow(name, folder) {
  return name.startsWith(`${folder}/`);
}

/** Tells whether a module at a path is trusted: made by the image or by the judge itself, so that no solution can have written it. */
export function isTrusted(name) {
  try {
    fs.accessSync(name, R_OK);
    const { uid } = fs.statSync(fs.realpathSync(name));
    return uid === 0 || uid === process.getuid();
  } catch {
    return false;
  }
}
