// Builds the sandbox image where it is missing or out of date. `--ping` only asks whether an engine answers.
// Exit status: 0 done, 1 failed, 3 no engine answers, 4 no registry answers and mmdebstrap is missing.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Docker from "dockerode";
import { debianSources, hostAptOptions } from "./debian-mirror.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = "bench-sandbox";
const registryBase = "debian:bookworm-slim";
const mirrorBase = "bench-base:bookworm";
const noEngineAnswers = 3;
const noMmdebstrap = 4;
const firstWordMs = 10_000;
const pullMs = 300_000;

const docker = new Docker();
const say = (text) => process.stderr.write(`setup: ${text}\n`);

async function main() {
  const architecture = await engineArchitecture();
  if (architecture === null) process.exit(noEngineAnswers);
  if (process.argv.includes("--ping")) return;

  const tag = `${repository}:${contentDigest(architecture).slice(0, 12)}`;
  const ready = await imageId(tag);
  if (ready !== null && ready === (await imageId(`${repository}:latest`))) return;
  if (ready === null) await inTemporaryFolder((folder) => build(tag, architecture, folder));
  await docker.getImage(tag).tag({ repo: repository, tag: "latest" });
  say(`sandbox image ${tag} is ready`);
}

async function engineArchitecture() {
  try {
    const { Arch } = await within(5_000, docker.version());
    return Arch === "arm64" || Arch === "aarch64" ? "arm64" : "x64";
  } catch {
    return null;
  }
}

/** Sums up all that goes into the image. */
function contentDigest(architecture) {
  const digest = createHash("sha256").update(architecture);
  const files = ["Dockerfile", "js/package.json", "js/package-lock.json", ...filesBelow("runners")];
  for (const file of files) {
    const bytes = readFileSync(join(here, file));
    digest.update(`\0${file}\0${bytes.length}\0${statSync(join(here, file)).mode & 0o100}\0`).update(bytes);
  }
  return digest.digest("hex");
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

async function imageId(name) {
  try {
    return (await docker.getImage(name).inspect()).Id;
  } catch (error) {
    if (error.statusCode === 404) return null;
    throw error;
  }
}

async function build(tag, architecture, folder) {
  const base = await findBase(folder);
  say("fetching Node and Jest's matchers for the sandbox");
  const context = await stage(architecture, join(folder, "context"));
  say(`building the sandbox image on ${base} (a minute or two)`);
  const source = { context, src: ["Dockerfile", "node", "js", "runners"] };
  const options = { t: tag, networkmode: "host", rm: true, forcerm: true, buildargs: { BASE: base, ...proxySettings() } };
  await follow(await docker.buildImage(source, options));
}

/** The settings that Docker itself hands to build steps and keeps out of the image. */
function proxySettings() {
  const names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  return Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
}

/** Lays out what the Dockerfile copies: Node's program, the npm packages without it, the runners. */
async function stage(architecture, context) {
  const npm = join(context, "npm");
  mkdirSync(npm, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(here, "js", file), join(npm, file));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--os=linux", "--libc=glibc", `--cpu=${architecture}`];
  await run("npm", ["ci", ...flags], npm);

  const modules = join(npm, "node_modules");
  mkdirSync(join(context, "node", "bin"), { recursive: true });
  for (const file of ["bin/node", "LICENSE"]) renameSync(join(modules, `node-linux-${architecture}`, file), join(context, "node", file));
  rmSync(join(modules, `node-linux-${architecture}`), { recursive: true });
  rmSync(join(modules, ".bin"), { recursive: true, force: true });
  mkdirSync(join(context, "js"));
  renameSync(modules, join(context, "js", "node_modules"));
  rmSync(npm, { recursive: true });
  cpSync(join(here, "Dockerfile"), join(context, "Dockerfile"));
  cpSync(join(here, "runners"), join(context, "runners"), { recursive: true, filter: isWanted });
  for (const entry of readdirSync(context, { recursive: true, withFileTypes: true })) openToReaders(join(entry.parentPath, entry.name));
  return context;
}

/** All may read, nobody may write, whatever the umask was; setting it here spares the image a copy of every file. */
function openToReaders(path) {
  const status = statSync(path);
  chmodSync(path, status.isDirectory() || status.mode & 0o100 ? 0o755 : 0o644);
}

/** Gives the name of a base that the engine has or can get: a registry's where one answers, or else one made from a Debian mirror. */
async function findBase(folder) {
  for (const name of [registryBase, mirrorBase]) if ((await imageId(name)) !== null) return name;
  if (await pull(registryBase)) return registryBase;
  await makeMirrorBase(folder);
  return mirrorBase;
}

async function pull(name) {
  say(`looking for ${name} at a registry`);
  try {
    const stream = await within(firstWordMs, docker.pull(name));
    await within(pullMs, follow(stream), () => stream.destroy());
    return true;
  } catch (error) {
    say(`no registry: ${String(error.message).trim().split("\n")[0]}`);
    return false;
  }
}

async function makeMirrorBase(folder) {
  say("making a Debian base from a mirror (half a minute)");
  const archive = join(folder, "base.tar");
  try {
    await run("mmdebstrap", ["--quiet", "--variant=minbase", ...hostAptOptions(), "bookworm", archive, ...debianSources()], folder);
  } catch (error) {
    throw error.code === "ENOENT" ? Object.assign(error, { exitStatus: noMmdebstrap }) : error;
  }
  const [repo, tag] = mirrorBase.split(":");
  await follow(await docker.importImage(createReadStream(archive), { repo, tag }));
}

/** Waits for the end of one of the engine's long works; rejects with what it said when it failed. */
function follow(stream) {
  const said = [];
  return new Promise((resolve, reject) => {
    const finished = (error) => (error ? reject(new Error(`${error.message ?? error}\n${said.slice(-25).join("")}`)) : resolve());
    const heard = (event) => {
      if (event.stream) said.push(event.stream);
      if (event.error) finished(new Error(event.error));
    };
    docker.modem.followProgress(stream, finished, heard);
  });
}

function run(program, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said = (said + chunk).slice(-4000)));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with status ${code}\n${said}`))));
  });
}

async function within(milliseconds, promise, giveUp = () => {}) {
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

async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "bench-image-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    if (error.exitStatus === undefined) say(`Cannot build the sandbox image: ${error.message}`);
    process.exit(error.exitStatus ?? 1);
  },
);
