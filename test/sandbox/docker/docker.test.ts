import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import Docker from "dockerode";
import { describe, expect, test } from "vitest";
import { InfraError } from "../../../src/core/errors.ts";
import { type Sandbox, SandboxLost } from "../../../src/core/sandbox.ts";
import { type DockerOptions, dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, describeEngine, imageId } from "../../../src/sandbox/docker/engine.ts";
import { sweepSandboxes } from "../../../src/sandbox/docker/sweep.ts";
import { sandboxContract } from "../../contract/sandbox-contract.ts";
import { noSignal, ownSandbox, requestFor, run, succeed } from "../../contract/sandbox-fixture.ts";
import { until } from "../../fixtures/until.ts";

const engine = connectEngine();
const image = "bench-sandbox:latest";
/** Marks what this file opens, so that it sees nothing of other runs on the same engine. */
const runId = `test-${process.pid}`;
const labels = { "bench.run": runId };
const provide = (changed: Partial<DockerOptions> = {}) => dockerSandboxProvider(engine, { image, runId, ...changed });
const request = requestFor();
const adapter = { provider: provide() };

sandboxContract(adapter);

const module = (name: string) => JSON.stringify(new URL(`../../../src/sandbox/docker/${name}.ts`, import.meta.url).href);

async function isThere(id: string): Promise<boolean> {
  const found = await engine.listContainers({ all: true, filters: { id: [id] } });
  return found.length > 0;
}

describe("the end of a sandbox", () => {
  test("closing removes the container, and a container that is gone already is no error", async () => {
    const sandbox = await adapter.provider.open(request, noSignal);
    const gone = await adapter.provider.open(request, noSignal);
    await engine.getContainer(gone.id).remove({ force: true });

    await Promise.all([sandbox.close(), gone.close()]);

    expect([await isThere(sandbox.id), await isThere(gone.id)]).toEqual([false, false]);
  });

  test("a container that something else removes is the environment's failure", async () => {
    await using sandbox = await ownSandbox(adapter);
    const running = run(sandbox, "sleep 300");
    running.catch(() => {});

    await engine.getContainer(sandbox.id).remove({ force: true });

    await expect(running).rejects.toThrow(InfraError);
    await expect(run(sandbox, "true")).rejects.toThrow(InfraError);
  });

  test("a guest that stops answering ends its sandbox and not the harness", async () => {
    const sandbox = await provide({ graceMs: 300 }).open(request, noSignal);
    await engine.getContainer(sandbox.id).pause();

    const lost = run(sandbox, "true", { timeoutMs: 1 });

    await expect(lost).rejects.toThrow(SandboxLost);
    await expect(lost).rejects.toMatchObject({ reason: "stopped" });
    await sandbox.close();
    expect(await isThere(sandbox.id)).toBe(false);
  });

  test("a sandbox whose memory is full of files either continues or is lost as out of memory", async () => {
    await using sandbox = await ownSandbox(adapter, { memoryMb: 40, workspaceMb: 300, tmpMb: 300 });
    const attempt = async () => {
      for (let turn = 0; turn < 5; turn++)
        await run(sandbox, `cat /dev/zero > fill${turn}; cat /dev/zero > /tmp/fill${turn}`, { timeoutMs: 5000 });
    };

    const error = await attempt().catch((caught: unknown) => caught);

    if (error !== undefined) expect(error).toMatchObject({ name: "SandboxLost", reason: "out-of-memory" });
  });

  test("a harness that is killed leaves nothing running, and the next sweep removes what is left", async () => {
    const program = `
      import { connectEngine } from ${module("engine")};
      import { dockerSandboxProvider } from ${module("docker-provider")};
      const sandboxes = dockerSandboxProvider(connectEngine(), ${JSON.stringify({ image, runId })});
      sandboxes.open(${JSON.stringify(request)}, new AbortController().signal).then((sandbox) => console.log(sandbox.id));`;
    const harness = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: harness.stdout }), "line");
    const id = String(line);
    expect(await sweepSandboxes(engine, { which: "abandoned", labels })).not.toContain(id);

    harness.kill("SIGKILL");
    await once(harness, "exit");

    // Whoever else sweeps this engine now may be the first.
    await until(async () => (await engine.listContainers({ filters: { id: [id] } })).length === 0);
    await sweepSandboxes(engine, { which: "abandoned", labels });
    expect(await isThere(id)).toBe(false);
  });
});

describe("opening", () => {
  const opening = (changed: Partial<DockerOptions>, signal: AbortSignal = noSignal): Promise<Sandbox> =>
    provide(changed).open(request, signal);

  test("a missing image says what to do, and that no trial can run", async () => {
    await expect(opening({ image: "bench-no-such-image:1" })).rejects.toMatchObject({
      name: "InfraError",
      source: "sandbox",
      scope: "run",
      message: expect.stringMatching(/no image "bench-no-such-image:1"; run "bench setup"/),
    });
  });

  test("a missing engine says what to do, and that no trial can run", async () => {
    const nowhere = new Docker({ socketPath: "/nowhere/docker.sock" });
    const impatient = dockerSandboxProvider(nowhere, { image, runId, timeouts: { awayMs: 0 } });

    const asking = [() => impatient.open(request, noSignal), () => describeEngine(nowhere), () => imageId(nowhere, image)];
    for (const ask of asking) {
      await expect(ask()).rejects.toMatchObject({
        name: "InfraError",
        scope: "run",
        message: expect.stringMatching(/^Cannot reach Docker: .*bench setup/),
      });
    }
  });

  test("a missing runtime is named, no trial can run, and nothing is left behind", async () => {
    const started = opening({ runtime: "no-such-runtime", runId: `runtime-${process.pid}` });

    await expect(started).rejects.toMatchObject({
      name: "InfraError",
      scope: "run",
      message: expect.stringMatching(/no runtime "no-such-runtime"/),
    });
    expect(await sweepSandboxes(engine, { which: "all", labels: { "bench.run": `runtime-${process.pid}` } })).toEqual([]);
  });

  test("an abort before or during opening leaves nothing behind", async () => {
    const own = `abort-${process.pid}`;
    const controller = new AbortController();
    const started = opening({ runId: own }, controller.signal);
    controller.abort(new Error("not wanted"));

    await expect(started).rejects.toThrow("not wanted");
    await expect(opening({ runId: own }, AbortSignal.abort(new Error("never")))).rejects.toThrow("never");
    expect(await sweepSandboxes(engine, { which: "all", labels: { "bench.run": own } })).toEqual([]);
  });

  test("many at once all open and all work", async () => {
    const sandboxes = await Promise.all(Array.from({ length: 6 }, () => adapter.provider.open(request, noSignal)));

    expect(await Promise.all(sandboxes.map((sandbox, index) => succeed(sandbox, `echo ${index}`)))).toEqual(
      sandboxes.map((_, index) => `${index}\n`),
    );
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    expect(await Promise.all(sandboxes.map((sandbox) => isThere(sandbox.id)))).toEqual(sandboxes.map(() => false));
  });
});

test("an engine and an image can be described", async () => {
  expect(await describeEngine(engine)).toMatchObject({
    version: expect.stringMatching(/^\d+\./),
    cpus: expect.any(Number),
    runtimes: expect.arrayContaining(["runc"]),
  });
  expect(await imageId(engine, image)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await imageId(engine, "bench-no-such-image:1")).toBeNull();
});
