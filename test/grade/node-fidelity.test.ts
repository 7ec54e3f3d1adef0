import { beforeAll, describe, expect, test } from "vitest";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import { CONTAINER_ODDITIES } from "./node/container-oddities.ts";
import { MORE_ODDITIES } from "./node/more-oddities.ts";
import { type Oddity, ODDITIES as USUAL_ODDITIES } from "./node/oddities.ts";
import { type PlainResult, runPlainNode } from "./node/plain-node.ts";
import { TURN_ODDITIES } from "./node/turn-oddities.ts";
import { sandboxes, smallTask, sources, type Texts } from "./small-task.ts";

// BENCH_ODDITIES=<expression> runs only those whose titles it matches.
const WANTED = new RegExp(process.env["BENCH_ODDITIES"] ?? "");
const ODDITIES = [...USUAL_ODDITIES, ...CONTAINER_ODDITIES, ...MORE_ODDITIES].filter(({ title }) => WANTED.test(title));
const isTest = (path: string) => /\.test\.[cm]?[jt]s$/.test(path);

type Numbered = Oddity & { readonly index: number };

// One folder for each oddity, so that one sandbox does for all.
function together(oddities: readonly Numbered[]): { solution: Texts; tests: Texts; files: string[] } {
  const inFolders = (pick: (oddity: Oddity) => Texts): Texts =>
    Object.fromEntries(
      oddities.flatMap(({ index, ...oddity }) =>
        Object.entries(pick(oddity)).map(([path, text]) => [`c${index}/${path}`, text.replaceAll("/workspace/", `/workspace/c${index}/`)]),
      ),
    );
  const tests = inFolders((oddity) => oddity.tests);
  return { solution: inFolders((oddity) => oddity.solution), tests, files: Object.keys(tests).filter(isTest) };
}

async function graded(isolation: "process" | "none", { solution, tests, files }: ReturnType<typeof together>): Promise<PlainResult[]> {
  const task = smallTask({ workspace: {}, tests, plan: { runner: "node", files, isolation, timeoutSeconds: 900 } });
  const expected = { required: ["nothing"], shapes: null };
  const request = { task, submitted: sources(solution), expected, sandboxes, signal: new AbortController().signal };
  const { verdict, skipped } = await gradeWithDetails(request);
  const marked = new Set(skipped);
  return verdict.tests
    .filter(({ name }) => name !== "nothing")
    .map(({ name, status }) => ({ name, status: marked.has(name) ? "skipped" : status === "extra" ? "passed" : status }));
}

const sorted = (results: readonly PlainResult[], folder: string) =>
  results
    .filter(({ name }) => name.startsWith(`${folder}/`))
    // Half of a surrogate pair is kept as a replacement character.
    .map(({ name, status }) => `${status} ${Buffer.from(name).toString()}`)
    .sort();

const ALL: readonly Numbered[] = [...ODDITIES, ...TURN_ODDITIES].map((oddity, index) => ({ ...oddity, index }));
// Where one file is TypeScript, all processes load what translates it, which takes longer than most tests here.
const isTyped = ({ solution, tests }: Oddity) => Object.keys({ ...solution, ...tests }).some((path) => /\.[cm]?tsx?$/.test(path));
const GROUPS = [ALL.filter((one) => !isTyped(one)), ALL.filter(isTyped)].filter((group) => group.length > 0);

describe("Node's own runner and the grader agree about a suite in which", () => {
  let plain: PlainResult[] = [];
  let isolated: PlainResult[] = [];
  let shared: PlainResult[] = [];

  beforeAll(async () => {
    const groups = GROUPS.map(together);
    const everyGroup = async (run: (group: ReturnType<typeof together>) => Promise<PlainResult[]>) =>
      (await Promise.all(groups.map(run))).flat();
    // At once, since much of it is waiting for what tests leave behind.
    [plain, isolated, shared] = await Promise.all([
      everyGroup(runPlainNode),
      everyGroup((group) => graded("process", group)),
      everyGroup((group) => graded("none", group)),
    ]);
  }, 3_000_000);

  test.for(ALL)("$title", ({ index }) => {
    const folder = `c${index}`;

    expect(sorted(plain, folder).length).toBeGreaterThan(0);
    expect(sorted(isolated, folder)).toEqual(sorted(plain, folder));
    expect(sorted(shared, folder)).toEqual(sorted(plain, folder));
  });
});
