import { readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadSuite } from "../../src/config/suite.ts";
import { UserError } from "../../src/core/errors.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

function messageAbout(files: Readonly<Record<string, string>>, remove: readonly string[] = []): string {
  using folder = new TempFolder();
  const all = { ...tinySuite("add"), ...files };
  folder.write(Object.fromEntries(Object.entries(all).filter(([path]) => !remove.includes(path))));
  try {
    loadSuite(folder.path);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replaceAll(folder.path, "SUITE");
  }
  return "no error";
}

test("a suite loads its tasks in the order of suite.yaml and fills in every default", async () => {
  using folder = new TempFolder();
  folder.write({ ...tinySuite("b", "a"), "suite.yaml": "name: tiny\ntasks: [b, a]\ndefaults: {timeout_seconds: 7}\n" });

  const suite = loadSuite(folder.path);
  const [first] = suite.tasks;

  expect(suite.tasks.map((task) => task.id)).toEqual(["b", "a"]);
  expect(first?.tests).toEqual({
    runner: "pytest",
    files: ["test_add.py"],
    required: null,
    timeoutSeconds: 7,
    placement: "outside",
    jestGlobals: false,
    runSkipped: false,
    isolation: "none",
    pythonPath: [],
    command: null,
    report: null,
  });
  expect(first?.deliver).toEqual({ include: ["add.py"], exclude: [] });
  expect(first?.sandbox.memoryMb).toBe(1024);
  expect((await first?.files.wrong())?.map((wrong) => wrong.name)).toEqual(["product", "text"]);
});

test("a task's digest changes with what can change a result and with nothing else", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  const digest = (): string | undefined => loadSuite(folder.path).tasks[0]?.digest;
  const before = digest();

  folder.write({ "add/solution/add.py": "def add(a, b):\n    return b + a\n" });
  expect(digest()).toBe(before);
  folder.write({ "add/tests/test_add.py": "def test_other():\n    assert True\n" });
  expect(digest()).not.toBe(before);
});

test.for([
  {
    title: "a switch that its runner does not have",
    files: { "add/task.yaml": "title: A\ndeliver: [x]\ntests: {runner: pytest, run_skipped: true}\n" },
    says: 'Cannot load task "SUITE/add": tests.run_skipped is for the cargo and junit runners, and this one is pytest; remove it',
  },
  {
    title: "an unknown key",
    files: { "add/task.yaml": "title: A\ndelivers: [x]\ndeliver: [x]\ntests: {runner: pytest}\n" },
    says: 'Cannot read "SUITE/add/task.yaml" line 2: the file has an unknown key "delivers"; remove it or correct its spelling',
  },
  {
    title: "an unknown runner",
    files: { "add/task.yaml": "title: A\ndeliver: [x]\ntests:\n  runner: nunit\n" },
    says: 'Cannot read "SUITE/add/task.yaml" line 4: tests.runner is "nunit"; expected one of "pytest", "node", "exit-status", "vitest", "jest", "go", "cargo", "junit", "ctest", "command"',
  },
  {
    title: "a timeout longer than a timer can measure",
    files: { "add/task.yaml": "title: A\ndeliver: [x]\ntests:\n  runner: pytest\n  timeout_seconds: 3000000\n" },
    says: 'Cannot read "SUITE/add/task.yaml" line 5: tests.timeout_seconds is 3000000; expected at most 86400',
  },
  {
    title: "more memory than there is",
    files: { "suite.yaml": "name: tiny\ntasks: [add]\ndefaults:\n  sandbox: {memory_mb: 99999999}\n" },
    says: 'Cannot read "SUITE/suite.yaml" line 4: defaults.sandbox.memory_mb is 99999999; expected at most 1048576',
  },
  {
    title: "a deliver list that includes nothing",
    files: { "add/task.yaml": "title: A\ndeliver: ['!x']\ntests: {runner: pytest}\n" },
    says: 'Cannot read "SUITE/add/task.yaml" line 2: deliver: expected at least one glob without a leading !',
  },
  ...["/etc/passwd", "../x", "!src/../../x", "!"].map((glob) => ({
    title: `the deliver glob "${glob}"`,
    files: { "add/task.yaml": `title: A\ndeliver:\n  - src/**\n  - "${glob}"\ntests: {runner: pytest}\n` },
    says: 'Cannot read "SUITE/add/task.yaml" line 4: deliver[1]: expected a glob of files below the workspace, such as src/**; no leading / and no ..',
  })),
  {
    title: "a missing field",
    files: { "add/task.yaml": "deliver: [x]\ntests: {runner: pytest}\n" },
    says: 'Cannot read "SUITE/add/task.yaml" line 1: title is missing; expected a string',
  },
  {
    title: "broken YAML",
    files: { "add/task.yaml": "title: [A\n" },
    says: 'Cannot read "SUITE/add/task.yaml" line 2: it is not valid YAML',
  },
  {
    title: "a task that is listed twice",
    files: { "suite.yaml": "name: tiny\ntasks:\n  - add\n  - add\n" },
    says: 'Cannot read "SUITE/suite.yaml" line 4: tasks[1]: "add" is listed twice; remove one of them',
  },
  {
    title: "a task without a folder",
    files: { "suite.yaml": "name: tiny\ntasks: [add, sub]\n" },
    says: 'Cannot load suite "SUITE": suite.yaml names task "sub", which has no folder; create it or remove the line',
  },
  {
    title: "an empty prompt",
    files: { "add/prompt.md": " \n" },
    says: 'Cannot load task "add": SUITE/add/prompt.md is empty; write the task for the model in it',
  },
  {
    title: "a test file that is not there",
    files: { "add/task.yaml": "title: A\ndeliver: [x]\ntests: {runner: pytest, files: [test_b.py]}\n" },
    says: 'tests.files names "test_b.py", which is not in tests/',
  },
  {
    title: "a context file that is not there",
    files: { "add/task.yaml": "title: A\ndeliver: [x]\ncontext_files: [AGENTS.md]\ntests: {runner: pytest}\n" },
    says: 'context_files names "AGENTS.md", which is not in workspace/',
  },
  {
    title: "tests that the runner would not run",
    files: { "add/task.yaml": "title: A\ndeliver: [x]\ntests: {runner: node}\n" },
    says: "tests/ has no file that the node runner would run",
  },
])("$title gets one line with file and field", ({ files, says }) => {
  const message = messageAbout(files);

  expect(message).toContain(says);
  expect(message).not.toContain("\n");
});

test.for([
  { gone: "suite.yaml", says: 'Cannot read "SUITE/suite.yaml": there is no such file' },
  { gone: "add/task.yaml", says: 'Cannot load suite "SUITE": it has no folder with a task.yaml' },
  { gone: "add/prompt.md", says: 'Cannot read "SUITE/add/prompt.md": there is no such file' },
  { gone: "add/tests/test_add.py", says: 'Cannot load task "SUITE/add": its folder tests/ is missing; put the hidden tests there' },
])("a missing $gone is named", ({ gone, says }) => {
  expect(messageAbout({}, [gone])).toContain(says);
});

test("a suite that is not there is named", () => {
  expect(() => loadSuite("/nowhere/at/all")).toThrow('Cannot load suite "/nowhere/at/all": there is no such folder');
});

test("a folder without a task.yaml and a hidden one are not tasks, and a task that suite.yaml lists must have its file", () => {
  using folder = new TempFolder();
  folder.write({ ...tinySuite("add"), "notes/readme.txt": "x", ".git/config": "x" });

  expect(loadSuite(folder.path).tasks.map((task) => task.id)).toEqual(["add"]);
  folder.write({ "suite.yaml": "name: tiny\ntasks: [add, notes]\n" });
  expect(() => loadSuite(folder.path)).toThrow('notes/task.yaml": there is no such file');
});

test("a file outside the tests cannot be named as one of them, though it is there", () => {
  using folder = new TempFolder();
  folder.write({ ...tinySuite("add"), "private.py": "canary\n" });
  expect(readFileSync(folder.at("add/tests/../../private.py"), "utf8")).toBe("canary\n");

  for (const path of ["../../private.py", folder.at("private.py")]) {
    folder.write({ "add/task.yaml": `title: A\ndeliver: [x]\ntests: {runner: pytest, files: ["${path}"]}\n` });
    expect(() => loadSuite(folder.path)).toThrow(`tests.files names "${path}", which is not in tests/`);
  }
});

test("prompts that together would not fit into memory are refused before all are read", () => {
  using folder = new TempFolder();
  const ids = Array.from({ length: 70 }, (_, index) => `t${index}`);
  folder.write(tinySuite(...ids));
  for (const id of ids) truncateSync(folder.at(`${id}/prompt.md`), 1_000_000);
  expect(ids.reduce((sum, id) => sum + statSync(folder.at(`${id}/prompt.md`)).size, 0)).toBeGreaterThan(64 * 1024 * 1024);

  expect(() => loadSuite(folder.path)).toThrow(/the texts in "[^"]+" hold more than 64 MB together; split the folder$/);
});

test("wrong solutions have one bound together", async () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  for (const name of ["one", "two", "three"]) {
    folder.write({ [`add/wrong/${name}/add.py`]: "" });
    truncateSync(folder.at(`add/wrong/${name}/add.py`), 30 * 1024 * 1024);
  }

  await expect(loadSuite(folder.path).tasks[0]?.files.wrong()).rejects.toThrow(/add\/wrong": its files hold more than 64 MB together/);
});

test("a link to a task folder is refused, not skipped", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  symlinkSync(folder.at("add"), folder.at("twin"));

  expect(() => loadSuite(folder.path)).toThrow('twin": it is a link to a folder');
});

test("a file that changes after loading is noticed before it is used", async () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  const task = loadSuite(folder.path).tasks[0];

  await expect(task?.files.tests()).resolves.toHaveLength(1);
  folder.write({ "add/tests/test_add.py": "def test_easy():\n    assert True\n" });

  await expect(task?.files.tests()).rejects.toThrow("it has changed since the run began");
  await expect(task?.files.workspace()).resolves.toHaveLength(1);
});

test("text that is not UTF-8 is refused", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  writeFileSync(folder.at("add/prompt.md"), Buffer.from([0x66, 0xff, 0xfe]));

  expect(() => loadSuite(folder.path)).toThrow('add/prompt.md": it is not UTF-8 text');
});

test("a folder whose name has the decomposed Unicode form is found under the composed one, and a misspelt one is suggested", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("cafe\u0301"));
  folder.write({ "suite.yaml": "name: tiny\ntasks: [caf\u00e9]\n" });
  expect(loadSuite(folder.path).tasks.map(({ id }) => id)).toEqual(["caf\u00e9"]);

  folder.write({ "suite.yaml": "name: tiny\ntasks: [cofe\u0301]\n" });
  expect(() => loadSuite(folder.path)).toThrow('which has no folder (did you mean "caf\u00e9"?)');
});

test("two folders whose names differ only in the Unicode form are refused", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("cafe\u0301", "caf\u00e9"));

  expect(() => loadSuite(folder.path)).toThrow('two folders have the name "caf\u00e9", in different Unicode forms; rename one');
});

test.each([
  ["1e3", "1000"],
  ["1.10", "1.1"],
  ["null", "null"],
  ["true", "true"],
])("a task name %s that YAML takes for something else is to be put in quotes", (written, read) => {
  using folder = new TempFolder();
  folder.write({ "suite.yaml": `name: tiny\ntasks: [${written}]\n` });

  expect(() => loadSuite(folder.path)).toThrow(`tasks[0] is ${read}; expected a string; put it in quotes: "${written}"`);
});

test("a task lists what its agents may read of the web, which its digest covers; without it, the digest is that of earlier versions", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  const before = loadSuite(folder.path).tasks[0];
  const yaml = readFileSync(folder.at("add/task.yaml"), "utf8");
  const withWeb = (web: string) => {
    folder.write({ "add/task.yaml": `${yaml}web: ${web}\n` });
    return loadSuite(folder.path).tasks[0];
  };

  expect(before).not.toHaveProperty("web");
  const task = withWeb('{ allow: [docs.python.org, "https://example.com/guide/", "localhost:8080"], private: [localhost] }');
  expect(task?.web).toEqual({ allow: ["docs.python.org", "https://example.com/guide/", "localhost:8080"], private: ["localhost"] });
  const other = withWeb("{ allow: [docs.python.org] }");
  expect(new Set([before?.digest, task?.digest, other?.digest]).size).toBe(3);
  // Written by the version before there was this field.
  expect(before?.digest).toBe("999be1aefdf7653271caf00858ed91845f5022c9dbcee97572ec3e76073c2ddd");
});

test.for([
  ["{ allow: [] }", /web\.allow/],
  ["{ allow: ['ftp://a.example'] }", /line \d+: web\.allow\[0\]: "ftp:\/\/a\.example" is none; expected a host, such as docs\.python\.org/],
  ["{ allow: ['https://user:pw@a.example/'] }", /web\.allow\[0\]/],
  ["{ allow: ['*'] }", /web\.allow\[0\]/],
  ["{ allow: [a.example], private: ['b.example'] }", /web\.private\[0\].*"b\.example" is not in allow/],
  ["{ allow: [a.example], private: ['https://a.example'] }", /web\.private\[0\].*expected a host alone/],
  ["{ hosts: [a.example] }", /web/],
] as const)("a mistake in %s is named", ([web, message]) => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  folder.write({ "add/task.yaml": `${readFileSync(folder.at("add/task.yaml"), "utf8")}web: ${web}\n` });

  expect(() => loadSuite(folder.path)).toThrow(message);
});

test("a task has the group that it or its suite names, and its digest is that of the task without one", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add", "sub"));
  const before = loadSuite(folder.path);

  const yaml = readFileSync(folder.at("add/task.yaml"), "utf8");
  folder.write({ "add/task.yaml": `${yaml}group: calculator\n`, "suite.yaml": "name: tiny\ndefaults: {group: rest}\n" });
  const after = loadSuite(folder.path);

  expect(before.tasks.map(({ group }) => group)).toEqual([undefined, undefined]);
  expect(after.tasks.map(({ group }) => group)).toEqual(["calculator", "rest"]);
  expect(after.tasks.map(({ digest }) => digest)).toEqual(before.tasks.map(({ digest }) => digest));
  expect(after.digest).toBe(before.digest);
});

test("a task lists servers of tools, which its digest covers; without them, the digest is that of earlier versions", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  const yaml = readFileSync(folder.at("add/task.yaml"), "utf8");
  const load = () => loadSuite(folder.path).tasks[0];
  const before = load();
  const withServers = (servers: string) => {
    folder.write({ "add/task.yaml": `${yaml}mcp_servers: ${servers}\n` });
    return load();
  };

  expect(before).not.toHaveProperty("mcpServers");
  const task = withServers("{ notes: { command: [node, /opt/notes.mjs], env: { DEPTH: '2' } }, other: { command: [other] } }");
  expect(task?.mcpServers).toEqual([
    { name: "notes", command: ["node", "/opt/notes.mjs"], env: { DEPTH: "2" } },
    { name: "other", command: ["other"], env: {} },
  ]);
  expect(task?.digest).not.toBe(before?.digest);
  expect(withServers("{ notes: { command: [node, /opt/notes.mjs] } }")?.digest).not.toBe(task?.digest);
  expect(withServers("{}")?.digest).toBe(before?.digest);
});

test.for([
  ["{ 'a b': { command: [x] } }", /mcp_servers.*expected names of at most 30 letters, digits, - and _/],
  ["{ a: { command: [] } }", /mcp_servers\.a\.command/],
  ["{ a: { command: node } }", /mcp_servers\.a\.command is "node"; expected a list/],
  ["{ a: { url: 'http://x' } }", /mcp_servers\.a/],
  ["{ a: { command: [x], env: { 'A-B': y } } }", /mcp_servers\.a\.env.*expected names of environment variables/],
  ["[{ command: [x] }]", /mcp_servers/],
] as const)("servers of tools that are %s get one line", ([servers, says]) => {
  const yaml = tinySuite("add")["add/task.yaml"];

  expect(messageAbout({ "add/task.yaml": `${yaml}mcp_servers: ${servers}\n` })).toMatch(says);
  expect(messageAbout({ "add/task.yaml": `${yaml}mcp_servers: ${servers}\n` })).toMatch(/^Cannot read "SUITE\/add\/task\.yaml" line \d+: /);
});
