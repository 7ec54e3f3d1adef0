import { unchanging } from "../../core/digest.ts";
import type { LoadedSuite, LoadOptions } from "../../core/suite.ts";
import { DEFAULT_LIMITS, type Machine, type SourceFile, type StateGrading } from "../../core/task.ts";
import { MAX_FILE_BYTES } from "../../files/bounds.ts";
import { readBytes } from "../../files/file.ts";
import { isThere, readFolder } from "../../files/folder.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import { environmentImage } from "../environment-image.ts";
import { planOf, stateTask } from "../state-task.ts";
import { loadTaskFolders, NO_OPTIONS } from "../task-folders.ts";
import { type Compose, readCompose } from "./compose.ts";
import { obstacleOf, readTaskYaml, TASK_FILE, type TaskYaml, TEST_SCRIPT } from "./task-yaml.ts";

/** The format has no limits of its own; these are those of its successor. */
const LIMITS = { ...DEFAULT_LIMITS, memoryMb: 2048, pids: 2048 };
const STORAGE_MB = 10_240;
const TESTS_FOLDER = "/tests";
const SOLUTION = "solution.sh";
// The image is built from the whole folder; what decides the result stays out of it.
const HIDDEN = new Set([TEST_SCRIPT, SOLUTION, "solution.yaml", TASK_FILE, "docker-compose.yaml"]);

/** Loads tasks of Terminal-Bench 1 in place, as `loadTaskFolders` does. */
export function loadTerminalBench(path: string, options: LoadOptions = NO_OPTIONS): LoadedSuite {
  return loadTaskFolders(path, options, {
    name: "terminal-bench",
    noun: "task of Terminal-Bench 1",
    marks: [TASK_FILE, TEST_SCRIPT],
    load: ({ folder, id, suite }) => {
      const { yaml, unused } = readTaskYaml(folder);
      const compose = readCompose(folder);
      const obstacle = obstacleOf(folder, yaml, compose);
      if (obstacle !== null) return { kind: "obstacle", obstacle };
      return { kind: "loaded", unused: [...unused, ...compose.unused], ...loadOne(folder, yaml, { ...options, id, suite, compose }) };
    },
  });
}

type TerminalOptions = LoadOptions & { readonly id: string; readonly suite: string; readonly compose: Compose };

function loadOne(folder: Place, yaml: TaskYaml, { id, suite, bases, passAt, compose }: TerminalOptions) {
  const isHidden = (path: string): boolean => HIDDEN.has(path) || path.startsWith("tests/");
  const { replaced, ...image } = environmentImage(folder, { bases, isHidden });
  const hasSolution = isThere(placeInside(folder, SOLUTION));
  const tests = unchanging(shown(folder.path), () => testFiles(folder));
  const { workdir, env } = compose;
  const machine: Machine = { user: null, workdir, storageMb: STORAGE_MB, env: { ...env, TEST_DIR: TESTS_FOLDER }, healthcheck: null };
  const state: StateGrading = {
    tests: { folder: TESTS_FOLDER, path: TEST_SCRIPT, user: null, env: {} },
    result: "pytest-summary",
    passAt,
    solution: hasSolution ? { folder: "/oracle", path: SOLUTION, user: null, env: {} } : null,
  };
  const task = {
    id,
    suite,
    title: id,
    prompt: yaml.instruction.trim(),
    tags: [...new Set([...yaml.tags, ...[yaml.difficulty, yaml.category].filter((tag) => tag !== undefined)])],
    ...image,
    sandbox: { ...LIMITS, ...compose.limits },
    ...(yaml.max_agent_timeout_sec === undefined ? {} : { agentSeconds: yaml.max_agent_timeout_sec }),
    machine,
    state,
    deliver: { include: ["**"], exclude: [] },
    contextFiles: [],
    tests: planOf(yaml.max_test_timeout_sec, TEST_SCRIPT),
  };
  const solution = hasSolution ? () => [ownFile(folder, SOLUTION)] : null;
  return { task: stateTask(task, { tests, solution }), replaced };
}

function* testFiles(folder: Place): Generator<SourceFile> {
  yield* readFolder(placeInside(folder, "tests"));
  yield ownFile(folder, TEST_SCRIPT);
}

function ownFile(folder: Place, path: string): SourceFile {
  return { path, bytes: readBytes(placeInside(folder, path), MAX_FILE_BYTES), executable: true };
}
