import { expect, test } from "vitest";
import type { Plan } from "../../../src/analysis/plan/plan-result.ts";
import { type Confirmation, confirmCost } from "../../../src/command/run/confirm-run.ts";
import { Store } from "../../../src/store/store.ts";
import { startOnTerminal } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

function planOf(paidUsd: number): Plan {
  const cost = {
    known: { value: paidUsd + 1, low: null, high: null },
    paidUsd,
    worstUsd: null,
    unknown: [],
    pastTrials: 0,
    isAssumed: true,
  };
  return { cost } as unknown as Plan;
}

// Gives the answer and records the questions.
function listener(answer: string, changes: Partial<Confirmation> = {}): { readonly asking: Confirmation; readonly asked: string[] } {
  const asked: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    return answer;
  };
  return { asking: { askAboveUsd: 5, isInteractive: true, ask, ...changes }, asked };
}

test.for([
  { answer: "y", starts: true },
  { answer: " YES ", starts: true },
  { answer: "", starts: false },
  { answer: "n", starts: false },
  { answer: "yeah?", starts: false },
])('a costly run starts after "$answer": $starts', async ({ answer, starts }) => {
  const { asking, asked } = listener(answer);

  expect(await confirmCost(planOf(5.01), asking)).toBe(starts);
  expect(asked).toEqual(["This run is expected to cost more than $5.00. Start it? [y/N] "]);
});

test.for([
  { title: "a run at the amount", usd: 5, changes: {} },
  { title: "the prices of scripted models alone", usd: 0, changes: { askAboveUsd: 0 } },
  { title: "a run without a terminal", usd: 100, changes: { isInteractive: false } },
  { title: "a run with --yes", usd: 100, changes: { askAboveUsd: null } },
])("$title starts without a question", async ({ usd, changes }) => {
  const { asking, asked } = listener("n", changes);

  expect(await confirmCost(planOf(usd), asking)).toBe(true);
  expect(asked).toEqual([]);
});

const COSTLY = `models:
  - {name: gpt, api: openai-chat, model: gpt-x, base_url: "http://127.0.0.1:9/v1", api_key_env: GPT_KEY, price: {input: 2, output: 8}}
`;

test.for([
  { title: "no", typed: "n\n" },
  { title: "the end of the input", typed: "\u0004" },
  { title: "an interruption", typed: "\u0003" },
])("a run that is answered with $title on a terminal never starts", async ({ typed }) => {
  using folder = new TempFolder();
  const suite = Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({ "models.yaml": COSTLY, ...suite });

  const run = startOnTerminal(["run", "--trust", "--ask-above", "0.01"], { cwd: folder.path, env: { GPT_KEY: "sk-planted" } });
  await run.until((shown) => shown.includes("[y/N]"));
  run.child.stdin?.write(typed);
  const end = await run.end;
  const store = new Store(folder.at("results/bench.db"), () => new Date(0), "read");

  expect(end.code).toBe(0);
  expect(end.stdout).toContain("1 trial: about $0.25 (assumed), at most");
  expect(end.stdout).toContain("Nothing was run.");
  expect(store.runs.list(10)).toEqual([]);
  store.close();
});
