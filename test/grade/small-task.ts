import type { SourceFile, Task, TestPlan } from "../../src/core/task.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { grade } from "../../src/grade/grade.ts";
import { learnExpected } from "../../src/grade/learn-expected.ts";
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

/** Sandboxes of the image under test. */
export const sandboxes = dockerSandboxProvider(connectEngine(), {
  image: process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest",
  runId: "test-grade",
});

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
