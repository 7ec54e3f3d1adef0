import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../fixtures/cli.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const CANARY = "sk-canary-91c2";

/** A folder with a program named bash that notes its environment, and ends. */
function noting(): TempFolder {
  const folder = new TempFolder();
  mkdirSync(folder.at("bin"));
  folder.write({ "bin/bash": `#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ >"${folder.at("noted")}"\n` });
  chmodSync(folder.at("bin/bash"), 0o755);
  return folder;
}

test("bench setup starts its script without keys, and not from the current folder", async () => {
  using folder = noting();
  const paths = `${dirname(process.execPath)}:/usr/bin:/bin`;
  const env = {
    PATH: `${folder.at("bin")}:${paths}`,
    OPENAI_API_KEY: CANARY,
    BENCH_DOCKERD_FLAGS: "--debug",
    https_proxy: "http://proxy:3128",
  };
  // The twin: a child that is given no environment has all of it.
  spawnSync("bash", ["-c", "true"], { env });
  expect(readFileSync(folder.at("noted"), "utf8")).toContain(CANARY);
  rmSync(folder.at("noted"));

  const end = await runCli(["setup"], { cwd: folder.path, env });

  expect(end.code).toBe(0);
  const noted = readFileSync(folder.at("noted"), "utf8");
  expect(noted).not.toContain(CANARY);
  expect(noted).toContain("BENCH_DOCKERD_FLAGS=--debug");
  expect(noted).toContain("https_proxy=http://proxy:3128");
  rmSync(folder.at("noted"));

  // The current folder may be a stranger's checkout with a program of that name; without it there is no bash here.
  const relative = await runCli(["setup"], { cwd: folder.at("bin"), env: { ...env, PATH: `.::bin:${dirname(process.execPath)}-none` } });
  expect(relative).toMatchObject({ code: 2, stderr: expect.stringContaining("the program bash is missing") });
  expect(existsSync(folder.at("noted"))).toBe(false);
});
