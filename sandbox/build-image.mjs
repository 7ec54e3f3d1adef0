// Builds the sandbox image if it is missing or out of date. `--ping` only checks whether an engine answers, `--has-runtime NAME` whether
// it has a runtime.
// Exit status: 0 done, 1 failed, 3 no engine answers, 4 no registry answers and mmdebstrap is missing.
import { createReadStream } from "node:fs";
import { join } from "node:path";
import Docker from "../dist/sandbox/engine-client.js";
import { contentDigest, inTemporaryFolder, makeDebianBase, proxySettings, say, stage, within } from "./stage.mjs";

const repository = "bench-sandbox";
const registryBase = "debian:bookworm-slim";
const mirrorBase = "bench-base:bookworm";
const noEngineAnswers = 3;
const firstWordMs = 10_000;
const pullMs = 300_000;

const docker = new Docker();

async function main() {
  const architecture = await engineArchitecture();
  if (architecture === null) process.exit(noEngineAnswers);
  const [question, runtime] = process.argv.slice(2);
  if (question === "--ping") return;
  if (question === "--has-runtime") process.exit(runtime in (await docker.info()).Runtimes ? 0 : 1);

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
  const source = { context, src: ["Dockerfile", "node", "js", "grading", "guest"] };
  const options = { t: tag, networkmode: "host", rm: true, forcerm: true, buildargs: { BASE: base, ...proxySettings() } };
  await follow(await docker.buildImage(source, options));
}

/** Returns the name of a base image that the engine has or can get: a registry's if one answers, else one made from a Debian mirror. */
async function findBase(folder) {
  for (const name of [registryBase, mirrorBase]) if ((await imageId(name)) !== null) return name;
  if (await pull(registryBase)) return registryBase;
  await makeMirrorBase(folder);
  return mirrorBase;
}

async function pull(name) {
  say(`pulling ${name} from a registry`);
  try {
    const stream = await within(firstWordMs, docker.pull(name));
    await within(pullMs, follow(stream), () => stream.destroy());
    return true;
  } catch (error) {
    say(`cannot pull it: ${String(error.message).trim().split("\n")[0]}`);
    return false;
  }
}

async function makeMirrorBase(folder) {
  const archive = join(folder, "base.tar");
  say("building a Debian base from a mirror (half a minute)");
  await makeDebianBase(archive);
  const [repo, tag] = mirrorBase.split(":");
  await follow(await docker.importImage(createReadStream(archive), { repo, tag }));
}

/** Waits until the engine has finished a build, pull or import; rejects with the end of its output when that failed. */
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

main().then(
  () => process.exit(0),
  (error) => {
    if (error.exitStatus === undefined) say(`Cannot build the sandbox image: ${error.message}`);
    process.exit(error.exitStatus ?? 1);
  },
);
