import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { environmentFor } from "../../config/environment.ts";
import { filesDigest } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import { formatDuration } from "../../core/format.ts";
import type { Language } from "../../core/language.ts";
import { oneLine, printable } from "../../core/printable.ts";
import { readFolder } from "../../files/folder.ts";
import { placeNamed } from "../../files/place.ts";
import { waitForTurn } from "../../sandbox/docker/build/build-turn.ts";
import { type Engine, imageId } from "../../sandbox/docker/engine.ts";

/** Which image of a language is needed: the image it is built on, where its progress is reported, and what stops it. */
export type LanguageBuild = {
  readonly language: Language;
  readonly base: string;
  readonly notify: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
};

// What people call the tests that need an image, and what the image takes on disk beside the one it is built on.
const IMAGES: Readonly<Record<Language, { readonly name: string; readonly megabytes: number }>> = {
  go: { name: "Go", megabytes: 460 },
  rust: { name: "Rust", megabytes: 750 },
  java: { name: "Java", megabytes: 320 },
  cpp: { name: "C++", megabytes: 480 },
  javascript: { name: "vitest and Jest", megabytes: 120 },
  python: { name: "numpy", megabytes: 50 },
};
const SANDBOX = fileURLToPath(new URL("../../../sandbox", import.meta.url));
const DIGEST_LENGTH = 16;
const MAX_LINE = 120;
const MAX_PROBLEM = 300;
// What node, npm and apt-get's settings are found by; keys of models are not among it.
const NEEDED =
  /^(PATH|HOME|TMPDIR|LANG|LC_.*|DOCKER_(HOST|CERT_PATH|TLS_VERIFY)|.*_(proxy|PROXY)|npm_config_.*|NPM_CONFIG_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|APT_CONFIG)$/;

/**
 * Returns the id of the image of a language, which is built first unless the engine has it: once for what its folder holds and the image it is based on, also when several
 * processes need it at the same time. Throws UserError with the reason when it cannot be built, and the signal's reason.
 */
export async function languageImageId(engine: Engine, build: LanguageBuild): Promise<string> {
  const { language, base, notify, signal } = build;
  const baseId = await imageId(engine, base);
  if (baseId === null)
    throw new UserError(
      `Cannot use image "${base}": the engine does not have it; run "bench setup" to build the sandbox image, or pull it`,
    );
  const tag = languageTag(language, baseId);
  const known = await imageId(engine, tag);
  if (known !== null) return known;
  const waiting = () => notify(`Another process builds the image for ${nameOf(language)} tests; waiting for it.`);
  const turn = await waitForTurn(tag, { waiting, signal });
  try {
    const built = await imageId(engine, tag);
    if (built !== null) return built;
    notify(`Building the image for ${nameOf(language)} tests: once, a few minutes, ${IMAGES[language].megabytes} MB on disk.`);
    const startedAt = performance.now();
    await runBuild(build, tag);
    const id = await imageId(engine, tag);
    if (id === null)
      throw new UserError(`Cannot build the image for ${nameOf(language)} tests: the engine does not have it afterwards; try again`);
    notify(`The image for ${nameOf(language)} tests is ready after ${formatDuration(performance.now() - startedAt)}.`);
    return id;
  } finally {
    turn?.close();
  }
}

/** Names the image of a language as it is built now, on the image with this id. */
export function languageTag(language: Language, baseId: string): string {
  const digest = filesDigest([
    ...readFolder(placeNamed(`${SANDBOX}/languages/${language}`)),
    { path: "base", bytes: Buffer.from(baseId), executable: false },
  ]);
  return `bench-${language}:${digest.slice(0, DIGEST_LENGTH)}`;
}

function nameOf(language: Language): string {
  return IMAGES[language].name;
}

function runBuild({ language, base, notify, signal }: LanguageBuild, tag: string): Promise<void> {
  const script = `${SANDBOX}/build-language.mjs`;
  const child = spawn(process.execPath, [script, language, base, tag], {
    env: environmentFor((name) => NEEDED.test(name)),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = () => child.kill();
  signal?.addEventListener("abort", stop);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    const text = chunk.toString();
    said = (said + text).slice(-10_000);
    for (const line of text.split("\n")) {
      if (line.startsWith("setup: ")) notify(`  ${nameOf(language)}: ${printable(oneLine(line.slice(7)), MAX_LINE)}`);
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve();
      else reject(failed(language, said));
    });
  });
}

function failed(language: Language, said: string): UserError {
  const reason = printable(oneLine(said.slice(said.lastIndexOf("setup: ") + 7)), MAX_PROBLEM);
  return new UserError(
    `Cannot build the image for ${nameOf(language)} tests: ${reason}; check that this machine reaches a Debian mirror and npm's registry, or leave out the tasks that need it`,
  );
}
