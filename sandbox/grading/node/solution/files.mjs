/** Lets the judge's user read files that the solution names in what it returns, as it could in one process. */

import { chmodSync, lstatSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Returns the text; where it names something in a temporary folder of this user, that is opened for the other. */
export function openForJudge(text) {
  if (text.length > 4_096 || !text.startsWith("/tmp/")) return text;
  try {
    const names = lstatSync(text).isDirectory() ? readdirSync(text, { recursive: true }).map((name) => join(text, name)) : [];
    for (const name of [text, ...names]) open(name);
    for (let at = dirname(text); at.length > 1 && at !== tmpdir(); at = dirname(at)) open(at);
  } catch {
    // it is no file, or not of this user
  }
  return text;
}

function open(name) {
  const { mode, uid } = lstatSync(name);
  if (uid === process.getuid() && (mode & 0o170000) !== 0o120000) chmodSync(name, (mode | 0o060 | (mode & 0o100 ? 0o010 : 0)) & 0o7777);
}
