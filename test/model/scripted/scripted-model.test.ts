import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Model, ModelSpec, ToolResult, ToolSchema, Turn } from "../../../src/core/model.ts";
import type { SourceFile, Task, WrongSolution } from "../../../src/core/task.ts";
import { scriptedModel } from "../../../src/model/scripted/scripted-model.ts";
import { systemClock } from "../../../src/model/traffic/clock.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

const BEFORE = "def add(a, b):\n    # to do\n    pass\n\n\ndef sub(a, b):\n    return a - b\n";
const AFTER = "def add(a, b):\n    if a == 0:\n        return b\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n";
const FULL = ["read_file", "write_file", "edit_file", "list_directory", "search_files", "find_references", "run_command", "run_python"];

const file = (path: string, content: string | Uint8Array, executable = false): SourceFile => ({
  path,
  bytes: typeof content === "string" ? Buffer.from(content) : content,
  executable,
});

type TaskParts = { workspace?: SourceFile[]; reference?: SourceFile[] | null; wrong?: WrongSolution[]; id?: string };

function taskOf({ workspace = [file("add.py", BEFORE)], reference = [file("add.py", AFTER)], wrong = [], id = "add" }: TaskParts): Task {
  return {
    id,
    suite: "suite",
    title: "Add",
    prompt: "Write add.",
    tags: [],
    image: null,
    sandbox: { memoryMb: 1, cpus: 1, pids: 1, workspaceMb: 1, tmpMb: 1 },
    deliver: { include: ["**"], exclude: [] },
    contextFiles: [],
    tests: {
      runner: "pytest",
      files: [],
      required: null,
      timeoutSeconds: 1,
      placement: "outside",
      jestGlobals: false,
      runSkipped: false,
      isolation: "none",
      pythonPath: [],
      command: null,
      report: null,
    },
    files: {
      workspace: async () => workspace,
      tests: async () => [],
      reference: async () => reference,
      wrong: async () => wrong,
    },
    digest: "",
  };
}

const scripted = (behavior: string, changes: Partial<ModelSpec> = {}): ModelSpec =>
  modelSpec({ name: behavior, api: "scripted", model: behavior, baseUrl: "", apiKeyEnv: null, ...changes });

const open = (spec: ModelSpec, task: Task, attempt = 1): Model =>
  scriptedModel(spec, { task, attempt, clock: systemClock(() => new Date(0)) });

/** A workspace in a temp folder that answers tool calls much as the real tools do. */
class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), "scripted-"));
  readonly calls: string[] = [];
  readonly results: string[] = [];
  readonly #broken: ReadonlySet<string>;

  constructor(files: readonly SourceFile[], broken: readonly string[] = []) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    for (const { path, bytes } of files) this.#write(path, bytes);
    this.#broken = new Set(broken);
  }

  text(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  answer(name: string, args: Readonly<Record<string, unknown>>): { text: string; isError: boolean } {
    this.calls.push(name);
    const text = this.#broken.has(name) ? `Error: environment: ${name} is broken.` : this.#act(name, args);
    this.results.push(text);
    return { text, isError: text.startsWith("Error:") };
  }

  #act(name: string, args: Readonly<Record<string, unknown>>): string {
    const path = String(args["path"]);
    if (name === "write_file") this.#write(path, Buffer.from(String(args["content"])));
    if (name === "edit_file") {
      const parts = this.text(path).split(String(args["old_text"]));
      if (parts.length !== 2) return "Error: no_match: old_text was not found.";
      this.#write(path, Buffer.from(parts.join(String(args["new_text"]))));
    }
    if (name !== "run_command") return `${name} ok`;
    const { status, stdout } = spawnSync("bash", ["-c", String(args["command"])], { cwd: this.folder, encoding: "utf8" });
    return `exit code: ${status} (0.1 s)\n${stdout}`;
  }

  #write(path: string, bytes: Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), bytes);
  }
}

type Played = { desk: Desk; turns: Turn[]; usages: unknown[]; cost: number; texts: string[] };

async function behavior(model: Model, desk: Desk, tools: readonly string[] = FULL, nudges = 1): Promise<Played> {
  const schemas: ToolSchema[] = tools.map((name) => ({ name, description: name, parameters: { type: "object" } }));
  const turns: Turn[] = [{ kind: "user", text: "Write add." }];
  const played: Played = { desk, turns, usages: [], cost: 0, texts: [] };
  for (let step = 0, nudged = 0; step < 30; step += 1) {
    const response = await model.generate({ system: "system", turns, tools: schemas, cacheKey: "k", signal: AbortSignal.timeout(5000) });
    if (response.kind !== "response") throw new Error(response.kind);
    turns.push(response.turn);
    played.usages.push(response.usage);
    played.cost += response.cost.costUsd ?? Number.NaN;
    const { calls, text } = response.turn.view;
    played.texts.push(text);
    if (calls.length === 0 && nudged === nudges) return played;
    if (calls.length === 0) {
      nudged += 1;
      turns.push({ kind: "user", text: "You have not changed any file yet." });
      continue;
    }
    const results = calls.map((call): ToolResult => {
      if (call.args.kind !== "ok") throw new Error(call.args.error);
      return { callId: call.id, name: call.name, ...desk.answer(call.name, call.args.value) };
    });
    turns.push({ kind: "tool", results });
  }
  throw new Error("the scripted model does not stop");
}

describe("a scripted model", () => {
  test("solves the task as its reference does, with an edit where one is enough", async () => {
    const task = taskOf({ reference: [file("add.py", AFTER), file("deep/er/new.txt", "hello\n")] });
    const { desk } = await behavior(open(scripted("oracle"), task), new Desk(await task.files.workspace()));

    expect(desk.text("add.py")).toBe(AFTER);
    expect(desk.text("deep/er/new.txt")).toBe("hello\n");
    expect(desk.calls).toEqual(["list_directory", "read_file", "edit_file", "write_file", "run_command"]);
  });

  test.for([{ broken: ["edit_file"] }, { broken: ["edit_file", "write_file"] }])(
    "finds another way when $broken fail",
    async ({ broken }) => {
      const task = taskOf({});
      const { desk } = await behavior(open(scripted("oracle"), task), new Desk(await task.files.workspace(), broken));

      expect(desk.text("add.py")).toBe(AFTER);
    },
  );

  test("gives up in words when nothing can be written", async () => {
    const task = taskOf({});
    const desk = new Desk(await task.files.workspace(), ["edit_file", "write_file", "run_command"]);
    await behavior(open(scripted("oracle"), task), desk);

    expect(desk.text("add.py")).toBe(BEFORE);
  });

  test("works through a shell alone, bytes that are not text included", async () => {
    const bytes = Uint8Array.from({ length: 150_000 }, (_, index) => index % 256);
    const task = taskOf({ reference: [file("add.py", AFTER), file("it's/a b.bin", bytes, true)] });
    const { desk } = await behavior(open(scripted("oracle"), task), new Desk(await task.files.workspace()), ["run_command"]);

    expect(desk.text("add.py")).toBe(AFTER);
    expect(readFileSync(join(desk.folder, "it's/a b.bin"))).toEqual(Buffer.from(bytes));
    expect(statSync(join(desk.folder, "it's/a b.bin")).mode & 0o111).not.toBe(0);
    expect(desk.results.join("")).not.toMatch(/exit code: [1-9]/);
  });

  test("reads and stops where it may not write", async () => {
    const task = taskOf({});
    const { desk } = await behavior(open(scripted("oracle"), task), new Desk(await task.files.workspace()), [
      "read_file",
      "list_directory",
    ]);

    expect(desk.calls).toEqual(["list_directory", "read_file"]);
  });

  test("of behavior nop changes nothing and stops again after a nudge", async () => {
    const task = taskOf({});
    const { desk, texts } = await behavior(open(scripted("nop"), task), new Desk(await task.files.workspace()));

    expect(desk.calls).toEqual(["list_directory", "read_file"]);
    expect(texts.at(-1)).not.toBe("");
  });

  test("that is flawed delivers a wrong solution of the task, the same for the same seed", async () => {
    const wrong = ["one", "two", "three"].map((name) => ({ name, files: [file("add.py", name)] }));
    const task = taskOf({ wrong });
    const run = async (seed: number): Promise<string> =>
      (await behavior(open(scripted("flawed", { seed }), task), new Desk(await task.files.workspace()))).desk.text("add.py");
    const submitted = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(run));

    expect(new Set([...submitted, "one", "two", "three"]).size).toBe(3);
    expect(new Set(submitted).size).toBeGreaterThan(1);
    expect(await run(1)).toBe(submitted[0]);
  });

  test("that is flawed spoils the reference where no wrong solution is known", async () => {
    const task = taskOf({});
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const { desk } = await behavior(open(scripted("flawed", { seed }), task), new Desk(await task.files.workspace()));
      const text = desk.text("add.py");
      expect(text).not.toBe(AFTER);
      expect(text).not.toBe(BEFORE);
      expect(text).toContain("def sub(a, b):\n    return a - b\n");
    }
  });

  test("that is flaky solves some attempts and not others, the same ones each time", async () => {
    const outcomes = async (): Promise<boolean[]> => {
      const solved: boolean[] = [];
      for (let index = 0; index < 40; index += 1) {
        const task = taskOf({ id: `task-${index % 10}` });
        const model = open(scripted("flaky"), task, 1 + Math.floor(index / 10));
        const { desk } = await behavior(model, new Desk(await task.files.workspace()), ["read_file", "edit_file"]);
        solved.push(desk.text("add.py") === AFTER);
      }
      return solved;
    };
    const first = await outcomes();

    expect(first.filter(Boolean).length).toBeGreaterThan(5);
    expect(first.filter(Boolean).length).toBeLessThan(35);
    expect(await outcomes()).toEqual(first);
  });

  test("counts the same tokens and cost each time, and what was sent before as read from the cache", async () => {
    const price = { input: 1, output: 4, cacheRead: 0.1, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
    const task = taskOf({});
    const runs = [1, 2].map(async () => behavior(open(scripted("oracle", { price }), task), new Desk(await task.files.workspace())));
    const [first, second] = await Promise.all(runs);

    expect(first?.usages).toEqual(second?.usages);
    expect(first?.cost).toBe(second?.cost);
    expect(first?.cost).toBeGreaterThan(0);
    expect(first?.usages[0]).toMatchObject({ cacheReadTokens: 0 });
    expect(first?.usages[2]).toMatchObject({ cacheReadTokens: expect.toSatisfy((tokens: number) => tokens > 0) });
  });

  test("has an unknown cost without a price", async () => {
    const task = taskOf({});
    const { cost } = await behavior(open(scripted("oracle"), task), new Desk(await task.files.workspace()));

    expect(cost).toBeNaN();
  });

  test("continues where another instance stopped", async () => {
    const task = taskOf({});
    const whole = await behavior(open(scripted("oracle"), task), new Desk(await task.files.workspace()));
    const half = JSON.parse(JSON.stringify(whole.turns.slice(0, 5))) as Turn[];
    const model = open(scripted("oracle"), task);
    const tools = FULL.map((name) => ({ name, description: name, parameters: { type: "object" } }));
    const response = await model.generate({ system: "system", turns: half, tools, cacheKey: "k", signal: AbortSignal.timeout(5000) });

    expect(response).toMatchObject({ turn: whole.turns[5], usage: whole.usages[2] });
  });

  test("has nothing to say about a task without a reference", async () => {
    const task = taskOf({ reference: null });
    for (const name of ["oracle", "flawed"]) {
      const { desk } = await behavior(open(scripted(name), task), new Desk(await task.files.workspace()));
      expect(desk.text("add.py")).toBe(BEFORE);
    }
  });

  test("stops immediately when it is aborted while it thinks", async () => {
    const stop = new AbortController();
    const model = open(scripted("oracle", { extraBody: { latency_ms: 60_000 } }), taskOf({}));
    const answer = model.generate({ system: "", turns: [], tools: [], cacheKey: "k", signal: stop.signal });
    stop.abort(new Error("enough"));

    await expect(answer).rejects.toThrow("enough");
  });
});
