// Builds the root file system of a sandbox without any engine, by the steps of the Dockerfile.
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeDebianBase, proxySettings, run, say, stage } from "./stage.mjs";

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Instructions about how a container starts; here the adapter decides that. */
const ofNoUse = ["ARG", "FROM", "USER", "WORKDIR", "CMD"];

/** Fills the empty folder `root`; `folder` holds intermediate files. Needs root, because the packages have files of several owners. */
export async function buildRoot(root, folder) {
  if (process.getuid() !== 0) {
    throw new Error("packages can only be installed as root; run it as root, or start an engine that has the image bench-sandbox:latest");
  }
  say("making a Debian base from a mirror (half a minute)");
  await makeDebianBase(root);
  say("fetching Node and Jest's matchers for the sandbox");
  const context = await stage(process.arch, join(folder, "context"));
  say("installing the sandbox's packages (a minute or two)");
  for (const { instruction, text } of stepsOf(readFileSync(join(context, "Dockerfile"), "utf8"))) {
    if (instruction === "RUN") await run("bwrap", [...insideOf(root), "sh", "-c", text], folder);
    else if (instruction === "COPY") copy(context, root, text);
    else if (!ofNoUse.includes(instruction)) throw new Error(`the Dockerfile has ${instruction}, which this script does not know`);
  }
}

function stepsOf(dockerfile) {
  const lines = dockerfile.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  return lines
    .join("\n")
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => ({ instruction: line.split(" ")[0], text: line.slice(line.indexOf(" ") + 1).trim() }));
}

function copy(context, root, text) {
  const [from, to] = text.split(/\s+/);
  mkdirSync(dirname(join(root, to)), { recursive: true });
  cpSync(join(context, from), join(root, to), { recursive: true, verbatimSymlinks: true });
}

/** A step has the host's network, and root's rights only over the folder. */
function insideOf(root) {
  const variables = Object.entries({ PATH: systemPath, HOME: "/root", ...proxySettings() });
  const resolver = existsSync("/etc/resolv.conf") ? ["--ro-bind", "/etc/resolv.conf", "/etc/resolv.conf"] : [];
  return [
    ...["--bind", root, "/", "--dev", "/dev", "--proc", "/proc", ...resolver, "--unshare-pid", "--unshare-ipc", "--die-with-parent"],
    ...["--cap-add", "ALL", "--clearenv", ...variables.flatMap(([name, value]) => ["--setenv", name, value]), "--"],
  ];
}
