import Docker from "dockerode";
import { afterAll, expect, test } from "vitest";
import { prepareEngine } from "../../../src/command/sandbox/prepare-docker.ts";
import { loadTask } from "../../../src/config/task.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { Task } from "../../../src/core/task.ts";
import { placeNamed } from "../../../src/files/place.ts";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 16, tmpMb: 16 };
const docker = new Docker();
const made = new Set<string>();

afterAll(async () => {
  for (const image of made) await docker.getImage(image).remove({ force: true });
});

/** The image of a task whose suite names one; a folder is looked for beside the task. */
function taskImage(image: string | undefined, folder: TempFolder) {
  folder.write(tinySuite("add"));
  return loadTask(placeNamed(folder.path), { id: "add", suite: "tiny", shared: image === undefined ? {} : { image } });
}

function buildOf({ image, imageFolder }: Pick<Task, "image" | "imageFolder">) {
  if (image === null || imageFolder === undefined) throw new Error("the task has no image folder");
  return { image, folder: imageFolder.path, read: imageFolder.read };
}

/** An image folder of its own for each word, since equal folders share an image. */
function imageOf(folder: TempFolder, word: string) {
  folder.write({
    "env/Dockerfile": "FROM bench-sandbox:latest\nUSER root\nCOPY words/said.txt /etc/said\nUSER agent\n",
    "env/words/said.txt": `${word} ${process.pid}\n`,
  });
  const build = buildOf(taskImage("./env", folder));
  made.add(build.image);
  return build;
}

test("an image is built once for all tasks with the same folder, and not again while nothing has changed", async () => {
  using folder = new TempFolder();
  const build = imageOf(folder, "hello");
  const told: string[] = [];
  const ready = () => prepareEngine([build.image], { builds: [build, build, build], notify: (text) => told.push(text) });

  const [first, second] = [await ready(), await ready()];

  expect(told).toHaveLength(1);
  expect(second.imageIds).toEqual(first.imageIds);
  const sandboxes = dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId: "test-image" });
  const request = { image: build.image, limits: LIMITS, purpose: "agent" } as const;
  const sandbox = await sandboxes.open(request, new AbortController().signal);
  const { head } = await sandbox.run({ command: "cat /etc/said", cwd: "/workspace", env: {}, timeoutMs: 10_000, maxOutputBytes: 1_000 });
  await sandbox.close();
  expect(Buffer.from(head).toString()).toBe(`hello ${process.pid}\n`);
});

test("folders with other content get other images, and several are built at once", async () => {
  using one = new TempFolder();
  using other = new TempFolder();
  const builds = [imageOf(one, "one"), imageOf(other, "other")];

  const { imageIds } = await prepareEngine(
    builds.map(({ image }) => image),
    { builds },
  );

  expect(new Set(imageIds.values()).size).toBe(2);
});

test("a Dockerfile that fails is reported with its reason", async () => {
  using folder = new TempFolder();
  folder.write({ "env/Dockerfile": `FROM bench-sandbox:latest\nRUN echo ${process.pid} && false\n` });
  const build = buildOf(taskImage("./env", folder));

  const ready = prepareEngine([build.image], { builds: [build] });

  await expect(ready).rejects.toThrow(UserError);
  await expect(ready).rejects.toThrow(/^Cannot build the image of ".*env": .*false.*; fix its Dockerfile$/s);
});

test("a folder without a Dockerfile is refused, and a plain name is kept", () => {
  using folder = new TempFolder();
  folder.write({ "env/readme.txt": "nothing\n" });

  expect(() => taskImage("./env", folder)).toThrow(/has no Dockerfile; add one/);
  expect(taskImage("python:3.13", folder)).toMatchObject({ image: "python:3.13" });
  expect(taskImage("python:3.13", folder)).not.toHaveProperty("imageFolder");
  expect(taskImage(undefined, folder)).toMatchObject({ image: null });
  expect(taskImage(undefined, folder)).not.toHaveProperty("imageFolder");
});
