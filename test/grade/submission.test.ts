import { describe, expect, test } from "vitest";
import type { SourceFile } from "../../src/core/task.ts";
import { changesOf, changesToTree, isSameFile, layOut } from "../../src/grade/submission.ts";
import { smallTask, sources, type Texts } from "./small-task.ts";

test("two thousand files in folders as deep as a path can be neither block other work nor are laid out", async () => {
  const deep = (index: number) => `${"d/".repeat(2000)}${index}.py`;
  const submitted = [...Array.from({ length: 2000 }, (_, index) => deep(index)), "a.py"].map((path) => ({
    path,
    bytes: new Uint8Array(),
    executable: false,
  }));
  const task = smallTask({
    workspace: {},
    tests: {},
    plan: { runner: "pytest", files: [], placement: "outside" },
    deliver: { include: ["**"], exclude: [] },
  });
  let turns = 0;
  const other = setInterval(() => turns++, 1);

  const { workspace } = await layOut(task, { pristine: [], submitted, tests: [] });

  clearInterval(other);
  expect(workspace.map(({ path }) => path)).toEqual(["a.py"]);
  expect(turns).toBeGreaterThan(2);
});

describe("a grading workspace", () => {
  const lay = async (given: {
    pristine?: Texts;
    submitted?: Texts;
    changes?: readonly SourceFile[];
    tests?: Texts;
    include?: string[];
    exclude?: string[];
    placement?: "outside" | "workspace";
    isolation?: "process" | "none";
  }) => {
    const task = smallTask({
      workspace: {},
      tests: {},
      plan: { runner: "pytest", files: [], placement: given.placement ?? "outside", isolation: given.isolation ?? "none" },
      deliver: { include: given.include ?? ["**"], exclude: given.exclude ?? [] },
    });
    const layout = await layOut(task, {
      pristine: sources(given.pristine ?? {}),
      submitted: [...sources(given.submitted ?? {}), ...(given.changes ?? [])],
      tests: sources(given.tests ?? {}),
    });
    const texts = Object.fromEntries(layout.workspace.map((file) => [file.path, new TextDecoder().decode(file.bytes)]));
    return { texts, heldBack: layout.heldBack, files: layout.workspace };
  };
  const change = (path: string, kind: NonNullable<SourceFile["kind"]>, text = ""): SourceFile => ({
    path,
    kind,
    bytes: Buffer.from(text),
    executable: false,
  });

  test("holds the task's own file where the rule does not reach, and the submitted one where it does", async () => {
    const { texts } = await lay({
      pristine: { "a.py": "old", "data.txt": "true" },
      submitted: { "a.py": "new", "data.txt": "false", "b.py": "more" },
      include: ["*.py"],
    });

    expect(texts).toEqual({ "a.py": "new", "b.py": "more", "data.txt": "true" });
  });

  test("has what was put into a folder that the task leaves empty", async () => {
    const folder: SourceFile = { path: "src", bytes: new Uint8Array(), executable: false, kind: "folder" };
    const task = smallTask({
      workspace: {},
      tests: {},
      plan: { runner: "pytest", files: [] },
      deliver: { include: ["src/**"], exclude: [] },
    });

    const { workspace, heldBack } = await layOut(task, { pristine: [folder], submitted: sources({ "src/a.py": "" }), tests: [] });

    expect(workspace.map(({ path }) => path)).toEqual(["src/a.py"]);
    expect(heldBack).toEqual([]);
  });

  test("holds what the agent did not touch", async () => {
    expect((await lay({ pristine: { "a.py": "old", "b.py": "old" }, submitted: { "b.py": "new" } })).texts).toEqual({
      "a.py": "old",
      "b.py": "new",
    });
  });

  test("lacks a file that the agent deleted, where the rule allows that", async () => {
    const given = {
      pristine: { "a.py": "old", "b.txt": "old" },
      changes: [change("a.py", "absent"), change("b.txt", "absent")],
      include: ["*.py"],
    };

    expect((await lay(given)).texts).toEqual({ "b.txt": "old" });
  });

  test("says of a file of the image that it is deleted", async () => {
    const { files } = await lay({ pristine: {}, changes: [change("vendor/x.py", "absent")] });

    expect(files).toEqual([change("vendor/x.py", "absent")]);
  });

  test("has empty folders and links, and no folder where files are below it", async () => {
    const changes = [change("logs", "folder"), change("latest", "link", "v1"), change("v1", "folder")];
    const { files } = await lay({ submitted: { "v1/a.txt": "a" }, changes });

    expect(files.map(({ path, kind }) => [path, kind])).toEqual([
      ["v1/a.txt", undefined],
      ["logs", "folder"],
      ["latest", "link"],
    ]);
  });

  test.for([
    ["takes the place of a file of the task", change("fixed", "link", "/etc")],
    ["takes the place of a file of the task", change("fixed/x.txt", "link", "a.py")],
  ] as const)("has no link that %s: %o", async ([, link]) => {
    expect((await lay({ pristine: { "fixed/x.txt": "true" }, changes: [link], exclude: ["fixed/**"] })).texts).toEqual({
      "fixed/x.txt": "true",
    });
  });

  test("keeps the task's own files that configure tests, and names those that the agent changed", async () => {
    const { texts, heldBack } = await lay({
      pristine: { "conftest.py": "own", "setup.cfg": "own" },
      submitted: { "conftest.py": "evil", "setup.cfg": "own", "x/__pycache__/a.pyc": "" },
      changes: [change(".env", "absent")],
    });

    expect(texts).toEqual({ "conftest.py": "own", "setup.cfg": "own" });
    expect(heldBack).toEqual([{ path: "conftest.py", reason: "it configures the test run" }]);
  });

  test("holds files that configure tests where the tests do not read them", async () => {
    const submitted = {
      "conftest.py": "mine",
      ".git/HEAD": "mine",
      "pyproject.toml": "mine",
      "__pycache__/a.pyc": "",
      "node_modules/x/i.js": "",
    };
    const { texts, heldBack } = await lay({ pristine: { "pyproject.toml": "own" }, submitted, isolation: "process" });

    expect(texts).toEqual({ "conftest.py": "mine", ".git/HEAD": "mine", "pyproject.toml": "mine" });
    expect(heldBack.map(({ path }) => path)).toEqual(["node_modules/x/i.js"]);
  });

  test("has the hidden tests on top when they belong there", async () => {
    const given = {
      pristine: { "t.spec.js": "shown" },
      submitted: { "t.spec.js": "evil", "a.js": "new" },
      tests: { "t.spec.js": "hidden" },
    };

    expect((await lay({ ...given, placement: "workspace" })).texts).toEqual({ "t.spec.js": "hidden", "a.js": "new" });
    expect((await lay(given)).texts).toEqual({ "t.spec.js": "evil", "a.js": "new" });
  });

  test.for([
    { title: "a folder where a trusted file is", submitted: { "data.txt/x": "evil" } },
    { title: "a file where a trusted folder is", submitted: { fixed: "evil" } },
    { title: "a package that shadows a trusted module", submitted: { "given/__init__.py": "evil" } },
  ])("has no $title", async ({ submitted }) => {
    const pristine = { "data.txt": "true", "fixed/x.txt": "true", "given.py": "true" };

    expect((await lay({ pristine, submitted: submitted as unknown as Texts, exclude: ["data.txt", "fixed/*", "given.py"] })).texts).toEqual(
      pristine,
    );
  });

  test("never holds a path both as a file and as a folder", async () => {
    expect((await lay({ submitted: { a: "file", "a/b": "below" } })).texts).toEqual({ "a/b": "below" });
  });
});

test("a submission of an older version, which holds whole files, deletes the file of the task that it lacks", () => {
  const workspace = sources({ "a.py": "a", "b.py": "b", "c.txt": "c" });

  const changes = changesOf(sources({ "a.py": "A" }), workspace, { include: ["*.py"], exclude: [] });

  expect(changes.map(({ path, kind }) => [path, kind])).toEqual([
    ["a.py", undefined],
    ["b.py", "absent"],
  ]);
});

test("a mode is a change, and so is a kind", () => {
  const [file] = sources({ a: "a" }) as [SourceFile];

  expect(isSameFile(file, { ...file })).toBe(true);
  expect(isSameFile(file, { ...file, executable: true })).toBe(false);
  expect(isSameFile(file, { ...file, kind: "link" })).toBe(false);
  expect(isSameFile(file, undefined)).toBe(false);
});

describe("what has to be laid over a tree that is there already", () => {
  const pristine = sources({ "a.py": "a", "lib/b.py": "b", "lib/deep/c.py": "c", "lib/deep/d.py": "d", "x/y/z.py": "z" });
  const without = (...paths: readonly string[]) => pristine.filter(({ path }) => !paths.includes(path));
  const told = (files: readonly SourceFile[]) => files.map(({ path, kind, bytes }) => `${path} ${kind ?? Buffer.from(bytes).toString()}`);

  test("is nothing where nothing changed, and else what was changed or is new", () => {
    const [changed, added] = sources({ "lib/b.py": "B", "new.py": "n" });

    expect(changesToTree(pristine, pristine)).toEqual([]);
    expect(
      told(
        changesToTree(
          pristine,
          [...without("lib/b.py"), changed, added].filter((file) => file !== undefined),
        ),
      ),
    ).toEqual(["lib/b.py B", "new.py n"]);
  });

  test("begins with what is gone, and a folder of which nothing is left goes as one", () => {
    expect(told(changesToTree(pristine, without("lib/deep/c.py")))).toEqual(["lib/deep/c.py absent"]);
    expect(told(changesToTree(pristine, without("lib/deep/c.py", "lib/deep/d.py", "x/y/z.py")))).toEqual(["lib/deep absent", "x absent"]);
  });

  test("a file that takes the place of a folder, and a folder that takes that of a file, come after what they replace", () => {
    const [file, inside] = sources({ x: "a file", "a.py/inside.py": "i" });
    const workspace = [...without("a.py", "x/y/z.py"), file, inside].filter((one) => one !== undefined);

    expect(told(changesToTree(pristine, workspace))).toEqual(["a.py absent", "x absent", "x a file", "a.py/inside.py i"]);
  });
});
