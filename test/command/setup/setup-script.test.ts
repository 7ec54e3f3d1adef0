import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const SCRIPT = join(import.meta.dirname, "../../../sandbox/setup.sh");
const CANARY = "sk-canary-5d1f";
/** What a shell cannot name, and hands on all the same. */
const ODD_NAME = "my-key.of-models";

// Programs with the names of those that the script starts. Each notes what it got; `node` says that no engine answers until one was started.
const PROGRAMS = {
  node: `case "$2" in --ping) [ -e "$BENCH_NOTES/dockerd" ] && exit 0; exit 1 ;; esac
case "$1" in *build-image.mjs) tr '\\0' '\\n' </proc/$$/environ >"$BENCH_NOTES/node"; [ -e "$BENCH_NOTES/dockerd" ] || exit 3 ;; esac`,
  "apt-get": ":",
  id: "echo 0",
  dockerd: `[ "$1" = --help ] && exit 0
notes="$(dirname "$(dirname "$0")")/notes"; tr '\\0' '\\n' </proc/$$/environ >"$notes/dockerd.tmp"; echo "engine says hello"; mv "$notes/dockerd.tmp" "$notes/dockerd"`,
};

/** A package of the script alone on a machine that has only these programs. */
function machine(): TempFolder {
  const folder = new TempFolder();
  for (const name of ["package/sandbox", "bin", "notes", "home", "tmp"]) mkdirSync(folder.at(name), { recursive: true });
  copyFileSync(SCRIPT, folder.at("package/sandbox/setup.sh"));
  for (const [name, text] of Object.entries(PROGRAMS)) {
    folder.write({ [`bin/${name}`]: `#!/bin/sh\n${text}\n` });
    chmodSync(folder.at(`bin/${name}`), 0o755);
  }
  return folder;
}

type End = { readonly code: number | null; readonly said: string };

function setUp(folder: TempFolder, env: Readonly<Record<string, string>> = {}, script = "package/sandbox/setup.sh"): Promise<End> {
  const given = {
    PATH: `${folder.at("bin")}:/usr/bin:/bin`,
    HOME: folder.at("home"),
    TMPDIR: folder.at("tmp"),
    DOCKER_HOST: `unix://${folder.at("docker.sock")}`,
    BENCH_NOTES: folder.at("notes"),
    OPENAI_API_KEY: CANARY,
    npm_config__authToken: CANARY,
    [ODD_NAME]: CANARY,
    ...env,
  };
  const child = spawn("bash", [folder.at(script)], { env: given, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}

test("no program that setup starts gets a key, least of all the engine, which lives on", async () => {
  using folder = machine();
  // The twin: a script hands on what it has.
  folder.write({ "package/sandbox/plain.sh": "setsid dockerd; node sandbox/build-image.mjs\n" });
  await setUp(folder, {}, "package/sandbox/plain.sh");
  for (const name of ["dockerd", "node"]) expect(readFileSync(folder.at(`notes/${name}`), "utf8").split(CANARY)).toHaveLength(4);
  const fresh = machine();

  const end = await setUp(fresh);

  expect(end).toMatchObject({ code: 0 });
  expect(readFileSync(fresh.at("notes/node"), "utf8")).not.toMatch(/OPENAI|my-key/);
  expect(readFileSync(fresh.at("notes/node"), "utf8")).toContain(`DOCKER_HOST=unix://${fresh.at("docker.sock")}`);
  const engine = readFileSync(fresh.at("notes/dockerd"), "utf8");
  expect(engine).not.toContain(CANARY);
  expect(engine).toContain(`HOME=${fresh.at("home")}`);
  fresh[Symbol.dispose]();
});

test("links at the names of the lock and the log are replaced, and what they lead to stays as it is", async () => {
  using folder = machine();
  const cache = "home/.cache/bench";
  folder.write({ "canary-lock": "untouched\n", "canary-log": "untouched\n", [`${cache}/x`]: "" });
  // The twin: opening a file to lock it, or to log to it, empties what a link leads to.
  folder.write({ "twin-canary": "untouched\n", "package/sandbox/plain.sh": `exec 9>"$TMPDIR/twin.lock"\n` });
  symlinkSync(folder.at("twin-canary"), folder.at("tmp/twin.lock"));
  await setUp(folder, {}, "package/sandbox/plain.sh");
  expect(readFileSync(folder.at("twin-canary"), "utf8")).toBe("");
  symlinkSync(folder.at("canary-lock"), folder.at(`${cache}/setup.lock`));
  symlinkSync(folder.at("canary-log"), folder.at(`${cache}/dockerd.log`));

  const end = await setUp(folder);

  expect(end).toMatchObject({ code: 0, said: expect.stringContaining(`(log: ${folder.at(cache)}/dockerd.log)`) });
  expect(readFileSync(folder.at("canary-lock"), "utf8")).toBe("untouched\n");
  expect(readFileSync(folder.at("canary-log"), "utf8")).toBe("untouched\n");
  expect(lstatSync(folder.at(`${cache}/setup.lock`)).isFile()).toBe(true);
  expect(readFileSync(folder.at(`${cache}/dockerd.log`), "utf8")).toBe("engine says hello\n");
});

test("a link at the log that BENCH_DOCKERD_LOG names is replaced, and a folder that does not exist is refused", async () => {
  using folder = machine();
  folder.write({ canary: "untouched\n" });
  symlinkSync(folder.at("canary"), folder.at("tmp/engine.log"));

  const end = await setUp(folder, { BENCH_DOCKERD_LOG: folder.at("tmp/engine.log") });
  using other = machine();
  const refused = await setUp(other, { BENCH_DOCKERD_LOG: other.at("missing/engine.log") });

  expect(end.code).toBe(0);
  expect(readFileSync(folder.at("canary"), "utf8")).toBe("untouched\n");
  expect(readFileSync(folder.at("tmp/engine.log"), "utf8")).toBe("engine says hello\n");
  expect(refused).toMatchObject({
    code: 2,
    said: expect.stringMatching(/^setup: Cannot log to .*: its folder does not exist; make it\n$/),
  });
});

test("nothing is written under a name that others can guess, even where no folder of the user's own can be had", async () => {
  using folder = machine();
  // A file in place of the home, so that root cannot write there either.
  folder.write({ "no-home": "" });

  const end = await setUp(folder, { HOME: folder.at("no-home") });

  const log = /\(log: (.*)\/dockerd\.log\)/.exec(end.said)?.[1] ?? "";
  expect(end.code).toBe(0);
  expect(log).toMatch(new RegExp(`^${folder.at("tmp")}/tmp\\.\\w{10}$`));
  expect(statSync(log).mode & 0o777).toBe(0o700);
  expect(existsSync(folder.at("no-home/.cache"))).toBe(false);
});

test("a set-up without HOME works", async () => {
  using folder = machine();
  folder.write({ "package/sandbox/plain.sh": 'unset HOME; cd "$(dirname "$0")"; exec bash setup.sh\n' });

  const end = await setUp(folder, { XDG_CACHE_HOME: folder.at("cache"), BENCH_DOCKERD_LOG: "/dev/null" }, "package/sandbox/plain.sh");

  expect(end.code).toBe(0);
  expect(lstatSync(folder.at("cache/bench/setup.lock")).isFile()).toBe(true);
});

test("two at a time wait for each other", async () => {
  using folder = machine();
  const slow = `case "$1" in *build-image.mjs) mkdir "$BENCH_NOTES/busy" || echo overlap >>"$BENCH_NOTES/overlaps"; sleep 1; rmdir "$BENCH_NOTES/busy" ;; esac`;
  folder.write({ "bin/node": `#!/bin/sh\n${slow}\n` });

  const ends = await Promise.all([setUp(folder), setUp(folder)]);

  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(ends.map(({ said }) => said).join("")).toBe("setup: waiting for another setup to finish\n");
  expect(existsSync(folder.at("notes/overlaps"))).toBe(false);
});

test("an engine that lives on does not hold the lock", async () => {
  using folder = machine();
  const engine = `[ "$1" = --help ] && exit 0\nreadlink /proc/$$/fd/9 >"${folder.at("notes/lock")}"\n: >"${folder.at("notes/dockerd")}"`;
  folder.write({ "bin/dockerd": `#!/bin/sh\n${engine}\n` });

  await setUp(folder);

  expect(readFileSync(folder.at("notes/lock"), "utf8")).toBe("");
});
