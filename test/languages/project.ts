import { prepareDocker } from "../../src/command/sandbox/prepare-docker.ts";
import { loadSuite } from "../../src/config/suite.ts";
import { type SandboxProvider, WORKSPACE } from "../../src/core/sandbox.ts";
import type { SourceFile, Task } from "../../src/core/task.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import { learnExpected } from "../../src/grade/learn-expected.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

/** Files by path, as text. */
export type Texts = Readonly<Record<string, string>>;

/** A small project: the `tests` part of its task.yaml, its files, and the reference solution. */
export type ProjectFiles = { readonly plan: string; readonly workspace: Texts; readonly tests: Texts; readonly solution: Texts };

const DEFAULT_IMAGE = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
const SIGNAL = new AbortController().signal;

/** A project that is graded here, and whose framework is run by hand in the same image. */
export class Project {
  readonly task: Task;
  readonly #sandboxes: SandboxProvider;

  private constructor(task: Task, sandboxes: SandboxProvider) {
    this.task = task;
    this.#sandboxes = sandboxes;
  }

  /** Loads the project as a task, and builds the image of its language if that is missing. */
  static async open(files: ProjectFiles): Promise<Project> {
    const folder = new TempFolder();
    folder.write({
      "suite.yaml": "name: languages\n",
      "p/task.yaml": `title: P\ndeliver: ["**"]\n${files.plan}\n`,
      "p/prompt.md": "Do it.\n",
    });
    for (const part of ["workspace", "tests", "solution"] as const)
      folder.write(Object.fromEntries(Object.entries(files[part]).map(([path, text]) => [`p/${part}/${path}`, text])));
    const [task] = loadSuite(folder.path).tasks;
    if (task === undefined) throw new Error("no task");
    const prepared = await prepareDocker(null, {
      defaultImage: DEFAULT_IMAGE,
      names: [task.image ?? DEFAULT_IMAGE],
      notify: (text) => process.stderr.write(`${text}\n`),
    });
    return new Project(
      task,
      prepared.provider("test-languages", () => {}),
    );
  }

  /** Learns from the reference which tests decide, as a run does. */
  async learn(): Promise<readonly string[]> {
    return (await learnExpected({ task: this.task, sandboxes: this.#sandboxes, signal: SIGNAL })).required;
  }

  /** Grades files laid over the reference solution. */
  async grade(changes: Texts, required: readonly string[]): Promise<Verdict & { readonly lines: readonly string[] }> {
    const submitted = over((await this.task.files.reference()) ?? [], changes);
    const expected = { required, shapes: null };
    const { verdict, skipped } = await gradeWithDetails({
      task: this.task,
      submitted,
      expected,
      sandboxes: this.#sandboxes,
      signal: SIGNAL,
    });
    return { ...verdict, lines: linesOf(verdict, new Set(skipped)) };
  }

  /** Runs a command line in the same image over the same files, without any of the grader: its exit status and what it printed. */
  async byHand(command: string, changes: Texts = {}): Promise<{ readonly status: number | null; readonly output: string }> {
    const { image, sandbox: limits, files } = this.task;
    const sandbox = await this.#sandboxes.open({ image, limits, purpose: "agent" }, SIGNAL);
    try {
      const solution = over((await files.reference()) ?? [], changes);
      await sandbox.putFiles(WORKSPACE, [
        ...(await files.workspace()).filter((file) => !solution.some(({ path }) => path === file.path)),
        ...solution,
      ]);
      await sandbox.putFiles(WORKSPACE, await files.tests());
      const result = await sandbox.run({
        command: `mkdir -p /tmp/home /tmp/t; export HOME=/tmp/home TMPDIR=/tmp/t CI=1 LANG=C.UTF-8\n${command}`,
        cwd: WORKSPACE,
        env: {},
        timeoutMs: 600_000,
        maxOutputBytes: 2_000_000,
      });
      const output = Buffer.concat([result.head, result.tail]).toString();
      return { status: result.exit.kind === "exited" ? result.exit.code : null, output };
    } finally {
      await sandbox.close();
    }
  }
}

function over(files: readonly SourceFile[], changes: Texts): readonly SourceFile[] {
  const own = Object.entries(changes).map(([path, text]) => ({ path, bytes: Buffer.from(text), executable: text.startsWith("#!") }));
  return [...files.filter(({ path }) => !(path in changes)), ...own];
}

// Lines of status and name, sorted, to be compared with what the framework says; what it never mentions is left out.
function linesOf({ tests }: Verdict, skipped: ReadonlySet<string>): readonly string[] {
  return tests
    .filter(({ status }) => status !== "missing")
    .map(({ name, status }) => {
      if (skipped.has(name)) return `skipped ${name}`;
      return `${status === "extra" ? "passed" : status} ${name}`;
    })
    .sort();
}
