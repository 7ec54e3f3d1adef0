// Builds the image of one language on an image that exists: build-language.mjs LANGUAGE BASE TAG. The files of languages/LANGUAGE are its context; where they hold a
// package-lock.json, the packages it names are fetched beside them. Prints its progress.
// Exit status: 0 done, 1 failed.
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Docker from "../dist/sandbox/engine-client.js";
import { buildProgress } from "./build-progress.mjs";
import { hostAptFlags } from "./debian-mirror.mjs";
import { installPackages, inTemporaryFolder, openFolder, proxySettings, say } from "./stage.mjs";

const docker = new Docker();

async function main([language, base, tag]) {
  const source = fileURLToPath(new URL(`./languages/${language}`, import.meta.url));
  if (!existsSync(source)) throw new Error(`there is no folder ${source}`);
  const { Architecture } = await docker.getImage(base).inspect();
  await inTemporaryFolder(async (folder) => {
    const context = join(folder, "context");
    cpSync(source, context, { recursive: true });
    if (existsSync(join(context, "package-lock.json"))) {
      say("fetching packages from npm");
      await installPackages(context, Architecture === "arm64" ? "arm64" : "x64");
    }
    openFolder(context);
    const options = {
      t: tag,
      networkmode: "host",
      rm: true,
      forcerm: true,
      labels: { "bench.language": language },
      buildargs: { BASE: base, APT_FLAGS: hostAptFlags(), ...proxySettings() },
    };
    await follow(await docker.buildImage({ context, src: readdirSync(context) }, options));
  });
}

/** Waits until the engine has finished a build, saying how far it is; rejects with the end of its output when that failed. */
function follow(stream) {
  const said = [];
  const progress = buildProgress(say);
  return new Promise((resolve, reject) => {
    const finished = (error) => (error ? reject(new Error(`${error.message ?? error}\n${said.slice(-10).join("")}`)) : resolve());
    const heard = (event) => {
      if (event.error) finished(new Error(event.error));
      if (!event.stream) return;
      said.push(event.stream);
      progress(event.stream);
    };
    docker.modem.followProgress(stream, finished, heard);
  });
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    say(String(error.message));
    process.exit(1);
  },
);
