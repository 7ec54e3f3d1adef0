import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import Docker from "dockerode";
import { afterAll, expect, test } from "vitest";
import { prepareDocker } from "../../../../src/command/sandbox/prepare-docker.ts";
import { prepareEngine } from "../../../../src/command/sandbox/prepare-engine.ts";
import { type ImageBuilds, imagesOf } from "../../../../src/command/sandbox/prepared-sandboxes.ts";
import { loadTask } from "../../../../src/config/task.ts";
import { UserError } from "../../../../src/core/errors.ts";
import type { Task } from "../../../../src/core/task.ts";
import { placeNamed } from "../../../../src/files/place.ts";
import { packContext } from "../../../../src/sandbox/docker/build/build-context.ts";
import { readBuildOutput } from "../../../../src/sandbox/docker/build/build-output.ts";
import { buildTaskImage, dueBuild, type TaskImage } from "../../../../src/sandbox/docker/build/task-image.ts";
import { dockerSandboxProvider } from "../../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../../../src/sandbox/docker/engine.ts";
import { TempFolder, tinySuite } from "../../../fixtures/temp-folder.ts";
import { until } from "../../../fixtures/until.ts";

const LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 16, tmpMb: 16 };
const docker = new Docker();
const made = new Set<string>();

afterAll(async () => {
  // What was not built cannot be removed.
  for (const image of made)
    await docker
      .getImage(image)
      .remove({ force: true })
      .catch(() => {});
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

/** Builds on the terms of a user who allowed it. */
function building(images: readonly TaskImage[], options: Partial<ImageBuilds> = {}): ImageBuilds {
  return { images, confirm: async () => {}, network: false, ...options };
}

function prepare(images: readonly TaskImage[], options: Partial<ImageBuilds> = {}, notify: (text: string) => void = () => {}) {
  return prepareEngine(
    images.map(({ image }) => image),
    { builds: building(images, options), notify },
  );
}

test("an image is built once for all tasks with the same folder, and not again while nothing has changed", async () => {
  using folder = new TempFolder();
  const build = imageOf(folder, "hello");
  const told: string[] = [];
  const asked: unknown[] = [];
  const confirm: ImageBuilds["confirm"] = async (requests) => void asked.push(...requests);
  const ready = () => prepare([build, build, build], { confirm }, (text) => told.push(text));

  const [first, second] = [await ready(), await ready()];

  expect(told).toEqual([`Building the image of ${build.folder} without network, once for all tasks that name it.`]);
  expect(asked).toEqual([
    {
      kind: "build",
      image: expect.stringMatching(new RegExp(`^${build.image}@sha256:[0-9a-f]{64}$`)),
      folder: build.folder,
      network: false,
    },
  ]);
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

  const { imageIds } = await prepare([imageOf(one, "one"), imageOf(other, "other")]);

  expect(new Set(imageIds.values()).size).toBe(2);
});

test("nothing is built that was not allowed", async () => {
  using folder = new TempFolder();
  const build = imageOf(folder, "refused");
  const confirm = async () => {
    throw new UserError("not allowed");
  };

  await expect(prepare([build], { confirm })).rejects.toThrow("not allowed");

  await expect(docker.getImage(build.image).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

test("an image that an earlier version built is used without a question", async () => {
  using folder = new TempFolder();
  const build = imageOf(folder, "earlier");
  const base = (await docker.getImage("bench-sandbox:latest").inspect()).Id;
  const options = { t: build.image, labels: { "bench.base": base } };
  await readBuildOutput((await docker.buildImage(packContext(await build.read(), null), options)) as Readable);
  const confirm = async () => {
    throw new Error("asked");
  };

  const { imageIds } = await prepare([build], { confirm });

  expect(imageIds.get(build.image)).toBe((await docker.getImage(build.image).inspect()).Id);
});

test("an image under the name of another folder is built again and asked for", async () => {
  using folder = new TempFolder();
  using other = new TempFolder();
  const build = imageOf(folder, "first");
  const { imageIds } = await prepare([build]);
  // A name has only a part of the digest, so that somebody could make two folders with one name.
  const collision = { ...imageOf(other, "second"), image: build.image };
  const asked: unknown[] = [];

  const again = await prepare([collision], { confirm: async (requests) => void asked.push(...requests) });

  expect(asked).toHaveLength(1);
  expect(again.imageIds.get(build.image)).not.toBe(imageIds.get(build.image));
});

test("a Dockerfile that fails is reported with its reason in one line, without what it would do to a terminal", async () => {
  using folder = new TempFolder();
  folder.write({ "env/Dockerfile": `FROM bench-sandbox:latest\nRUN printf '\\033]52;c;aGk=\\007 ${process.pid}\\n' && false\n` });
  const build = buildOf(taskImage("./env", folder));

  const ready = prepare([build]);

  await expect(ready).rejects.toThrow(UserError);
  await expect(ready).rejects.toThrow(
    /^Cannot build the image of "[^"\n]*env": step 2, RUN printf [ -~]*: it ended with status 1: \\u001b\]52;c;aGk=\\u0007 \d+; all that it printed is in [ -~]*; fix its Dockerfile, or, [ -~]*--build-network$/,
  );
});

test("of a long output the end is shown, without colours, and all of it is kept", async () => {
  using folder = new TempFolder();
  const words = "RUN for word in $(seq 200); do printf '\\033[91mword-%s\\033[0m\\n' $word; done && false";
  folder.write({ "env/Dockerfile": `FROM bench-sandbox:latest\n# ${process.pid}\n${words}\n` });
  const build = buildOf(taskImage("./env", folder));

  const failure = await prepare([build]).catch((error: unknown) => (error instanceof Error ? error.message : ""));
  if (typeof failure !== "string") throw new Error("it was built");

  expect(failure).toMatch(
    /^Cannot build the image of "[^"\n]*env": step 2, RUN for [^:]*: it ended with status 1: word-197: word-198: word-199: word-200; all that it/,
  );
  const log = readFileSync(/printed is in ([^;]*);/.exec(failure)?.[1] ?? "", "utf8");
  for (const word of ["word-1\u001b", "word-200", "returned a non-zero code: 1"]) expect(log).toContain(word);
});

test("a cause that stands before a page of advice is shown, and not the advice alone", async () => {
  using folder = new TempFolder();
  const script =
    "echo fetching; echo 'npm error code E404'; echo \"npm error 404 'left-pad-2@1' is not in this registry.\"; for i in $(seq 300); do echo \"advice $i\"; done; exit 1";
  folder.write({
    "env/Dockerfile": `FROM bench-sandbox:latest\nRUN echo before-it ${process.pid}; echo error of another step\nRUN ${script}\n`,
  });

  await expect(prepare([buildOf(taskImage("./env", folder))])).rejects.toThrow(
    /step 3, RUN .*: it ended with status 1: npm error code E404: npm error 404 'left-pad-2@1' is not in this registry\.; all that/,
  );
});

test("an image that cannot be built is left to the tasks that name it, and the others go on", async () => {
  using good = new TempFolder();
  using bad = new TempFolder();
  bad.write({ "env/Dockerfile": `FROM bench-sandbox:latest\nRUN echo broken ${process.pid} && exit 3\n` });
  const [works, fails] = [imageOf(good, "works"), buildOf(taskImage("./env", bad))];
  const tasks = [taskImage("./env", good), { ...taskImage("./env", bad), id: "broken" }];
  const images = imagesOf(tasks, "bench-sandbox:latest", { notify: () => {}, confirm: async () => {}, network: false });

  const prepared = await prepareDocker(null, images);

  expect([...prepared.imageIds.keys()]).toEqual([works.image]);
  expect(prepared.notices).toEqual([
    expect.stringMatching(/^1 task \(broken\) will end as an error: Cannot build the image of .* status 3: broken \d+; all/),
  ]);
  const provider = prepared.provider("test-image", () => {});
  const signal = new AbortController().signal;
  const opened = await provider.open({ image: works.image, limits: LIMITS, purpose: "agent" }, signal);
  await opened.close();
  await expect(provider.open({ image: fails.image, limits: LIMITS, purpose: "agent" }, signal)).rejects.toMatchObject({
    source: "task",
    scope: "trial",
  });
});

test("a build ends with its signal and with its time, and leaves no container", async () => {
  using folder = new TempFolder();
  folder.write({ "env/Dockerfile": `FROM bench-sandbox:latest\nRUN echo ${process.pid} && sleep 1000\n` });
  const build = buildOf(taskImage("./env", folder));
  const engine = connectEngine();
  const due = await dueBuild(engine, build, false);
  if (due === null) throw new Error("the image is not due");
  const abort = new AbortController();
  const options = { notify: () => {}, signal: abort.signal };

  const stopped = buildTaskImage(engine, due, options);
  await until(async () => (await sleepers()) === 1);
  abort.abort(new Error("Ctrl-C"));
  await expect(stopped).rejects.toThrow("Ctrl-C");
  await until(async () => (await sleepers()) === 0);

  await expect(buildTaskImage(engine, due, { notify: () => {}, maxMs: 3_000 })).rejects.toThrow(
    /: it took more than 3 s; fix its Dockerfile/,
  );
  await until(async () => (await sleepers()) === 0);
});

/** Counts containers that run the step of this process. */
async function sleepers(): Promise<number> {
  const all = await docker.listContainers({ all: true });
  return all.filter(({ Command }) => Command.includes(`echo ${process.pid} && sleep`)).length;
}

test("a build prints without end and is stopped, with little memory", async () => {
  const lines = Readable.from(
    (function* () {
      for (;;) yield `${JSON.stringify({ stream: "x".repeat(60_000) })}\n`;
    })(),
  );
  const before = process.memoryUsage().rss;

  const end = await readBuildOutput(lines);

  expect(end).toMatchObject({ problem: "it prints without end" });
  expect(end.printed.length).toBeLessThan(1_000_001);
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
});

test("only the files of the folder reach the engine, without what .dockerignore leaves out", async () => {
  using folder = new TempFolder();
  folder.write({
    "env/Dockerfile": `FROM bench-sandbox:latest\nUSER root\nCOPY . /context\nRUN find /context -type f | sort > /etc/said; echo ${process.pid} >> /etc/said\n`,
    "env/.dockerignore": "# tools\n*.log\nbuild\n**/cache\n!build/keep.txt\n",
    "env/a.txt": "a",
    "env/b.log": "b",
    "env/build/c.txt": "c",
    "env/build/keep.txt": "d",
    "env/deep/cache/e.txt": "e",
    "env/deep/f.txt": "f",
  });
  const build = buildOf(taskImage("./env", folder));
  made.add(build.image);

  await prepare([build]);

  expect(await saidIn(build.image)).toEqual([
    "/context/.dockerignore",
    "/context/Dockerfile",
    "/context/a.txt",
    "/context/build/keep.txt",
    "/context/deep/f.txt",
    String(process.pid),
  ]);
});

/** Reads /etc/said in an image. */
async function saidIn(image: string): Promise<readonly string[]> {
  const sandboxes = dockerSandboxProvider(connectEngine(), { image, runId: "test-image" });
  const sandbox = await sandboxes.open({ image, limits: LIMITS, purpose: "agent" }, new AbortController().signal);
  const { head } = await sandbox.run({ command: "cat /etc/said", cwd: "/workspace", env: {}, timeoutMs: 10_000, maxOutputBytes: 10_000 });
  await sandbox.close();
  return Buffer.from(head).toString().trim().split("\n");
}

test("a folder without a Dockerfile is refused, and a plain name is kept", () => {
  using folder = new TempFolder();
  folder.write({ "env/readme.txt": "nothing\n" });

  expect(() => taskImage("./env", folder)).toThrow(/has no Dockerfile; add one/);
  expect(taskImage("python:3.13", folder)).toMatchObject({ image: "python:3.13" });
  expect(taskImage("python:3.13", folder)).not.toHaveProperty("imageFolder");
  expect(taskImage(undefined, folder)).toMatchObject({ image: null });
  expect(taskImage(undefined, folder)).not.toHaveProperty("imageFolder");
});
