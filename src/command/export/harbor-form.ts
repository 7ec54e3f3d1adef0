import { writeToml } from "../../config/toml-file.ts";
import type { Machine, SourceFile, Task } from "../../core/task.ts";
import { quoted, testScript } from "./test-script.ts";

/** A task in Harbor's format, or why it cannot be written in it. */
export type HarborForm =
  | { readonly kind: "files"; readonly files: readonly SourceFile[] }
  | { readonly kind: "none"; readonly reason: string };

/** The image that environments are built on; null takes a public one that has the framework of the tests. */
export type HarborOptions = { readonly from: string | null };

const WORKSPACE = "/workspace";
const DOCKERFILE = "Dockerfile";
const AGENT_SECONDS = 1800;
const BUILD_SECONDS = 600;

/** Writes a task in Harbor's format. Throws UserError when one of its files cannot be read. */
export async function harborForm(task: Task, options: HarborOptions): Promise<HarborForm> {
  return task.state === undefined ? filesForm(task, options) : stateForm(task);
}

// What came from this format goes back as it was: one machine, the same scripts.
async function stateForm(task: Task): Promise<HarborForm> {
  const { state, machine } = task;
  if (state === undefined || machine === undefined) return { kind: "none", reason: "it has no machine" };
  if ((await task.files.workspace()).length > 0)
    return { kind: "none", reason: "its workspace is laid into its machine; put it into its image" };
  if (state.result !== "reward") return { kind: "none", reason: "its tests write no reward, but what pytest prints is read" };
  const environment = (await task.imageFolder?.read()) ?? [];
  const solution = (await task.files.solution?.()) ?? [];
  const toml = settingsOf(task, {
    user: machine.user,
    environment: {
      ...(environment.length === 0 ? { docker_image: task.image } : {}),
      ...machineSettings(machine),
    },
    verifier: { ...(state.tests.user === null ? {} : { user: state.tests.user }), env: state.tests.env },
    solution: state.solution === null ? {} : { env: state.solution.env },
  });
  return {
    kind: "files",
    files: [
      textFile("task.toml", toml),
      textFile("instruction.md", `${task.prompt}\n`),
      ...below("environment", environment),
      ...below("tests", await task.files.tests()),
      ...below("solution", solution),
    ],
  };
}

async function filesForm(task: Task, { from }: HarborOptions): Promise<HarborForm> {
  const script = testScript(task);
  if (script.kind === "none") return script;
  if (task.files.provide !== undefined) return { kind: "none", reason: "its tests are changes to files that only its image has" };
  const [workspace, tests, reference] = await Promise.all([task.files.workspace(), task.files.tests(), task.files.reference()]);
  if (tests.some(({ path }) => path === "test.sh"))
    return { kind: "none", reason: "one of its tests is called test.sh, as the program that runs them must be" };
  const built = (await task.imageFolder?.read()) ?? [];
  const toml = settingsOf(task, { user: null, environment: { storage_mb: 10_240, workdir: WORKSPACE }, verifier: {}, solution: {} });
  return {
    kind: "files",
    files: [
      textFile("task.toml", toml),
      textFile("instruction.md", `${task.prompt}\n`),
      ...below(
        "environment",
        built.filter(({ path }) => path !== DOCKERFILE),
      ),
      textFile(`environment/${DOCKERFILE}`, dockerfileOf(task, { from, built, script, hasFiles: workspace.length > 0 })),
      ...below("environment/workspace", workspace),
      textFile("tests/test.sh", script.text, true),
      ...below("tests", tests),
      ...solutionFiles(reference),
    ],
  };
}

type Building = {
  readonly from: string | null;
  readonly built: readonly SourceFile[];
  readonly script: { readonly base: string; readonly setup: readonly string[] };
  readonly hasFiles: boolean;
};

function dockerfileOf({ image }: Task, { from, built, script, hasFiles }: Building): string {
  const own = built.find(({ path }) => path === DOCKERFILE);
  const base = from ?? (own === undefined ? image : null);
  const start =
    own === undefined
      ? [`FROM ${base ?? script.base}`, ...(base === null ? script.setup : [])]
      : [Buffer.from(own.bytes).toString().trimEnd()];
  return [...start, "USER root", `WORKDIR ${WORKSPACE}`, ...(hasFiles ? [`COPY workspace/ ${WORKSPACE}/`] : []), ""].join("\n");
}

// Files of the reference are laid over the workspace; what it removes is removed.
function solutionFiles(reference: readonly SourceFile[] | null): readonly SourceFile[] {
  if (reference === null) return [];
  const removed = reference.filter(({ kind }) => kind === "absent").map(({ path }) => `rm -rf ${quoted(`${WORKSPACE}/${path}`)}`);
  const kept = reference.filter(({ kind }) => kind !== "absent");
  const script = ["#!/bin/bash", "set -e", ...removed, `cp -r "$(dirname "$0")/files/." ${WORKSPACE}/`, ""].join("\n");
  return [textFile("solution/solve.sh", script, true), ...below("solution/files", kept)];
}

type Parts = {
  readonly user: string | null;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly verifier: Readonly<Record<string, unknown>>;
  readonly solution: Readonly<Record<string, unknown>>;
};

function settingsOf(task: Task, { user, environment, verifier, solution }: Parts): string {
  const { memoryMb, cpus } = task.sandbox;
  return writeToml({
    schema_version: "1.4",
    task: { name: nameOf(task), description: task.title },
    metadata: { tags: task.tags },
    agent: { ...agentTime(task), ...(user === null ? {} : { user }) },
    verifier: { timeout_sec: task.tests.timeoutSeconds, ...verifier },
    environment: { build_timeout_sec: BUILD_SECONDS, cpus, memory_mb: memoryMb, network_mode: "no-network", ...environment },
    solution,
  });
}

// What came from this format goes back as it was. Its own limit is a few minutes, which is too short for tasks that were not written for it.
function agentTime({ agentSeconds, state }: Task): { readonly timeout_sec?: number } {
  if (agentSeconds !== undefined) return { timeout_sec: agentSeconds };
  return state === undefined ? { timeout_sec: AGENT_SECONDS } : {};
}

// The format asks for an organization before the name.
function nameOf({ suite, id, title }: Task): string {
  return title.includes("/") ? title : `${suite}/${id}`;
}

function machineSettings({ storageMb, env, workdir, healthcheck }: Machine): Readonly<Record<string, unknown>> {
  return {
    storage_mb: storageMb,
    env,
    ...(workdir === null ? {} : { workdir }),
    ...(healthcheck === null
      ? {}
      : {
          healthcheck: {
            command: healthcheck.command,
            interval_sec: healthcheck.intervalSeconds,
            timeout_sec: healthcheck.timeoutSeconds,
            start_period_sec: healthcheck.startSeconds,
            retries: healthcheck.retries,
          },
        }),
  };
}

function below(folder: string, files: readonly SourceFile[]): readonly SourceFile[] {
  // Field by field: the bytes of a large workspace's file are no property of its own.
  return files.map(({ path, bytes, executable, kind }) => ({
    path: `${folder}/${path}`,
    bytes,
    executable,
    ...(kind === undefined ? {} : { kind }),
  }));
}

function textFile(path: string, text: string, executable = false): SourceFile {
  return { path, bytes: Buffer.from(text), executable };
}
