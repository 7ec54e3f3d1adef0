import { printable } from "../../core/printable.ts";

const MAX_NAMES = 20;
const MAX_NAME = 200;
const MAX_TITLE = 120;
const MAX_BODY = 4_000;
const MAX_SLUG = 48;
// Lines of a message that say who, not what.
const TRAILER = /^(?:[A-Z][A-Za-z]*-)+[a-z]+(?:-[a-z]+)*: |^\(cherry picked from /;
// The number of a pull request, as hosts put it behind a subject.
const REFERENCE = / \((?:#|gh-)\d+\)$/i;

/** Makes the title of a task from the subject of a commit: without the number of a pull request. */
export function titleOf(subject: string): string {
  const title = printable(subject.replace(REFERENCE, "").trim(), MAX_TITLE);
  return title === "" ? "A change without a message" : title;
}

/** Makes the name of a task's folder from the subject and the hash of its commit. */
export function taskIdOf(subject: string, hash: string): string {
  const words = slugOf(titleOf(subject), MAX_SLUG);
  return words === "" ? `commit-${hash}` : `${words}-${hash}`;
}

/** Makes a name of lower-case letters, digits and single dashes out of a text; empty where that leaves nothing. */
export function slugOf(text: string, maxLength: number): string {
  const words =
    text
      .toLowerCase()
      .normalize("NFKD")
      .match(/[a-z0-9]+/g) ?? [];
  let slug = "";
  for (const word of words) {
    const longer = slug === "" ? word.slice(0, maxLength) : `${slug}-${word}`;
    if (longer.length > maxLength) break;
    slug = longer;
  }
  return slug;
}

/** What a prompt is drafted from: the message of the commit, and the names of tests that fail before it. */
export type PromptSource = { readonly message: string; readonly failing: readonly string[] };

/**
 * Drafts a prompt for a person to rewrite: the message of the commit, which often gives the fix away and seldom says all that the tests ask for, and the names of the tests
 * that decide.
 */
export function draftPrompt({ message, failing }: PromptSource): string {
  const [subject = "", ...rest] = message.split("\n");
  const body = rest
    .filter((line) => !TRAILER.test(line))
    .join("\n")
    .trim()
    .slice(0, MAX_BODY);
  return [`# ${titleOf(subject)}`, ...(body === "" ? [] : [body]), testLines(failing), CLOSING].join("\n\n").concat("\n");
}

/**
 * Puts tests that are new before those that the project had: where code does not compile without the change, every test fails before it. `former` is the text of the tests as they
 * were. A name that is read differently than it is written counts as new.
 */
export function newTestsFirst(failing: readonly string[], former: string): readonly string[] {
  const isFormer = (name: string) => former.includes(writtenName(name));
  return [...failing.filter((name) => !isFormer(name)), ...failing.filter(isFormer)];
}

// The function or title that a test's name ends with, without its parameters: titles have spaces, and names of subtests stand behind a slash.
function writtenName(name: string): string {
  const last = name.split(/::| > /).at(-1) ?? name;
  return last.includes(" ") ? last : (last.split(/[[/(]/)[0] ?? last);
}

/** Puts what a model wrote into the form of a prompt. */
export function describedPrompt(text: string, { failing }: Pick<PromptSource, "failing">): string {
  return [text.trim(), testLines(failing), CLOSING].join("\n\n").concat("\n");
}

const CLOSING = "Change the code in the workspace so that they pass, and keep all else working. The tests themselves are not there.";

function testLines(failing: readonly string[]): string {
  const named = failing.slice(0, MAX_NAMES).map((name) => `- ${printable(name, MAX_NAME)}`);
  const more = failing.length > MAX_NAMES ? [`- and ${failing.length - MAX_NAMES} more`] : [];
  return ["Hidden tests check this; among them these fail at the moment:", "", ...named, ...more].join("\n");
}
