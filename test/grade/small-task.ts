import { homedir } from "node:os";
import { join } from "node:path";
import type { SandboxProvider } from "../../src/core/sandbox.ts";
import type { SourceFile, Task, TestPlan } from "../../src/core/task.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { grade } from "../../src/grade/grade.ts";
import { learnExpected } from "../../src/grade/learn-expected.ts";
import { bubblewrapSandboxProvider } from "../../src/sandbox/bubblewrap/bubblewrap-provider.ts";
import { dockerSandboxProvider } from "../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../src/sandbox/docker/engine.ts";

/** Files by path, as text. */
export type Texts = Readonly<Record<string, string>>;

type Shape = {
  readonly workspace: Texts;
  readonly tests: Texts;
  readonly plan: Partial<TestPlan> & Pick<TestPlan, "runner" | "files">;
  readonly deliver?: Task["deliver"];
  readonly reference?: Texts;
  readonly memoryMb?: number;
};

/** Makes a task of a few texts. */
export function smallTask(shape: Shape): Task {
  const reference = shape.reference;
  return {
    id: "small",
    suite: "test",
    title: "Small",
    prompt: "Write it",
    tags: [],
    image: null,
    sandbox: { memoryMb: shape.memoryMb ?? 512, cpus: 1, pids: 128, workspaceMb: 64, tmpMb: 64 },
    deliver: shape.deliver ?? { include: ["**"], exclude: [] },
    contextFiles: [],
    tests: {
      required: null,
      timeoutSeconds: 20,
      placement: "outside",
      jestGlobals: false,
      runSkipped: false,
      isolation: "none",
      pythonPath: [],
      command: null,
      report: null,
      ...shape.plan,
    },
    files: {
      workspace: async () => sources(shape.workspace),
      tests: async () => sources(shape.tests),
      reference: async () => (reference === undefined ? null : sources(reference)),
      wrong: async () => [],
    },
    digest: "small",
  };
}

/** Turns texts into files; those that end in `.sh` are executable. */
export function sources(texts: Texts): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text), executable: path.endsWith(".sh") }));
}

/** Which adapter the tests of grading run on: an engine unless BENCH_TEST_SANDBOX names `runsc` or `bubblewrap`. */
export const SANDBOX_KIND = process.env["BENCH_TEST_SANDBOX"] ?? "docker";

/** How a solution is kept apart there, and who the tests are. */
export const APART =
  SANDBOX_KIND === "bubblewrap"
    ? ({ isolation: "process-one-user", users: "one", judge: 1000 } as const)
    : ({ isolation: "process", users: "two", judge: 1001 } as const);

/** Sandboxes of the image under test. */
export const sandboxes = openSandboxes();

function openSandboxes(): SandboxProvider {
  const image = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
  if (SANDBOX_KIND !== "bubblewrap")
    return dockerSandboxProvider(connectEngine(), { image, runId: "test-grade", runtime: SANDBOX_KIND === "runsc" ? "runsc" : null });
  const rootFolder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "bench/rootfs/current");
  return bubblewrapSandboxProvider({ rootFolder, image: { name: image, id: "bubblewrap:current" } });
}

/** Grades a solution laid over the task's workspace, in a real container. */
export async function gradeTexts(task: Task, solution: Texts, required: readonly string[]): Promise<Verdict> {
  const files = new Map((await task.files.workspace()).map((file) => [file.path, file]));
  for (const file of sources(solution)) files.set(file.path, file);
  return grade({
    task,
    submitted: [...files.values()],
    expected: { required, shapes: null },
    sandboxes,
    signal: new AbortController().signal,
  });
}

/** Learns which tests decide, in a real container. */
export async function learn(task: Task): Promise<readonly string[]> {
  return (await learnExpected({ task, sandboxes, signal: new AbortController().signal })).required;
}
