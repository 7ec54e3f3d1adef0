import { expect } from "vitest";
import { Project, type ProjectFiles } from "../project.ts";

/** A test as `status name`, where its name begins with what groups it: a file, a class, a module. */
export type Lines = readonly string[];

/** What the grader says of each test, and what the framework says that is run by hand. */
export type Both = { readonly here: Lines; readonly plain: Lines };

/** Grades a project, and runs its framework by hand over the same files; `read` finds the results in what that printed. BENCH_TEST_LOG=1 prints both. */
export async function runBoth(files: ProjectFiles, byHand: string, read: (output: string) => Lines): Promise<Both> {
  const project = await Project.open(files);
  const verdict = await project.grade({}, ["nothing"]);
  const { output } = await project.byHand(byHand);
  if (process.env["BENCH_TEST_LOG"] !== undefined) process.stdout.write(`${verdict.log}\n${output}`);
  return { here: verdict.lines, plain: read(output) };
}

const RANK = ["passed", "skipped", "failed"];

/** Gives tests that have one name numbers, in their order. */
export function numbered(found: readonly (readonly [status: string, name: string])[]): Lines {
  const times = new Map<string, number>();
  const lines = found.map(([status, name]) => {
    const count = (times.get(name) ?? 0) + 1;
    times.set(name, count);
    return count === 1 ? `${status} ${name}` : `${status} ${name} (${count})`;
  });
  return lines.sort();
}

/** Makes one line of tests that have one name: it passed if all of them did. */
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
