import { expect } from "vitest";

/** A test as `status name`, where its name begins with what groups it: a file, a class, a module. */
export type Lines = readonly string[];

const RANK = ["passed", "skipped", "failed"];

/** Makes one line of tests that have one name, as every report that we read is taken: it passed if all of them did. */
export function merged(found: readonly (readonly [status: string, name: string])[]): Lines {
  const worst = new Map<string, string>();
  for (const [status, name] of found) {
    const known = worst.get(name);
    if (known === undefined || RANK.indexOf(status) > RANK.indexOf(known)) worst.set(name, status);
  }
  return [...worst].map(([name, status]) => `${status} ${name}`).sort();
}

/** Expects of the tests whose names are `isOwn` that there are some, and that both lists say the same of each. */
export function expectSame(here: Lines, plain: Lines, isOwn: (name: string) => boolean, atLeast = 1): void {
  const own = (lines: Lines) => lines.filter((line) => isOwn(line.slice(line.indexOf(" ") + 1)));
  expect(own(plain).length).toBeGreaterThanOrEqual(atLeast);
  expect(own(here)).toEqual(own(plain));
}
