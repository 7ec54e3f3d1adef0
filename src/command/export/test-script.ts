import type { Task } from "../../core/task.ts";

/** How tests are run where only their own framework is there, or why they cannot be. */
export type TestScript =
  | { readonly kind: "script"; readonly text: string; readonly base: string; readonly setup: readonly string[] }
  | { readonly kind: "none"; readonly reason: string };

type Way = { readonly base: string; readonly setup: readonly string[]; readonly lines: readonly string[] };

const WORKSPACE = "/workspace";

/**
 * Writes the program that runs a task's hidden tests by their own framework and leaves a reward: 1 where it ends with status 0. `base` and `setup` are a public image that
 * has the framework, and what to add to it.
 */
export function testScript({ tests }: Task): TestScript {
  const way = wayOf(tests);
  if (typeof way === "string") return { kind: "none", reason: way };
  const copied = tests.placement === "workspace" ? [`cp -r /tests/. ${WORKSPACE}/`, `rm -f ${WORKSPACE}/test.sh`] : [];
  const lines = [
    "#!/bin/bash",
    "set -u",
    "mkdir -p /logs/verifier",
    // What tests of this program find the solution by.
    `export SOLUTION=/usr/bin/env SHARED="$(mktemp -d)" WORKSPACE=${WORKSPACE} TESTS=/tests`,
    ...copied,
    `cd ${WORKSPACE} || exit 1`,
    "status=0",
    ...way.lines.map((line) => `${line} || status=1`),
    'if [ "$status" -eq 0 ]; then echo 1 > /logs/verifier/reward.txt; else echo 0 > /logs/verifier/reward.txt; fi',
    "",
  ];
  return { kind: "script", text: lines.join("\n"), base: way.base, setup: way.setup };
}

function wayOf(tests: Task["tests"]): Way | string {
  const files = tests.files.map((path) => quoted(`/tests/${path}`));
  const inWorkspace = tests.files.map(quoted);
  const node = { base: "node:22-slim", setup: [] };
  switch (tests.runner) {
    case "pytest": {
      const chosen = tests.required?.map((name) => quoted(`/tests/${name}`)) ?? files;
      const folders = [WORKSPACE, `${WORKSPACE}/src`, ...tests.pythonPath.map((folder) => `${WORKSPACE}/${folder}`)];
      const line = `PYTHONPATH=${quoted(folders.join(":"))} python3 -m pytest -p no:cacheprovider -rA ${chosen.join(" ")}`;
      return { base: "python:3.12-slim", setup: ["RUN pip install --no-cache-dir pytest"], lines: [line] };
    }
    case "exit-status":
      return {
        base: "debian:bookworm-slim",
        setup: [],
        lines: files.map(runLine),
      };
    case "node":
      if (tests.jestGlobals) return "its tests use Jest's names under node, which no published runner gives them";
      if (tests.required !== null) return "its tests are chosen by name, which node --test does not do exactly";
      return { ...node, lines: [`node --test ${(tests.placement === "workspace" ? inWorkspace : files).join(" ")}`] };
    case "vitest":
      return { ...node, setup: ["RUN npm install --global vitest"], lines: [`vitest run ${inWorkspace.join(" ")}`] };
    case "jest":
      return { ...node, setup: ["RUN npm install --global jest"], lines: [`jest ${inWorkspace.join(" ")}`] };
    case "go":
      return { base: "golang:1.24", setup: [], lines: ["go test ./..."] };
    case "cargo":
      return { base: "rust:1-slim", setup: [], lines: [`cargo test --offline${tests.runSkipped ? " -- --include-ignored" : ""}`] };
    default:
      return `tests of the runner ${tests.runner} are put together by this program`;
  }
}

function runLine(file: string): string {
  if (/\.py'?$/.test(file)) return `python3 ${file}`;
  return /\.[cm]?js'?$/.test(file) ? `node ${file}` : `bash ${file}`;
}

/** Quotes a word for a shell. */
export function quoted(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
