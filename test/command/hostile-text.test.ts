import { readFileSync } from "node:fs";
import { XMLValidator } from "fast-xml-parser";
import { marked } from "marked";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Store } from "../../src/store/store.ts";
import { runCli } from "../fixtures/cli.ts";
import { HOSTILE, saveHostileRuns } from "../fixtures/hostile-store.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

// What no output may hold; of the natural uses of some of them (emoji, Persian) nothing here has one.
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const [ONE, TWO, THREE] = [`one${HOSTILE}`, `two${HOSTILE}`, `three${HOSTILE}`];
const folder = new TempFolder();

beforeAll(() => {
  saveHostileRuns(folder.at("bench.db"));
  const model = (entry: object): string => `models:\n  - ${JSON.stringify(entry)}\n`;
  folder.write({
    "models.yaml": model({ name: "a", api: "scripted", model: "oracle" }),
    "name.yaml": model({ name: TWO, api: "scripted", model: "oracle" }),
    "key.yaml": model({ name: "a", api: "scripted", model: "oracle", [`key${HOSTILE}`]: 1 }),
  });
  folder.write(
    Object.fromEntries(
      Object.entries(tinySuite("add")).map(([path, text]) => [
        `suite/${path}`,
        text.replace("name: tiny", `name: ${JSON.stringify(`x${HOSTILE}`)}`),
      ]),
    ),
  );
  folder.write({ [`broken/${HOSTILE.replaceAll("\u2028", "")}/task.yaml`]: "title: x\n", "broken/suite.yaml": "name: broken\n" });
});

afterAll(() => folder[Symbol.dispose]());

test("the database holds every hostile character in what the commands show", () => {
  const store = new Store(folder.at("bench.db"), () => new Date(), "read");
  const [run] = store.runs.list(1);
  const trial = store.runs.trial(1);
  const told = JSON.stringify([
    run,
    store.runs.arms("20260101-0304-abcd"),
    trial,
    trial && store.trajectories.read(trial),
    store.runs.baselines(),
  ]);
  store.close();

  expect(run?.suite).toBe(`suite${HOSTILE}`);
  expect(told.match(new RegExp(UNSEEN.source, "gu"))?.length).toBeGreaterThan(200);
  expect(told.split(JSON.stringify(HOSTILE).slice(1, -1)).length).toBeGreaterThan(30);
});

const FILES = ["r.html", "r.md", "r.json", "r.csv", "r.trials.csv", "r.xml"];
const OUTPUTS = FILES.flatMap((file) => ["--output", file]);
const COMMANDS: readonly (readonly [what: string, code: number, args: readonly string[], says: string])[] = [
  ["report", 0, ["report", "20260101", ...OUTPUTS], "one\\u001b]52;c;eA==\\u0007"],
  ["report as JSON", 0, ["report", "20260101", "--json"], "one\\u001b]52;c;eA==\\u0007"],
  ["list", 0, ["list"], "suite\\u001b]52"],
  ["list as JSON", 0, ["list", "--json"], "tag\\u001b]52"],
  ["show", 0, ["show", "7"], "evidence\\u001b]52"],
  ["show of an error", 0, ["show", "14"], "down\\u001b]52"],
  ["show as JSON", 0, ["show", "7", "--json"], "evidence\\u001b]52"],
  ["compare", 0, ["compare", ONE, TWO, THREE, "--allow-mismatch", ...OUTPUTS.map((file) => file.replace("r.", "c."))], "one\\u001b]52"],
  ["compare as JSON", 0, ["compare", ONE, TWO, "--allow-mismatch", "--json"], "one\\u001b]52"],
  ["trend", 0, ["trend", ONE, "--html", "t.html"], "one\\u001b]52"],
  ["trend as JSON", 0, ["trend", ONE, "--json"], "one\\u001b]52"],
  [
    "gate",
    3,
    ["gate", TWO, "--baseline", "base", "--allow-mismatch", "--output", "g.md", "--output", "g.xml", "--output", "g.html"],
    "two\\u001b]52",
  ],
  ["gate as JSON", 3, ["gate", TWO, "--baseline", "base", "--allow-mismatch", "--json"], "two\\u001b]52"],
  ["baseline list", 0, ["baseline", "list"], "one\\u001b]52"],
  ["a name in suite.yaml", 2, ["plan", "--suite", "suite"], "x\\u001b]52"],
  ["a name in models.yaml", 2, ["plan", "--suite", "suite", "--models", "name.yaml"], "two\\u001b]52"],
  ["doctor", 1, ["doctor", "--models", "name.yaml"], "two\\u001b]52"],
  ["doctor as JSON", 1, ["doctor", "--models", "name.yaml", "--json"], "two\\\\u001b]52"],
  ["a key in models.yaml that is not known", 2, ["plan", "--suite", "suite", "--models", "key.yaml"], "key\\u001b]52"],
  ["a folder of a suite", 2, ["check", "--suite", "broken"], "\\u001b]52"],
  ["an argument", 2, ["show", HOSTILE], "\\u001b]52"],
  ["a command", 2, [HOSTILE], "\\u001b]52"],
  ["a flag", 2, ["list", `--${HOSTILE}`], "\\u001b]52"],
  ["a run that is not there", 2, ["report", HOSTILE], "\\u001b]52"],
  ["a file that cannot be written", 2, ["report", "20260101", "--output", `no/${HOSTILE}.md`], "\\u001b]52"],
  ["a database that is not there", 2, ["list", "--db", `no${HOSTILE}.db`], "\\u001b]52"],
];
const WITHOUT_DATABASE = new Set(["a command", "a flag", "a folder of a suite", "a database that is not there"]);

test.for(COMMANDS)("hostile text in %s becomes visible", async ([what, code, args, says]) => {
  const end = await runCli([...args, ...(WITHOUT_DATABASE.has(what) ? [] : ["--db", "bench.db"])], { cwd: folder.path });

  expect({ ...end, stdout: end.stdout.slice(0, 300) }).toMatchObject({ code });
  expect(`${end.stdout}${end.stderr}`).toContain(says);
  expect(end.stdout).not.toMatch(UNSEEN);
  expect(end.stderr).not.toMatch(UNSEEN);
  expect(end.stderr).not.toContain("this is a bug");
  if (what.endsWith("JSON") && code !== 2 && args[0] !== "doctor")
    expect(JSON.stringify(JSON.parse(end.stdout))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
});

test.for([...FILES, ...FILES.map((file) => file.replace("r.", "c.")), "t.html", "g.md", "g.xml", "g.html"])(
  "the file %s holds hostile text only in its visible form",
  (file) => {
    const text = readFileSync(folder.at(file), "utf8").replaceAll("\r\n", "\n");

    // The page keeps trajectories packed, and what it makes visible when it is opened is tested in a browser; its styles hold a selector of a symbol.
    expect(text.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>/g, "").replaceAll("⚠️", "")).not.toMatch(UNSEEN);
    expect(text.replaceAll("\\]", "]")).toContain("u001b]52");
    if (file.endsWith(".json")) expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    if (file.endsWith(".xml")) expect(XMLValidator.validate(text)).toBe(true);
    if (file.endsWith(".md")) expect(marked.parse(text, { gfm: true, async: false })).toContain("\\u001b]52;c;eA==\\u0007");
  },
);
