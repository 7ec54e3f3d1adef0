import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import { loadTerminalBench } from "../../../src/import/terminal-bench/terminal-bench.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

function taskFiles(name: string, yaml: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const files = {
    "task.yaml": `instruction: Do it.\n${yaml}`,
    Dockerfile: "FROM ubuntu:24.04\n",
    "run-tests.sh": "pytest\n",
    "tests/test_outputs.py": "",
    ...more,
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
}

function loaded(files: Readonly<Record<string, string>>) {
  using folder = new TempFolder();
  folder.write(files);
  const { notices = [], ...suite } = loadTerminalBench(folder.path);
  return { ...suite, notices: notices.map((line) => line.replaceAll(folder.path, "")) };
}

function refused(files: Readonly<Record<string, string>>): string {
  try {
    loaded(files);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replace(/"\/[^"]*\/one/, '"one');
  }
  throw new Error("it was loaded");
}

const compose = (service: string) => `services:\n  client:\n    build: .\n${service}`;

test("times, processors, memory, variables and the working folder are those of the task", () => {
  const service =
    "    working_dir: /app\n    environment:\n      - TEST_DIR=${T_BENCH_TEST_DIR}\n      - LANG=C.UTF-8\n    deploy: { resources: { limits: { cpus: '2', memory: 3G } } }\n";
  const { tasks, notices } = loaded(
    taskFiles("one", "max_agent_timeout_sec: 90\nmax_test_timeout_sec: 30\ndifficulty: 4\n", { "docker-compose.yaml": compose(service) }),
  );

  expect(tasks).toMatchObject([
    {
      agentSeconds: 90,
      tests: { timeoutSeconds: 30 },
      sandbox: { cpus: 2, memoryMb: 3072 },
      machine: { workdir: "/app", env: { LANG: "C.UTF-8", TEST_DIR: "/tests" } },
      tags: ["4"],
    },
  ]);
  expect(notices).toEqual([]);
});

test("what the format's own harness sets is no setting of the task", () => {
  const service =
    "    image: ${T_BENCH_TASK_DOCKER_CLIENT_IMAGE_NAME}\n    container_name: ${T_BENCH_TASK_DOCKER_CLIENT_CONTAINER_NAME}\n    command: [sleep, infinity]\n    volumes:\n      - ${T_BENCH_TASK_LOGS_PATH}:${T_BENCH_CONTAINER_LOGS_PATH}\n";
  const yaml = "author_name: a\nauthor_email: b\nrun_tests_in_same_shell: false\nexpert_time_estimate_min: 5\n";

  expect(loaded(taskFiles("one", yaml, { "docker-compose.yaml": compose(service) })).notices).toEqual([]);
});

describe("what a task says without effect is told once, with the file, the line and the reason", () => {
  test.each([
    [
      "max_test_timeout_secs: 5\n",
      "",
      '"/one/task.yaml" line 2: max_test_timeout_secs is not used, it is not known (did you mean "max_test_timeout_sec"?)',
    ],
    [
      "run_tests_in_same_shell: true\n",
      "",
      '"/one/task.yaml" line 2: run_tests_in_same_shell is not used, since tests have a shell of their own',
    ],
    [
      "",
      "    privileged: true\n",
      '"/one/docker-compose.yaml" line 4: privileged is not used, since machines here are made by task.yaml and the Dockerfile',
    ],
    [
      "",
      "    volumes: [./data:/data]\n",
      '"/one/docker-compose.yaml" line 4: volumes is not used, since nothing of this machine is in a sandbox',
    ],
    ["", "    environment: [KEY]\n", '"/one/docker-compose.yaml" line 4: environment is not used, since KEY would come from this machine'],
  ])("%j %j", (yaml, service, line) => {
    expect(loaded(taskFiles("one", yaml, { "docker-compose.yaml": compose(service) })).notices).toEqual([line]);
  });

  test("a Dockerfile that lies elsewhere", () => {
    const file = "services:\n  client:\n    build: { context: ./app }\n";
    expect(loaded(taskFiles("one", "", { "docker-compose.yaml": file })).notices).toEqual([
      '"/one/docker-compose.yaml" line 3: build is not used, since the Dockerfile of the task\'s own folder is built',
    ]);
  });

  test("one line for all tasks that say the same", () => {
    const files = { ...taskFiles("one", "language: c\n"), ...taskFiles("two", "language: go\n"), ...taskFiles("three", "language: c\n") };
    expect(loaded(files).notices).toEqual(['"/one/task.yaml" line 2: language is not used, it is not known; the same in 2 more tasks']);
  });
});

test("a task of several machines is left out with their names", () => {
  const file = "services:\n  client:\n    build: .\n  server:\n    image: x\n";
  const { leftOut, tasks } = loaded({ ...taskFiles("good", ""), ...taskFiles("bad", "", { "docker-compose.yaml": file }) });

  expect(tasks.map(({ id }) => id)).toEqual(["good"]);
  expect(leftOut).toEqual([
    { kind: "docker-compose", count: 1, names: ["bad"], reason: "a task is one machine here, and it describes 2: client, server" },
  ]);
});

test("a value that cannot be is one line with the file and the line", () => {
  expect(refused(taskFiles("one", "max_test_timeout_sec: soon\n"))).toBe(
    'Cannot read "one/task.yaml" line 2: max_test_timeout_sec is "soon"; expected a number',
  );
  expect(refused(taskFiles("one", "", { "docker-compose.yaml": compose("    cpus: many\n") }))).toMatch(
    /^Cannot read "one\/docker-compose\.yaml" line 4: services\.client\.cpus /,
  );
});
