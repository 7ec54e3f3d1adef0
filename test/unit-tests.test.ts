import { join } from "node:path";
import { expect, test } from "vitest";
import { needsMachine, splitTests } from "./unit-tests.ts";

test.for([
  { title: "the engine", text: "const engine = connectEngine();" },
  { title: "the engine's client", text: "const left = await new Docker().listContainers();" },
  { title: "bubblewrap", text: 'import { bubblewrapProvider } from "../../../src/sandbox/bubblewrap/bubblewrap-provider.ts";' },
  { title: "a browser", text: 'import { openBrowser } from "../../fixtures/browser.ts";' },
  { title: "an engine of its own", text: 'import { PrivateEngine } from "../../fixtures/private-engine.ts";' },
  { title: "the command line as a process", text: 'import { runCli } from "../fixtures/cli.ts";' },
])("a test that uses $title is no unit test, nor is one whose fixture uses it", ({ text }) => {
  const files = new Map([
    ["test/a.test.ts", text],
    ["test/deep/b.test.ts", 'import { helper } from "../fixture.ts";'],
    ["test/fixture.ts", 'import "./other.ts";'],
    ["test/other.ts", `${text}\nimport "./fixture.ts";`],
    ["test/c.test.ts", 'import { sum } from "../src/sum.ts"; const docker = new Docker({ socketPath: "fake" });'],
  ]);
  const needs = (path: string): boolean => needsMachine(path, (name) => files.get(name) ?? "");

  expect(needs("test/a.test.ts")).toBe(true);
  expect(needs("test/deep/b.test.ts")).toBe(true);
  expect(needs("test/c.test.ts")).toBe(false);
});

test("every test file is in one of the two halves, and neither is small", () => {
  const { unit, machine } = splitTests(join(import.meta.dirname, ".."));

  expect(unit.filter((path) => machine.includes(path))).toEqual([]);
  expect(unit).toContain("test/stats/vectors.test.ts");
  expect(machine).toEqual(expect.arrayContaining(["test/sandbox/docker/docker.test.ts", "test/report/html/page.test.ts"]));
  expect(unit.length).toBeGreaterThan(50);
  expect(machine.length).toBeGreaterThan(10);
});
