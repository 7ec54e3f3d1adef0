// Stages what both the image and the root file system contain (Node, npm packages, the grading programs, the guest's program), and holds what the
// scripts that make them share.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadGuestProgram } from "../dist/sandbox/guest-program.js";
import { debianSources, hostAptOptions } from "./debian-mirror.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const noMmdebstrap = 4;

/** Prints progress. */
export const say = (text) => process.stderr.write(`setup: ${text}\n`);

/** Returns a digest of everything that goes into a sandbox image. */
export function contentDigest(architecture) {
  const digest = createHash("sha256").update(architecture);
  const files = ["Dockerfile", "compile-guest.py", "js/package.json", "js/package-lock.json", ...filesBelow("grading")];
  for (const file of files) {
    const bytes = readFileSync(join(here, file));
    digest.update(`\0${file}\0${bytes.length}\0${statSync(join(here, file)).mode & 0o100}\0`).update(bytes);
  }
  for (const program of guestPrograms()) digest.update(`\0${program.digest}\0`);
  return digest.digest("hex");
}

/** Loads the programs that run as the first process of a sandbox: of an engine's, and of bubblewrap's. */
function guestPrograms() {
  return [loadGuestProgram(), loadGuestProgram(["enter"])];
}

function filesBelow(folder) {
  return readdirSync(join(here, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isWanted(join(entry.parentPath, entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).slice(here.length))
    .sort();
}

function isWanted(path) {
  return !path.includes("__pycache__");
}

/** Lays out what the Dockerfile copies: Node, the other npm packages, the grading programs, and the guest's program to be compiled. */
export async function stage(architecture, context) {
  const npm = join(context, "npm");
  mkdirSync(npm, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(here, "js", file), join(npm, file));
  await installPackages(npm, architecture);

  const modules = join(npm, "node_modules");
  mkdirSync(join(context, "node", "bin"), { recursive: true });
  for (const file of ["bin/node", "LICENSE"]) renameSync(join(modules, `node-linux-${architecture}`, file), join(context, "node", file));
  rmSync(join(modules, `node-linux-${architecture}`), { recursive: true });
  rmSync(join(modules, ".bin"), { recursive: true, force: true });
  mkdirSync(join(context, "js"));
  renameSync(modules, join(context, "js", "node_modules"));
  rmSync(npm, { recursive: true });
  cpSync(join(here, "Dockerfile"), join(context, "Dockerfile"));
  cpSync(join(here, "grading"), join(context, "grading"), { recursive: true, filter: isWanted });
  mkdirSync(join(context, "guest"));
  cpSync(join(here, "compile-guest.py"), join(context, "guest", "compile.py"));
  for (const { digest, source } of guestPrograms()) writeFileSync(join(context, "guest", `${digest}.source`), source);
  openFolder(context);
  return context;
}

/** Installs the npm packages of a folder's lock file into its node_modules, as the sandbox's system needs them. */
export async function installPackages(folder, architecture) {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--os=linux", "--libc=glibc", `--cpu=${architecture}`];
  await run("npm", ["ci", ...flags], folder);
}

/** Makes all that is in a folder readable and not writable for every user, but not a link's target. */
export function openFolder(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) openToReaders(join(entry.parentPath, entry.name));
  }
}

/** Makes a path readable and not writable for every user, whatever the umask was. Done here, because a chmod in the image would copy every file. */
function openToReaders(path) {
  const status = statSync(path);
  chmodSync(path, status.isDirectory() || status.mode & 0o100 ? 0o755 : 0o644);
}

/** Makes a minimal Debian at a path, an archive or a folder depending on its name; rejects with `exitStatus` 4 if mmdebstrap is missing. */
export async function makeDebianBase(path) {
  try {
    await run("mmdebstrap", ["--quiet", "--variant=minbase", ...hostAptOptions(), "bookworm", path, ...debianSources()], tmpdir());
  } catch (error) {
    throw error.code === "ENOENT" ? Object.assign(error, { exitStatus: noMmdebstrap }) : error;
  }
}

/** Returns the proxy settings, which Docker passes to build steps and keeps out of the image. */
export function proxySettings() {
  const names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  return Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
}

/** Runs a program and waits for its end; rejects with the end of its output when it failed. */
export function run(program, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said = (said + chunk).slice(-4000)));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with status ${code}\n${said}`))));
  });
}

/** Waits for a promise for a limited time; when that is over it rejects and calls `giveUp`. */
export async function within(milliseconds, promise, giveUp = () => {}) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${milliseconds / 1000} s`));
      giveUp();
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `work` with a temporary folder and removes it afterwards. */
export async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "bench-sandbox-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
