/** Names of files that mean something on one side only: those of the tests' folder and of the judge's temporary folder. */

import files from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// As they were before any test replaced one of them.
const fs = { ...files };

const MAX_PATH = 4_096;
const SOLUTION_USER = 1000;
const { R_OK, O_RDONLY, O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK } = fs.constants;

/** The folders of one run. `tests` mirrors `workspace` where there is no such file in it; `shared` is the folder that both users may use. */
export class Paths {
  #tests;
  #workspace;
  #shared;
  #copies;
  #hidden;
  #given = new Set();
  #named = new Set();

  constructor({ tests, workspace, shared, hidden }) {
    this.#tests = tests;
    this.#workspace = workspace;
    this.#shared = shared;
    // Not in the temporary folder, where the solution could put links in the place of copies.
    this.#copies = path.join(path.dirname(shared), "tests");
    this.#hidden = new Set(hidden.map((file) => path.join(tests, file)));
  }

  /** Returns the name that a text has on the solution's side, if it names a file: data of the tests is copied there, temporary files are opened. */
  toSolution(text) {
    if (text.length > MAX_PATH || !/^(?:file:\/\/)?\//.test(text)) return text;
    if (text.startsWith("file://")) return this.#urlToSolution(text);
    if (isBelow(text, this.#shared)) return this.#opened(text);
    if (text !== this.#tests && !isBelow(text, this.#tests)) return text;
    // That a test hands back a name which the solution made up lends nothing.
    if (this.#named.has(path.normalize(text))) return text;
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
    this.#note(text);
    if (!isBelow(text, this.#copies)) return text;
    return path.join(this.#tests, path.relative(this.#copies, path.normalize(text)));
  }

  // Remembers what the solution itself calls by a name of the tests' folder.
  #note(text) {
    if (text.length > MAX_PATH || !/^(?:file:|\/)/.test(text)) return;
    try {
      const name = path.normalize(text.startsWith("file:") ? fileURLToPath(text) : text);
      if (isBelow(name, this.#tests)) this.#named.add(name);
    } catch {
      // it is no name of a file
    }
  }

  /** Tells whether the tests may open a file that leads to a place: not by a link in the shared folder that leads to the tests, nor by a name that the solution made up. */
  mayOpen(name, place) {
    const isTests = isBelow(place, path.dirname(this.#tests)) || isBelow(place, "/proc");
    return !this.#named.has(name) && !(isTests && isBelow(name, this.#shared));
  }

  #copied(from, below) {
    const to = path.join(this.#copies, below);
    if (this.#given.has(from)) return to;
    this.#given.add(from);
    const before = process.umask(0o022);
    try {
      fs.cpSync(from, to, { recursive: true, filter: (source) => !this.#hidden.has(source) });
      for (const each of [to, ...allBelow(to)]) fs.chmodSync(each, fs.statSync(each).mode & 0o100 ? 0o755 : 0o644);
    } catch {
      // then the solution does not find it, which the test shows
    } finally {
      process.umask(before);
    }
    return to;
  }

  /** Lets the solution's user read and write a file or folder of the judge's temporary folder, as it could in one process. */
  #opened(name) {
    const folders = path.relative(this.#shared, path.normalize(name)).split("/");
    const last = folders.pop();
    try {
      permitBelow(this.#shared, folders, last);
    } catch {
      // it does not exist yet, or is the solution's own
    }
    return name;
  }
}

/** Lists all that is below a folder; nothing for a file. */
function allBelow(name) {
  return fs.statSync(name).isDirectory() ? fs.readdirSync(name, { recursive: true }).map((each) => path.join(name, each)) : [];
}

// The solution may rename what lies in a folder that both can write to, and put links there at any moment. So every name is looked up in an open folder, no link is
// followed, and rights are changed on what was opened.

function permitBelow(place, folders, last) {
  const [first, ...rest] = folders;
  if (first === undefined) return permitAll(`${place}/${last}`);
  return opened(`${place}/${first}`, O_DIRECTORY, (descriptor) => {
    permit(descriptor);
    permitBelow(inOpen(descriptor), rest, last);
  });
}

function permitAll(name) {
  opened(name, O_NONBLOCK, (descriptor) => {
    if (permit(descriptor))
      for (const each of fs.readdirSync(inOpen(descriptor))) tryEach(() => permitAll(`${inOpen(descriptor)}/${each}`));
  });
}

/** Gives the group what this user may do with an open file or folder of its own: one that a test made read-only stays so. Returns whether it is a folder. */
function permit(descriptor) {
  const status = fs.fstatSync(descriptor);
  const { mode, uid } = status;
  const isOwn = uid === process.getuid() && (status.isDirectory() || status.isFile());
  const wanted = mode | ((mode & 0o700) >> 3);
  if (isOwn && wanted !== mode) fs.fchmodSync(descriptor, wanted & 0o7777);
  return status.isDirectory();
}

function opened(name, flag, use) {
  const descriptor = fs.openSync(name, O_RDONLY | O_NOFOLLOW | flag);
  try {
    return use(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function tryEach(work) {
  try {
    work();
  } catch {
    // it went away, is a link, or is the solution's own
  }
}

const inOpen = (descriptor) => `/proc/self/fd/${descriptor}`;

/** Tells whether a path is inside of a folder. */
export function isBelow(name, folder) {
  return name.startsWith(`${folder}/`);
}

/**
 * Tells whether a module at a path is trusted: made by the image or by the judge itself, so that no solution can have written it. Where a sandbox has one user, the
 * kernel keeps the solution out of all folders from which modules are loaded; root's files are those of a user without a name there.
 */
export function isTrusted(name) {
  try {
    fs.accessSync(name, R_OK);
    const { uid } = fs.statSync(fs.realpathSync(name));
    return uid !== SOLUTION_USER || uid === process.getuid();
  } catch {
    return false;
  }
}
