import { beforeAll, describe, expect, test } from "vitest";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import { runPlainNode } from "../grade/node/plain-node.ts";
import { sandboxes, smallTask, sources, type Texts } from "../grade/small-task.ts";
import { fileOf, SHOP } from "./pytest/oddity.ts";
import { FILES, ODDITIES, plainly, TESTS } from "./pytest/plain.ts";
import { TAP_ODDITIES, TAP_SOLUTION } from "./tap-oddities.ts";

type Lines = readonly string[];

// pytest writes what fails as it is imported, and what is in a class, in ways of its own.
function nameOf(id: string): string {
  const [path = "", ...parts] = id.replace(" (import)", "").replace(/\[.*$/s, "").split("::");
  const parameters = /\[.*$/s.exec(id)?.[0] ?? "";
  const module = path.replace(/\.py$/, "").replaceAll("/", ".");
  const own = [module, ...parts];
  return parts.length === 0 ? module : `${own.slice(0, -1).join(".")} > ${own.at(-1)}${parameters}`;
}

const RANK = ["passed", "skipped", "failed"];

function merged(found: readonly (readonly [string, string])[]): Lines {
  const worst = new Map<string, string>();
  for (const [status, name] of found) {
    const known = worst.get(name);
    if (known === undefined || RANK.indexOf(status) > RANK.indexOf(known)) worst.set(name, status);
  }
  return [...worst].map(([name, status]) => `${status} ${name}`).sort();
}

async function graded(): Promise<Lines> {
  const command = ["python3", "-m", "pytest", "-q", "--continue-on-collection-errors", "--junitxml=/tmp/r.xml", ...FILES];
  const plan = {
    runner: "command",
    files: FILES,
    placement: "workspace",
    timeoutSeconds: 100,
    command,
    report: { format: "junit", path: "/tmp/r.xml" },
  } as const;
  const task = smallTask({ workspace: { "shop.py": SHOP }, tests: TESTS, plan });
  const request = { task, submitted: sources({ "shop.py": SHOP }), expected: null, sandboxes, signal: new AbortController().signal };
  const { verdict } = await gradeWithDetails(request);
  // Tests of one name are told apart by a number, where pytest's own words repeat the name.
  const unnumbered = (name: string): string => name.replace(/ \(\d+\)$/, "");
  return merged(verdict.tests.map(({ status, name }) => [status === "extra" ? "skipped" : status, unnumbered(name)] as const));
}

describe("a command that writes JUnit's XML, and pytest's own words, say the same of every test when", () => {
  let here: Lines = [];
  let plain: Lines = [];
  beforeAll(async () => {
    here = await graded();
    plain = merged((await plainly()).map(([status, id]) => [status, nameOf(id)] as const));
  }, 400_000);

  // XML holds no control characters, and no half of a pair: pytest writes their numbers instead.
  const isPlain = (line: string) => !/[\p{Cc}\p{Cs}\\#]/u.test(line);

  test.for(ODDITIES)("$title", (one) => {
    const module = fileOf(one).replace(/\.py$/, "").replaceAll("/", ".");
    const own = (lines: Lines) => lines.filter((line) => line.includes(` ${module}`) && isPlain(line));

    expect(own(here)).toEqual(own(plain));
  });
});

describe("a command that writes TAP, and Node's own events, say the same of every test when", () => {
  const tests = Object.assign({}, ...TAP_ODDITIES.map((one) => one.tests)) as Texts;
  const files = Object.keys(tests);
  let here: Lines = [];
  let plain: Lines = [];
  beforeAll(async () => {
    const command = ["node", "--test", "--test-reporter=tap", ...files];
    const report = { format: "tap", path: "-" } as const;
    const plan = { runner: "command", files, placement: "workspace", timeoutSeconds: 100, command, report } as const;
    const task = smallTask({ workspace: TAP_SOLUTION, tests, plan });
    const request = { task, submitted: sources(TAP_SOLUTION), expected: null, sandboxes, signal: new AbortController().signal };
    const { verdict, skipped } = await gradeWithDetails(request);
    const marked = new Set(skipped);
    here = verdict.tests.map(({ status, name }) => `${marked.has(name) ? "skipped" : status === "extra" ? "passed" : status} ${name}`);
    const results = await runPlainNode({ solution: TAP_SOLUTION, tests, files });
    plain = results.map(({ status, name }) => `${status} ${name.slice(name.indexOf(" > ") + 3)}`);
  }, 400_000);

  test.for(TAP_ODDITIES)("$title", (one) => {
    const [word = ""] = Object.keys(one.tests).map((file) => file.replace(".test.mjs", ""));
    const own = (lines: Lines) => lines.filter((line) => line.split(" ")[1] === word).sort();
    // TAP has a result for a suite as well, of which Node tells only what is in it.
    const isSuite = (line: string) => own(plain).some((other) => other.includes(`${line.slice(line.indexOf(" "))} > `));

    expect(own(plain).length).toBeGreaterThan(0);
    expect(own(here).filter((line) => own(plain).includes(line) || !isSuite(line))).toEqual(own(plain));
  });
});
