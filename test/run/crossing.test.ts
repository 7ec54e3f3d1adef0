import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { loadWorkspace } from "../../src/config/workspace/workspace.ts";
import { type Sandbox, WORKSPACE } from "../../src/core/sandbox.ts";
import type { Isolation, SourceFile, Task } from "../../src/core/task.ts";
import type { HeldBack, Verdict } from "../../src/core/verdict.ts";
import { placeNamed } from "../../src/files/place.ts";
import { grade } from "../../src/grade/grade.ts";
import { takeSubmission } from "../../src/run/grading.ts";
import { noSignal, succeed } from "../contract/sandbox-fixture.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { sandboxes, smallTask, type Texts } from "../grade/small-task.ts";

const WORKSPACE_FILES: Texts = { "src/a.txt": "old", "src/b.txt": "b", "tool.sh": "true", "plain.txt": "p", "pytest.ini": "[pytest]\n" };
const AS_GRADED = { required: ["check.sh"], shapes: null };

type Case = {
  readonly isolation?: Isolation;
  readonly deliver?: readonly string[];
  readonly workspace?: Texts;
  /** What the agent runs in its sandbox. */
  readonly does: string;
  /** What must hold in the workspace that is graded. */
  readonly check: string;
};

function taskOf({ isolation = "process", deliver = ["**"], workspace = WORKSPACE_FILES, check }: Omit<Case, "does">): Task {
  const text = `#!/bin/bash\n"$SOLUTION" bash -c ${JSON.stringify(`cd ${WORKSPACE} && ${check}`).replaceAll("$", "\\$")}\n`;
  const plan = { runner: "exit-status", files: ["check.sh"], isolation } as const;
  return smallTask({ workspace, tests: { "check.sh": text }, plan, deliver: { include: [...deliver], exclude: [] } });
}

type Crossed = { readonly verdict: Verdict; readonly submitted: readonly SourceFile[]; readonly notes: readonly string[] };

/** Lets an agent work in a sandbox, takes its submission out and grades it in another. */
async function cross(task: Task, work: (sandbox: Sandbox) => Promise<unknown>): Promise<Crossed> {
  const notes: string[] = [];
  const sandbox = await sandboxes.open({ image: null, limits: task.sandbox, purpose: "agent" }, noSignal);
  let submitted: readonly SourceFile[];
  try {
    await sandbox.putFiles(WORKSPACE, await task.files.workspace());
    await work(sandbox);
    submitted = await takeSubmission(sandbox, task, ({ text }) => notes.push(text));
  } finally {
    await sandbox.close();
  }
  return { verdict: await grade({ task, submitted, expected: AS_GRADED, sandboxes, signal: noSignal }), submitted, notes };
}

const run = (given: Case) => cross(taskOf(given), (sandbox) => succeed(sandbox, given.does));

describe("what an agent does in its workspace is so where it is graded", () => {
  test.for<[string, Case]>([
    [
      "an edited file, beside one that was not touched",
      { does: "echo -n new > src/a.txt", check: '[ "$(cat src/a.txt src/b.txt)" = newb ]' },
    ],
    ["a deleted file", { does: "rm src/b.txt", check: "[ ! -e src/b.txt ] && [ -e src/a.txt ]" }],
    ["a mode, and nothing else", { does: "chmod +x plain.txt && chmod -x tool.sh", check: "[ -x plain.txt ] && [ ! -x tool.sh ]" }],
    ["empty folders", { does: "mkdir -p out/deep", check: "[ -d out/deep ]" }],
    [
      "a folder that a file keeps",
      { workspace: { "logs/.gitkeep": "" }, does: "echo x > a.txt", check: "echo x > logs/a.txt", deliver: ["*.txt"] },
    ],
    [
      "links",
      {
        does: "ln -s src latest && ln -s b.txt src/c.txt",
        check: '[ "$(readlink latest)" = src ] && [ "$(cat latest/c.txt)" = b ] && [ -L src/c.txt ]',
      },
    ],
    [
      "the content of a link to what does not cross",
      {
        deliver: ["*.py"],
        does: "mkdir made && echo -n x > made/x.txt && ln -s made/x.txt x.py",
        check: '[ ! -L x.py ] && [ "$(cat x.py)" = x ]',
      },
    ],
    ["a folder in place of a file", { does: "rm src/a.txt && mkdir src/a.txt && touch src/a.txt/x", check: "[ -f src/a.txt/x ]" }],
    [
      "odd names",
      {
        does: "touch -- 'a b' $'new\\nline' '-rf' '*' 名前 A a",
        check: "[ -e 'a b' ] && [ -e ./-rf ] && [ -e 名前 ] && [ -e A ] && [ -e a ] && [ $(ls -b | grep -c 'new.nline') = 1 ]",
      },
    ],
    [
      "configuration that the tests do not read",
      {
        does: "echo x > pytest.ini && touch .env conftest.py && git init -q .",
        check: "grep -q x pytest.ini && [ -e .env ] && [ -d .git/refs ] && git status",
      },
    ],
  ])("%s", async ([, given]) => {
    const { verdict, notes } = await run(given);

    expect({ log: verdict.log, reason: verdict.reason, heldBack: verdict.heldBack }).toEqual({
      log: verdict.log,
      reason: "all-passed",
      heldBack: [],
    });
    expect(notes.filter((note) => !note.includes("deliver does not name it"))).toEqual([]);
  });

  test("a repository of the task, with what was committed in it", async () => {
    using folder = new TempFolder();
    folder.write({ "w/a.txt": "one" });
    const git = (...args: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=n", "-c", "user.email=e@x", "-C", folder.at("w"), ...args], { stdio: "pipe" });
    git("init", "-q", "-b", "main", ".");
    git("add", "-A");
    git("commit", "-q", "-m", "one");
    // Now nothing is left in the folders of refs, which git needs all the same.
    git("gc", "-q");
    const whole = await loadWorkspace(placeNamed(folder.at("w")), 64).read();
    const check =
      '[ \\"$(git log --format=%s | paste -sd,)\\" = two,one ] && git fsck --strict && [ -z \\"$(git status --short)\\" ]'.replaceAll(
        "\\",
        "",
      );
    const small = taskOf({ check });
    const task: Task = { ...small, files: { ...small.files, workspace: async () => whole } };

    const { verdict } = await cross(task, (sandbox) =>
      succeed(
        sandbox,
        "git status --short && git fsck --strict && echo two > b.txt && git add -A && git -c user.name=n -c user.email=e@x commit -qm two",
      ),
    );

    expect({ log: verdict.log, reason: verdict.reason }).toEqual({ log: verdict.log, reason: "all-passed" });
  });
});

describe("what stays behind", () => {
  const named = (verdict: Verdict, notes: readonly string[]): readonly HeldBack[] => [
    ...notes.map((note) => ({ path: note.slice(0, note.lastIndexOf(": ")), reason: note.slice(note.lastIndexOf(": ") + 2) })),
    ...verdict.heldBack,
  ];

  test("files that configure tests, where those share the solution's user, are the task's own", async () => {
    const does =
      "echo x > pytest.ini && touch conftest.py && mkdir -p node_modules/x __pycache__ && touch node_modules/x/1 __pycache__/a.pyc";
    const { verdict, notes } = await run({
      isolation: "none",
      does,
      check: "! grep -q x pytest.ini && [ ! -e conftest.py ] && [ ! -e node_modules ]",
    });

    expect(verdict.reason).toBe("all-passed");
    expect(named(verdict, notes)).toEqual([
      { path: "conftest.py", reason: "it configures the test run" },
      { path: "node_modules", reason: "it holds installed packages" },
      { path: "pytest.ini", reason: "it configures the test run" },
    ]);
  });

  test("more files than the limit, huge and sparse ones, FIFOs, files without rights: a verdict, and each is named", async () => {
    const does = [
      "mkdir flood && seq -f 'flood/%g' 1 3000 | xargs touch",
      "truncate -s 5G sparse",
      "mkfifo pipe && ln -s /etc/passwd out",
      "echo 1 > shut && chmod 000 shut",
      "mkdir closed && touch closed/x && chmod 000 closed",
      "echo -n new > src/a.txt && echo mine > zz.txt",
      "touch $'\\xff'",
    ].join(" && ");
    const { verdict, notes, submitted } = await run({ does, check: "grep -q new src/a.txt && [ -e zz.txt ] && [ ! -e pipe ]" });

    expect(verdict.reason).toBe("all-passed");
    expect(submitted).toHaveLength(2000);
    const reasons = Object.fromEntries(named(verdict, notes).map(({ path, reason }) => [path.replace(/^flood\/.*/, "flood"), reason]));
    expect(reasons).toEqual({
      flood: expect.stringMatching(/^there are more files than the limit of 2000 allows; this one and \d+ others are left out$/),
      sparse: "its 5368709120 bytes exceed what is left of the size limit",
      pipe: "it is not a plain file",
      out: "it is a link that leads out",
      shut: "permission denied",
      closed: "the folder cannot be read (permission denied)",
      "\ufffd": "its name is not valid UTF-8",
    });
  });

  test("changes outside of what deliver names, for a reader of the trial", async () => {
    const { verdict, notes } = await run({
      deliver: ["src/**"],
      does: "echo x > plain.txt; touch helper.py; rm tool.sh",
      check: "grep -q p plain.txt",
    });

    expect(verdict.reason).toBe("all-passed");
    expect(notes).toEqual(["helper.py", "plain.txt", "tool.sh"].map((path) => `${path}: deliver does not name it`));
  });
});

describe("a task with more files than an agent may change", () => {
  const many = Object.fromEntries(Array.from({ length: 2500 }, (_, number) => [`data/${number}.txt`, `${number}`]));
  let crossed: Crossed;
  beforeAll(async () => {
    crossed = await run({
      workspace: { ...many, "zz.py": "old" },
      does: "echo -n new > zz.py",
      check: "grep -q new zz.py && [ $(ls data | wc -l) = 2500 ]",
    });
  }, 60_000);

  test("is graded with all of them", () => {
    expect(crossed.verdict.reason).toBe("all-passed");
  });

  test("gets out what was changed, and nothing else", () => {
    expect(crossed.submitted.map(({ path }) => path)).toEqual(["zz.py"]);
    expect(crossed.notes).toEqual([]);
  });
});
