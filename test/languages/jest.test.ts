import { beforeAll, describe, expect, test } from "vitest";
import { Project, type Texts } from "./project.ts";
import { BROKEN, redefinedAssertions, SCRIPT_PROJECT, scriptTests, unnumbered, WRONG } from "./script-project.ts";

const CONFIG = 'module.exports = { transform: { "\\\\.ts$": "/opt/bench/grading/frameworks/jest-transform.cjs" } };\n';
const FILES = {
  ...SCRIPT_PROJECT,
  workspace: { ...SCRIPT_PROJECT.workspace, "jest.config.cjs": CONFIG },
  plan: "tests: {runner: jest, timeout_seconds: 300}",
  tests: { "shop.test.ts": scriptTests("@jest/globals") },
};
const BY_HAND = "node /node_modules/jest/bin/jest.js --ci --verbose";

let project: Project;
let required: readonly string[];
beforeAll(async () => {
  project = await Project.open(FILES);
  required = await project.learn();
});

const MARKS: Readonly<Record<string, string>> = { "✓": "passed", "✕": "failed", "○ skipped": "skipped", "✎ todo": "skipped" };

// Jest prints titles without their blocks, and no test of another block has the same.
async function framework(changes: Texts): Promise<readonly string[]> {
  const { output } = await project.byHand(`${BY_HAND} 2>&1`, changes);
  const found = [...output.matchAll(/^ +(✓|✕|○ skipped|✎ todo) (.*?)(?: \(\d+ ms\))?$/gm)];
  return found.map(([, mark = "", title]) => `${MARKS[mark]} ${title}`).sort();
}

function withoutBlocks(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/ .* > /, " ")).sort();
}

test.for<{ readonly title: string; readonly changes: Texts; readonly passed: boolean }>([
  { title: "the reference, with tables, nesting, skips, equal titles and types", changes: {}, passed: true },
  { title: "a solution that gets some wrong", changes: WRONG, passed: false },
])("Jest says the same of each test: $title", async ({ changes, passed }) => {
  const verdict = await project.grade(changes, required);

  expect(unnumbered(withoutBlocks(verdict.lines))).toEqual(await framework(changes));
  expect(verdict).toMatchObject({ passed, tampering: [] });
});

test("a solution that cannot be parsed fails", async () => {
  expect(await project.grade(BROKEN, required)).toMatchObject({ passed: false });
});

describe("a solution that defines the assertions again", () => {
  test("fools Jest by its exit status", async () => {
    expect(await project.byHand(BY_HAND, redefinedAssertions("@jest/globals"))).toMatchObject({ status: 0 });
  });

  test("fails here", async () => {
    expect(await project.grade(redefinedAssertions("@jest/globals"), required)).toMatchObject({ passed: false, reason: "tampered" });
  });
});
