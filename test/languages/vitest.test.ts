import { beforeAll, describe, expect, test } from "vitest";
import { Project, type Texts } from "./project.ts";
import { BROKEN, redefinedAssertions, SCRIPT_PROJECT, scriptTests, unnumbered, WRONG } from "./script-project.ts";

const FILES = {
  ...SCRIPT_PROJECT,
  plan: "tests: {runner: vitest, timeout_seconds: 300}",
  tests: { "shop.test.ts": scriptTests("vitest") },
};
const BY_HAND = "node /node_modules/vitest/vitest.mjs run";

let project: Project;
let required: readonly string[];
beforeAll(async () => {
  project = await Project.open(FILES);
  required = await project.learn();
});

async function framework(changes: Texts): Promise<readonly string[]> {
  const { output } = await project.byHand(`${BY_HAND} --reporter=tap-flat`, changes);
  const found = [...output.matchAll(/^(ok|not ok) \d+ - shop\.test\.ts > (.*?)( # SKIP| # TODO)?(?: # time=.*)?$/gm)];
  const lines = found.map(([, ok, name, skip]) => `${skip ? "skipped" : ok === "ok" ? "passed" : "failed"} ${name}`);
  return lines.sort();
}

test.for<{ readonly title: string; readonly changes: Texts; readonly passed: boolean }>([
  { title: "the reference, with tables, nesting, skips, equal titles and types", changes: {}, passed: true },
  { title: "a solution that gets some wrong", changes: WRONG, passed: false },
])("vitest says the same of each test: $title", async ({ changes, passed }) => {
  const verdict = await project.grade(changes, required);

  expect(unnumbered(verdict.lines)).toEqual(await framework(changes));
  expect(verdict).toMatchObject({ passed, tampering: [] });
});

test("a solution that cannot be parsed fails", async () => {
  expect(await project.grade(BROKEN, required)).toMatchObject({ passed: false });
});

describe("a solution that defines the assertions again", () => {
  test("fools vitest by its exit status", async () => {
    expect(await project.byHand(BY_HAND, redefinedAssertions("vitest"))).toMatchObject({ status: 0 });
  });

  test("fails here", async () => {
    expect(await project.grade(redefinedAssertions("vitest"), required)).toMatchObject({ passed: false, reason: "tampered" });
  });
});
