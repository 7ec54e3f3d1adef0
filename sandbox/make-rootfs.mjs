// Makes the root file system of bubblewrap's sandboxes if it is missing or out of date: exports the engine's sandbox image, or without one
// runs the steps of the same Dockerfile on a base from a Debian mirror. Prints the folder.
// Exit status: 0 done, 1 failed, 4 mmdebstrap is missing.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { pipeline } from "node:stream/promises";
import Docker from "../dist/sandbox/engine-client.js";
import { buildRoot } from "./build-rootfs.mjs";
import { contentDigest, inTemporaryFolder, say, within } from "./stage.mjs";

const image = "bench-sandbox:latest";
const architectures = { amd64: "x64", arm64: "arm64" };
const shortId = 12;

// As bench looks for it: relative folders are ignored.
const named = process.env.XDG_CACHE_HOME ?? "";
const home = isAbsolute(homedir()) ? homedir() : userInfo().homedir;
const cache = join(isAbsolute(named) ? named : join(home, ".cache"), "bench", "rootfs");
const current = join(cache, "current");
const docker = new Docker();

async function main() {
  const imageId = await ownImageId();
  const content = contentDigest(process.arch).slice(0, shortId);
  if (!isCurrent(imageId, content)) await make(imageId, content);
  process.stdout.write(`${join(cache, readlinkSync(current))}\n`);
}

/** Returns the id of the engine's sandbox image; null if no engine answers or it has no image for this machine's architecture. */
async function ownImageId() {
  try {
    const { Id, Architecture } = await within(5_000, docker.getImage(image).inspect());
    return architectures[Architecture] === process.arch ? Id : null;
  } catch {
    return null;
  }
}

/** Without an engine, an exported root stays current as long as its content would be the same. */
function isCurrent(imageId, content) {
  try {
    const about = JSON.parse(readFileSync(join(cache, `${readlinkSync(current)}.json`), "utf8"));
    return existsSync(join(current, "opt/bench/grading")) && (imageId === null ? about.content === content : about.imageId === imageId);
  } catch {
    return false;
  }
}

async function make(imageId, content) {
  const id = imageId === null ? `debian-${content}` : imageId.replace("sha256:", "").slice(0, shortId);
  mkdirSync(cache, { recursive: true });
  const fresh = join(cache, `.new-${process.pid}`);
  try {
    mkdirSync(fresh, { mode: 0o755 });
    if (imageId === null) await inTemporaryFolder((folder) => buildRoot(fresh, folder));
    else await exportImage(imageId, fresh);
    finish(fresh);
    rmSync(join(cache, id), { recursive: true, force: true });
    renameSync(fresh, join(cache, id));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  const about = join(cache, `${id}.json`);
  rmSync(about, { force: true });
  // Only as a new file, never through a link.
  writeFileSync(about, `${JSON.stringify({ id, imageId, content })}\n`, { flag: "wx" });
  const link = join(cache, `.current-${process.pid}`);
  symlinkSync(id, link);
  renameSync(link, current);
  removeOthers(id);
  say(`root file system ${id} is ready`);
}

async function exportImage(imageId, folder) {
  say("exporting the sandbox image for bubblewrap");
  const container = await docker.createContainer({ Image: imageId, Cmd: ["true"], NetworkDisabled: true });
  try {
    const tar = spawn("tar", ["-x", "--same-permissions", "--exclude=dev/*", "--exclude=.dockerenv", "-C", folder], {
      stdio: ["pipe", "ignore", "pipe"],
    });
    let said = "";
    tar.stderr.on("data", (chunk) => (said = (said + chunk).slice(-2000)));
    const ended = new Promise((resolve, reject) => {
      tar.on("error", reject);
      tar.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`tar ended with status ${code}\n${said}`))));
    });
    await Promise.all([pipeline(await container.export(), tar.stdin), ended]);
  } finally {
    await container.remove({ force: true });
  }
}

/** Writes the files that an engine adds to an image, and empties the folders on which it mounts something. */
function finish(root) {
  rmSync(join(root, "dev"), { recursive: true, force: true });
  for (const folder of ["dev", "proc", "sys", "tmp"]) mkdirSync(join(root, folder), { recursive: true });
  const etc = {
    hosts: "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n",
    hostname: "sandbox\n",
    "resolv.conf": "",
  };
  for (const [name, text] of Object.entries(etc)) {
    rmSync(join(root, "etc", name), { force: true });
    writeFileSync(join(root, "etc", name), text, { mode: 0o644 });
  }
  rmSync(join(root, "etc/mtab"), { force: true });
  symlinkSync("/proc/mounts", join(root, "etc/mtab"));
}

/** Removes former roots, except those that a running sandbox uses. */
function removeOthers(id) {
  const mounts = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(mountsOf)
    .join("");
  for (const name of readdirSync(cache)) {
    const other = name.replace(/\.json$/, "");
    if (name === "current" || name.startsWith(".") || other === id || mounts.includes(`/rootfs/${other} `)) continue;
    rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function mountsOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, "utf8");
  } catch {
    return "";
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    if (error.exitStatus === undefined) say(`Cannot make the root file system: ${error.message}`);
    process.exit(error.exitStatus ?? 1);
  },
);
