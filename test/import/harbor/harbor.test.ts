import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import type { LoadOptions } from "../../../src/core/suite.ts";
import { loadHarbor } from "../../../src/import/harbor/harbor.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const DOCKERFILE =
  "FROM --platform=linux/amd64 ubuntu:24.04 AS base\nWORKDIR /app\nFROM base\nCOPY --from=ubuntu:24.04 /etc/os-release /x\n";

function taskFiles(name: string, toml: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const files = {
    "instruction.md": "Do it.\n",
    "environment/Dockerfile": DOCKERFILE,
    "tests/test.sh": "echo 1 > /logs/verifier/reward.txt\n",
    "task.toml": toml,
    ...more,
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
}

function loaded(files: Readonly<Record<string, string>>, options?: LoadOptions) {
  using folder = new TempFolder();
  folder.write(files);
  return loadHarbor(folder.path, options);
}

function refused(toml: string): string {
  try {
    loaded(taskFiles("one", toml));
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replace(/"\/[^"]*\/one/, '"one');
  }
  throw new Error("it was loaded");
}

const options = (bases: Readonly<Record<string, string>>): LoadOptions => ({
  bases: new Map(Object.entries(bases)),
  passAt: 1,
  images: null,
});

test("the spellings of today and of the first version mean the same", () => {
  const today =
    '[agent]\ntimeout_sec = 60\nuser = 1000\n[verifier]\ntimeout_sec = 120.0\nenv = { A = "x", B = 2 }\n[environment]\nmemory_mb = 2048\nstorage_mb = 10240\nnetwork_mode = "no-network"\n';
  const first =
    'version = "1.0"\n[agent]\ntimeout_sec = 60\nuser = "1000"\n[verifier]\ntimeout_sec = 120\n[verifier.env]\nA = "x"\nB = "2"\n[environment]\nmemory = "2G"\nstorage = "10G"\nallow_internet = false\n';
  const [one] = loaded(taskFiles("one", today)).tasks;
  const [other] = loaded(taskFiles("one", first)).tasks;

  expect(one).toMatchObject({
    sandbox: { memoryMb: 2048, cpus: 1 },
    machine: { user: "1000", workdir: null, storageMb: 10_240, healthcheck: null },
    state: { tests: { folder: "/tests", path: "test.sh", user: null, env: { A: "x", B: "2" } }, solution: null, passAt: 1 },
    tests: { timeoutSeconds: 120 },
  });
  expect(other?.digest).toBe(one?.digest);
});

test("a healthcheck, variables with defaults and a user of the tests are kept", () => {
  const toml =
    '[verifier]\nuser = "tester"\n[environment.env]\nMODE = "${MODE:-fast}"\n[environment.healthcheck]\ncommand = "true"\nretries = 2\n';
  const [task] = loaded(taskFiles("one", toml)).tasks;

  expect(task?.machine?.env).toEqual({ MODE: "fast" });
  expect(task?.machine?.healthcheck).toEqual({ command: "true", intervalSeconds: 5, timeoutSeconds: 30, startSeconds: 0, retries: 2 });
  expect(task?.state?.tests.user).toBe("tester");
});

describe("what cannot run is left out by name with its reason", () => {
  test.each([
    ["[environment]\ngpus = 1\n", "GPU"],
    ['[environment]\nos = "windows"\n', "Windows"],
    ['[[steps]]\nname = "one"\n', "several steps"],
    ['[verifier]\nenvironment_mode = "separate"\n', "image of their own"],
    ['[verifier.env]\nKEY = "${OPENAI_API_KEY}"\n', "OPENAI_API_KEY"],
    ['[agent]\nnetwork_mode = "allowlist"\nallowed_hosts = ["example.org"]\n', "example.org"],
    ['[agent.network]\nmode = "public"\n', "its agent asks for the network (public)"],
    [
      '[[environment.mcp_servers]]\nname = "x"\ntransport = "sse"\nurl = "http://tools:80/sse"\n',
      'its MCP server "x" is reached over a network',
    ],
  ])("%j", (toml, reason) => {
    const { leftOut, tasks } = loaded({ ...taskFiles("good", ""), ...taskFiles("bad", toml) });

    expect(tasks.map(({ id }) => id)).toEqual(["good"]);
    expect(leftOut).toEqual([{ kind: expect.any(String), count: 1, names: ["bad"], reason: expect.stringContaining(reason) }]);
  });

  test("MCP servers that are programs are the agent's, by names that every provider takes", () => {
    const toml = '[[environment.mcp_servers]]\nname = "a b.c"\ntransport = "stdio"\ncommand = "node"\nargs = ["/opt/s.mjs", "-v"]\n';
    const { tasks } = loaded({ ...taskFiles("good", ""), ...taskFiles("tools", toml) });

    expect(tasks.map(({ mcpServers }) => mcpServers)).toEqual([
      undefined,
      [{ name: "a_b_c", command: ["node", "/opt/s.mjs", "-v"], env: {} }],
    ]);
    expect(tasks[0]?.digest).not.toBe(tasks[1]?.digest);
  });

  test("several services of a compose file, and tests that load something", () => {
    const compose = "services:\n  main: {}\n  database: {}\n";
    const { leftOut } = loaded({
      ...taskFiles("good", ""),
      ...taskFiles("many", "", { "environment/docker-compose.yaml": compose }),
      ...taskFiles("far", "", { "tests/test.sh": "uvx pytest\n" }),
    });

    expect(leftOut.map(({ names, reason }) => [names?.[0], reason])).toEqual([
      ["far", "its tests install or load something over the network (uvx in line 1); put that into its image"],
      ["many", "a task is one machine here, and it describes 2: main, database"],
    ]);
  });
});

describe("a mistyped file is one line with the file, the line and the field", () => {
  test.each([
    ['[verifier]\ntimeout_sec = "long"\n', 'Cannot read "one/task.toml" line 2: verifier.timeout_sec is "long"; expected a number'],
    ["# x\n[environment]\n\ncpus = -1\n", 'Cannot read "one/task.toml" line 4: environment.cpus is -1; expected more than 0'],
    ["[environment]\nmemory_mb = 2.5\n", 'Cannot read "one/task.toml" line 2: environment.memory_mb is 2.5; expected a whole number'],
    ["[agent]\nuser = [1\n", 'Cannot read "one/task.toml" line 3: it is not valid TOML'],
    ["[agent]\nuser = 1\nuser = 2\n", 'Cannot read "one/task.toml" line 3: it is not valid TOML'],
    ["__proto__ = 1\n", 'Cannot read "one/task.toml"'],
  ])("%j", (toml, message) => {
    expect(refused(toml)).toContain(message);
  });

  test("nesting without end is refused", () => {
    expect(refused(`metadata = { x = ${"[".repeat(5000)}${"]".repeat(5000)} }\n`)).toContain("it is not valid TOML");
  });
});

test("a base in place of another changes the image and so the task, and a line says so", async () => {
  const files = taskFiles("one", "");
  const plain = loaded(files);
  using folder = new TempFolder();
  folder.write(files);
  const { tasks, notices } = loadHarbor(folder.path, options({ "ubuntu:24.04": "bench-sandbox:latest" }));
  const built = await tasks[0]?.imageFolder?.read();

  expect(tasks[0]?.image).not.toBe(plain.tasks[0]?.image);
  expect(tasks[0]?.digest).not.toBe(plain.tasks[0]?.digest);
  expect(Buffer.from(built?.find(({ path }) => path === "Dockerfile")?.bytes ?? []).toString()).toBe(
    "FROM --platform=linux/amd64 bench-sandbox:latest AS base\nUSER root\nWORKDIR /app\nFROM base\nCOPY --from=bench-sandbox:latest /etc/os-release /x\n",
  );
  expect(notices?.[0]).toBe("1 task built on bench-sandbox:latest in place of ubuntu:24.04 (--base)");
});

test("a dataset with folders of tasks is read some levels deep; two tasks of one name are refused", () => {
  const below = (folder: string, files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

  expect(loaded({ ...below("easy", taskFiles("a", "")), ...below("hard", taskFiles("b", "")) }).tasks.map(({ id }) => id)).toEqual([
    "a",
    "b",
  ]);
  expect(() => loaded({ ...below("easy", taskFiles("a", "")), ...below("hard", taskFiles("a", "")) })).toThrow(/have the same name/);
});

test("the network that the format gives by default is said in one line", () => {
  const { notices } = loaded({
    ...taskFiles("a", ""),
    ...taskFiles("b", ""),
    ...taskFiles("c", "[environment]\nallow_internet = false\n"),
  });

  expect(notices).toEqual([
    "2 of 3 tasks would have the network in Harbor; sandboxes here have none, so that a task which needs it cannot be solved",
  ]);
});

test("agents have the task's time, builds theirs, and another time for agents is another task", () => {
  const [task] = loaded(taskFiles("one", "[agent]\ntimeout_sec = 60\n[environment]\nbuild_timeout_sec = 90\n")).tasks;
  const [other] = loaded(taskFiles("one", "[agent]\ntimeout_sec = 61\n")).tasks;
  const [builtSlower] = loaded(taskFiles("one", "[agent]\ntimeout_sec = 60\n[environment]\nbuild_timeout_sec = 91\n")).tasks;

  expect(task).toMatchObject({ agentSeconds: 60, imageFolder: { buildSeconds: 90 } });
  expect(other?.digest).not.toBe(task?.digest);
  expect(builtSlower?.digest).toBe(task?.digest);
});

describe("what a task says without effect is told, with the file, the line and the reason", () => {
  test.each([
    ["[verifier]\ntimout_sec = 5\n", 'task.toml" line 2: verifier.timout_sec is not used, it is not known (did you mean "timeout_sec"?)'],
    ["[verifer]\ntimeout_sec = 5\n", 'task.toml" line 1: verifer is not used, it is not known (did you mean "verifier"?)'],
    ["[agent.setup_network]\nmode = 'public'\n", 'task.toml" line 1: agent.setup_network is not used, it is not known'],
    [
      "[environment]\nskills_dir = 'skills'\n",
      'task.toml" line 2: environment.skills_dir is not used, since agents here are given no skills',
    ],
    ["[[artifacts]]\nsource = '/x'\n", 'task.toml" line 1: artifacts is not used, since no files are kept of a machine'],
  ])("%j", (toml, line) => {
    const { notices = [] } = loaded(taskFiles("one", toml));

    expect(notices.filter((one) => one.includes("is not used"))).toEqual([expect.stringContaining(line)]);
  });

  test("metadata, variables and what is used are not told", () => {
    const toml = "[metadata]\nanything = 1\n[environment.env]\nANY = 'x'\n[verifier]\ntimeout_sec = 5\n[task]\nname = 'a/b'\n";
    const { notices = [] } = loaded(taskFiles("one", toml));

    expect(notices.filter((one) => one.includes("is not used"))).toEqual([]);
  });
});
