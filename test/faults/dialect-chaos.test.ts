import { expect, onTestFinished, test } from "vitest";
import type { Arm, Trial } from "../../src/core/trial.ts";
import { openModels } from "../../src/model/open-model.ts";
import { openDispatchers } from "../../src/model/recording-fetch.ts";
import { DIALECT, type KindedEntry } from "../../src/model/traffic/dialect/dialect.ts";
import { ArmEntry } from "../../src/run/arm-entry.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runMissingTrials } from "../../src/run/run.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { chatBody, chatCall } from "../fixtures/model-body.ts";
import { type Reply, type Script, sse, startModelServer } from "../fixtures/model-server.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { QuickClock } from "../fixtures/quick-clock.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";
import { IS_FULL } from "./counted-run.ts";

/** When a host says what an entry says: at the first request of every trial and whatever is asked, in the middle of a conversation, or twice and then no more. */
type Moment = "always" | "later" | "twice";

const LATER = new Set(["malformed-call", "refusal", "overflow", "no-room", "bad-history"]);
const TWICE = new Set(["limited", "loading", "passing"]);

function momentOf({ kind, words = [] }: KindedEntry): Moment {
  // An answer as long as the window fits no conversation, however short.
  if (LATER.has(kind) && !words.includes("is too large")) return "later";
  return TWICE.has(kind) ? "twice" : "always";
}

/** All entries in the long tests; else one in four, and the first of every kind. */
const ENTRIES = DIALECT.filter(
  ({ kind }, index) => IS_FULL || index % 4 === 0 || DIALECT.findIndex((other) => other.kind === kind) === index,
);

const BROKEN: readonly Reply[] = [
  { kind: "drop" },
  { kind: "partial", text: '{"id": "x", ', end: "drop" },
  { kind: "text", text: '{"id": ' },
  { kind: "text", text: "" },
  { kind: "json", body: {} },
  { kind: "json", body: { choices: [] } },
  { kind: "text", text: "hello", contentType: "text/plain" },
  { kind: "events", text: 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n', end: "drop" },
  { kind: "text", status: 520, text: "" },
];

type Subject = { readonly title: string; readonly moment: Moment; readonly reply: Reply; readonly kind: string };

const SUBJECTS: readonly Subject[] = [
  ...ENTRIES.map((entry, index) => ({
    title: `${index} ${entry.kind}`,
    moment: momentOf(entry),
    reply: replyOf(entry, index % 2 === 1),
    kind: entry.kind,
  })),
  ...BROKEN.map((reply, index) => ({ title: `broken ${index}`, moment: "twice" as const, reply, kind: "passing" })),
];

function replyOf({ example: [status, body, headers = {}] }: KindedEntry, isStream: boolean): Reply {
  if (status === null && isStream) return { kind: "events", text: sse([{ error: body }]) };
  if (status === null)
    return { kind: "json", body: typeof body === "object" && body !== null && "base_resp" in body ? body : { error: body } };
  if (typeof body === "string") return { kind: "text", status, text: body, contentType: "text/html" };
  return { kind: "json", status, body, headers };
}

const WRITE = chatCall("c1", "write_file", JSON.stringify({ path: "add.py", content: "def add(a, b):\n    return a + b\n" }));

/** Answers as a working agent would, except that the subject of the model's name is said when its moment has come. */
function chaos(): Script {
  const said = new Map<string, number>();
  return ({ body }) => {
    const subject = SUBJECTS[Number(String(body["model"]).slice(1))];
    const messages = body["messages"] as { role: string; content: unknown }[];
    const step = messages.filter(({ role }) => role === "assistant").length;
    if (subject === undefined) throw new Error(`no subject for ${String(body["model"])}`);
    const trial = `${String(body["model"])} ${JSON.stringify(messages[1])}`;
    const times = said.get(trial) ?? 0;
    const isDue = subject.moment === "always" || (subject.moment === "later" ? step === 1 && times < 1 : times < 2);
    // A conversation that is rejected for its length stays too long.
    const stays = subject.kind === "overflow" || subject.kind === "no-room" || subject.kind === "refusal";
    if (isDue || (stays && step === 1)) {
      said.set(trial, times + 1);
      return subject.reply;
    }
    if (step === 0)
      return { kind: "json", body: chatBody({ message: { content: "I write it. ", tool_calls: [WRITE] }, finish: "tool_calls" }) };
    return { kind: "json", body: chatBody({ message: { content: "Done." } }) };
  };
}

async function trialsOf(arms: readonly Arm[], baseUrl: string): Promise<readonly Trial[]> {
  const tasks = [aTask("one", { prompt: "One." }), aTask("two", { prompt: "Two." })];
  const store = new Store(":memory:", () => new Date());
  onTestFinished(() => store.close());
  saveFolderRun(store, tasks, arms);
  const clock = new QuickClock();
  const open = openModels({ key: () => "sk-planted-key", now: () => clock.now(), clock, dispatchers: openDispatchers(2000) });
  const models = new Map(arms.map((arm, index) => [arm.id, open({ ...arm.model, baseUrl: `${baseUrl}/a${index}/v1` })]));
  const deps = folderDeps({ store, arms, openModel: ({ arm }) => models.get(arm.id)?.({ task: undefined as never, attempt: 1 }) as never });
  const ended: Trial[] = [];
  const entry = new ArmEntry(new Set(arms.map(({ id }) => id)));
  await runMissingTrials(
    { runId: "run-1", tasks, arms, attempts: 1 },
    {
      store,
      report: (event) => {
        if (event.kind === "trial-finished") ended.push(event.trial);
      },
      capacity: new GrowingCapacity({ agents: 8, gradings: 1 }),
      signal: new AbortController().signal,
      entry,
      runTrial: (planned, signal, onAgentDone) =>
        runTrial(planned, { ...deps, onAnswer: () => entry.answered(planned.arm.id) } as typeof deps, signal, onAgentDone),
    },
  );
  return ended;
}

test("a provider that fails in every way of the table leaves every trial graded or its arm rightly suspended", {
  timeout: 600_000,
}, async () => {
  const server = await startModelServer(chaos());
  onTestFinished(() => server.close());
  const arms = SUBJECTS.map((_, index) => {
    const arm = anArm(`s${index}`);
    return { ...arm, model: modelSpec({ name: `s${index}`, model: `m${index}`, stream: index % 2 === 1 }) };
  });
  const startedMs = performance.now();
  const trials = await trialsOf(arms, server.url);
  const wrong: string[] = [];
  for (const [index, { title, moment, kind }] of SUBJECTS.entries()) {
    const own = trials.filter(({ key }) => key.armId === arms[index]?.id);
    const outcomes = own.map(({ outcome }) =>
      outcome.kind === "graded" ? `${outcome.stop.kind} ${outcome.verdict.passed}` : `error ${outcome.message}`,
    );
    const expected =
      moment === "always"
        ? own.length === 1 && outcomes[0]?.startsWith("error Cannot get an answer from") === true
        : own.length === 2 && outcomes.every((text) => text === wanted(kind));
    if (!expected) wrong.push(`${title}: ${JSON.stringify(outcomes)}`);
  }

  expect(wrong).toEqual([]);
  expect(performance.now() - startedMs).toBeLessThan(300_000);
});

function wanted(kind: string): string {
  if (kind === "refusal") return "refused true";
  if (kind === "overflow" || kind === "no-room") return "context-exhausted true";
  return "completed true";
}
