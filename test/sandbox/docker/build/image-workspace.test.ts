import type { Readable } from "node:stream";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareDocker } from "../../../../src/command/sandbox/prepare-docker.ts";
import { UserError } from "../../../../src/core/errors.ts";
import { type Sandbox, WORKSPACE } from "../../../../src/core/sandbox.ts";
import { readBuildOutput } from "../../../../src/sandbox/docker/build/build-output.ts";
import { prepareImageWorkspace } from "../../../../src/sandbox/docker/build/image-workspace.ts";
import { dockerSandboxProvider } from "../../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, imageId } from "../../../../src/sandbox/docker/engine.ts";
import { limits, noSignal, succeed } from "../../../contract/sandbox-fixture.ts";

const engine = connectEngine();
const base = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
const image = `bench-test-workspace:${process.pid}`;
const everything = { root: WORKSPACE, rule: { include: ["**"], exclude: [] }, maxFiles: 10, maxBytes: 5_000_000 };

// What an installation leaves: scripts that are links, modes, empty folders, a file that only its owner may read.
const INSTALL = [
  "mkdir -p node_modules/.bin node_modules/pad/lib empty",
  "echo 'module.exports = 1' > node_modules/pad/lib/index.js",
  "printf '#!/bin/sh\\necho run\\n' > node_modules/pad/cli.sh",
  "chmod 755 node_modules/pad/cli.sh",
  "ln -s ../pad/cli.sh node_modules/.bin/pad",
  "ln -s node_modules modules",
  "ln -s nowhere broken",
  "echo secret > own.txt",
  "chmod 600 own.txt",
  "head -c 3000000 /dev/zero > big.bin",
];

let id = "";
let copy = "";

beforeAll(async () => {
  const context = pack();
  context.entry({ name: "Dockerfile" }, `FROM ${base}\nUSER root\nRUN cd ${WORKSPACE} && ${INSTALL.join(" && ")}\nUSER agent\n`);
  context.finalize();
  const end = await readBuildOutput((await engine.buildImage(context, { t: image, version: "1", networkmode: "none" })) as Readable);
  expect(end.problem).toBeNull();
  id = (await imageId(engine, image)) ?? "";
  copy = (await prepareImageWorkspace(engine, id))?.image ?? "";
}, 120_000);

afterAll(async () => {
  for (const name of [copy, image])
    await engine
      .getImage(name)
      .remove()
      .catch(() => {});
});

async function open(purpose: "agent" | "grading", from = copy): Promise<Sandbox & AsyncDisposable> {
  const provider = dockerSandboxProvider(engine, { image, workspaceImages: new Map([[image, from]]), runId: "test-image-workspace" });
  const sandbox = await provider.open({ image: null, limits, purpose }, noSignal);
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
}

const LIST = "find . -mindepth 1 -printf '%P %m %l\\n' | sort";

test("what an image has below the workspace is hidden without a copy of it", async () => {
  await using sandbox = await open("agent", image);

  expect(await succeed(sandbox, LIST)).toBe("");
});

test.for(["agent", "grading"] as const)("a sandbox for %s has it, with links, modes and empty folders, to be changed", async (purpose) => {
  await using sandbox = await open(purpose);

  expect((await succeed(sandbox, LIST)).split("\n").map((line) => line.trimEnd())).toEqual([
    "big.bin 644",
    "broken 777 nowhere",
    "empty 755",
    "modules 777 node_modules",
    "node_modules 755",
    "node_modules/.bin 755",
    "node_modules/.bin/pad 777 ../pad/cli.sh",
    "node_modules/pad 755",
    "node_modules/pad/cli.sh 755",
    "node_modules/pad/lib 755",
    "node_modules/pad/lib/index.js 644",
    "own.txt 644",
    "",
  ]);
  expect(await succeed(sandbox, "node_modules/.bin/pad && echo more >> own.txt && rm -r modules/pad/lib && touch node_modules/new")).toBe(
    "run\n",
  );
});

describe("what is exported", () => {
  const taken = async (sandbox: Sandbox) => (await sandbox.exportFiles(everything)).files.map(({ path, kind }) => [path, kind ?? "file"]);

  test("is nothing while nothing has changed", async () => {
    await using sandbox = await open("agent");

    expect(await sandbox.exportFiles(everything)).toEqual({ files: [], refused: [], held: [], unnamed: [] });
  });

  test("is what differs from the image and from what was laid over it", async () => {
    await using sandbox = await open("agent");
    const file = (path: string) => ({ path, bytes: Buffer.from("task"), executable: false });
    await sandbox.putFiles(WORKSPACE, [file("own.txt"), file("modules"), file("empty/x"), file("node_modules/pad/cli.sh")]);
    expect(await taken(sandbox)).toEqual([]);

    await succeed(sandbox, "rm broken node_modules/pad/lib/index.js; chmod +x big.bin; echo again > own.txt; rm -r empty");

    expect(await taken(sandbox)).toEqual([
      ["own.txt", "file"],
      ["big.bin", "file"],
      ["empty/x", "absent"],
      ["broken", "absent"],
      ["node_modules/pad/lib/index.js", "absent"],
    ]);
  });

  test("is gone in another sandbox of the image when it is laid there", async () => {
    await using sandbox = await open("grading");

    await sandbox.putFiles(WORKSPACE, [{ path: "own.txt", bytes: new Uint8Array(), executable: false, kind: "absent" }]);

    expect(await succeed(sandbox, "ls")).not.toContain("own.txt");
  });
});

test("an image with nothing below the workspace, or without it, needs no copy", async () => {
  expect(await prepareImageWorkspace(engine, (await imageId(engine, base)) ?? "")).toBeNull();
});

test("a task whose workspace is too small for it is refused before anything runs", async () => {
  const task = { id: "tight", image, sandbox: { ...limits, workspaceMb: 2 } };

  const prepared = prepareDocker(null, { defaultImage: base, names: [image], tasks: [task] });

  await expect(prepared).rejects.toThrow(UserError);
  await expect(prepared).rejects.toThrow(/need 3 MB, and the workspace has 2 MB; raise sandbox\.workspace_mb/);
});
