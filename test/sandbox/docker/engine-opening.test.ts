import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../../src/core/sandbox.ts";
import { type DockerOptions, dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { limits, run } from "../../contract/sandbox-fixture.ts";
import { type Asked, type Deed, FakeEngine } from "../../fixtures/fake-engine.ts";
import { until } from "../../fixtures/until.ts";

const request = { image: null, limits, purpose: "agent" } as const;
const common = { image: "any:1", runId: "r" };
const noSignal = new AbortController().signal;
const quick = { answerMs: 1_000, startMs: 1_000, readyMs: 1_000, removeMs: 1_000, awayMs: 10_000, pausesMs: [5, 10] };
const width = 2 * availableParallelism();

function opening(engine: FakeEngine, signal: AbortSignal = noSignal, options: Partial<DockerOptions> = {}): Promise<Sandbox> {
  return dockerSandboxProvider(engine.client(), { ...common, ...options, timeouts: { ...quick, ...options.timeouts } }).open(
    request,
    signal,
  );
}

const refused = (status: number, message: string): Deed => ({ kind: "refuse", status, message });
const busy = refused(500, "the engine is busy");

describe("what may pass", () => {
  const passing: readonly { readonly title: string; readonly asked: Asked; readonly deed: Deed }[] = [
    { title: "a create that is refused with 500", asked: "create", deed: busy },
    { title: "a create that finds its name taken", asked: "create", deed: refused(409, "Conflict. The container name is already in use") },
    { title: "a create that lacks processes", asked: "create", deed: refused(400, "fork: resource temporarily unavailable") },
    { title: "a create that hangs", asked: "create", deed: { kind: "hang" } },
    { title: "a create whose connection breaks when it is done", asked: "create", deed: { kind: "cut" } },
    { title: "an attach that is refused with 503", asked: "attach", deed: refused(503, "not now") },
    { title: "an attach that hangs", asked: "attach", deed: { kind: "hang" } },
    { title: "an attach whose connection breaks", asked: "attach", deed: { kind: "cut" } },
    { title: "a start that hangs", asked: "start", deed: { kind: "hang" } },
    { title: "a start that finds its container gone", asked: "start", deed: refused(404, "No such container") },
    { title: "a start whose connection breaks", asked: "start", deed: { kind: "cut" } },
  ];

  test.for(passing)("$title is retried with a fresh container, and the first one is removed", async ({ asked, deed }) => {
    await using engine = await FakeEngine.start();
    engine.plan(asked, deed);

    const sandbox = await opening(engine);

    expect(engine.count("create")).toBe(2);
    expect(engine.containers.map(({ id }) => id.slice(0, 12))).toEqual([sandbox.id]);
    expect((await run(sandbox, "true")).exit).toEqual({ kind: "exited", code: 0 });
    await sandbox.close();
    expect(engine.containers).toEqual([]);
  });

  test("a kernel without IPv6 is met once: the sandbox opens without the setting, and so do later ones", async () => {
    await using engine = await FakeEngine.start();
    const unknown = "open /proc/sys/net/ipv6/conf/all/disable_ipv6: no such file or directory: unknown";
    engine.plan("start", refused(400, unknown));
    const provider = dockerSandboxProvider(engine.client(), { ...common, timeouts: quick });

    const sandboxes = [await provider.open(request, noSignal), await provider.open(request, noSignal)];

    expect(engine.count("create")).toBe(3);
    expect(engine.containers.map(({ id }) => id.slice(0, 12))).toEqual(sandboxes.map(({ id }) => id));
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  });

  test("after three attempts the error says that the trial may be retried", async () => {
    await using engine = await FakeEngine.start();
    engine.plan("start", busy, busy, busy);

    await expect(opening(engine)).rejects.toMatchObject({
      name: "InfraError",
      source: "sandbox",
      scope: "trial",
      message: 'Cannot start a sandbox from image "any:1": (HTTP code 500) server error - the engine is busy (tried 3 times)',
    });
    expect([engine.count("create"), engine.containers]).toEqual([3, []]);
  });

  test("an abort ends the pause before the next attempt", async () => {
    await using engine = await FakeEngine.start();
    engine.plan("create", busy);
    const controller = new AbortController();

    const started = opening(engine, controller.signal, { timeouts: { pausesMs: [60_000] } });
    await until(() => engine.count("create") === 1);
    controller.abort(new Error("not wanted"));

    await expect(started).rejects.toThrow("not wanted");
    expect(engine.count("create")).toBe(1);
  });

  test("a container created after its timeout does not stay", async () => {
    await using engine = await FakeEngine.start();
    engine.plan("create", { kind: "late", ms: 1_500 });

    const sandbox = await opening(engine);
    await until(() => engine.count("remove") === 2);

    await until(() => engine.containers.length === 1);
    expect(engine.containers[0]?.id.slice(0, 12)).toBe(sandbox.id);
  });

  test("a removal that is refused or hangs is retried", async () => {
    await using engine = await FakeEngine.start();
    const sandbox = await opening(engine);
    engine.plan("remove", busy, { kind: "hang" });

    await sandbox.close();

    expect([engine.count("remove"), engine.containers]).toEqual([3, []]);
  });
});

describe("what cannot pass", () => {
  test.for([
    { title: "a missing image", deed: refused(404, "No such image: any:1"), scope: "run", message: /the engine has no image "any:1"/ },
    { title: "a missing runtime", deed: refused(400, "Unknown runtime specified x"), scope: "run", message: /the engine has no runtime/ },
    { title: "a bad request", deed: refused(400, "minimum memory limit is 6MB"), scope: "trial", message: /minimum memory limit/ },
    {
      title: "a full disk",
      deed: refused(500, "mkdir /var/lib/docker/x: no space left on device"),
      scope: "run",
      message: /^Cannot create a sandbox from image "any:1": the engine's disk is full .*make room on it/,
    },
  ])("$title is reported at once", async ({ deed, scope, message }) => {
    await using engine = await FakeEngine.start();
    engine.plan("create", deed);

    await expect(opening(engine)).rejects.toMatchObject({
      name: "InfraError",
      source: "sandbox",
      scope,
      message: expect.stringMatching(message),
    });
    expect(engine.count("create")).toBe(1);
  });
});

describe("a crowd", () => {
  test("starts and removals are bounded, and removals do not wait for starts", async () => {
    await using engine = await FakeEngine.start({ latencyMs: 10 });
    const provider = dockerSandboxProvider(engine.client(), { ...common, timeouts: { ...quick, startMs: 10_000, removeMs: 10_000 } });
    const sandboxes = await Promise.all(Array.from({ length: 12 }, () => provider.open(request, noSignal)));

    // Every place to start in is taken by an engine that hangs.
    engine.plan("create", ...Array.from({ length: width }, (): Deed => ({ kind: "late", ms: 1_500 })));
    const more = Array.from({ length: width + 1 }, () => provider.open(request, noSignal));
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    const createdMeanwhile = engine.count("create");
    await Promise.all((await Promise.all(more)).map((sandbox) => sandbox.close()));

    expect(createdMeanwhile).toBe(12 + width);
    expect([engine.mostAtOnce("create"), engine.mostAtOnce("start"), engine.mostAtOnce("remove")]).toEqual([width, width, width]);
    expect(engine.containers).toEqual([]);
  });
});

describe("an engine that goes away", () => {
  test("is waited for when sandboxes are opened or closed, and open ones fail as the environment's fault", async () => {
    await using engine = await FakeEngine.start();
    const provider = dockerSandboxProvider(engine.client(), { ...common, timeouts: quick });
    const sandbox = await provider.open(request, noSignal);
    const running = run(sandbox, "sleep 300");
    running.catch(() => {});

    await engine.leave();
    const opened = provider.open(request, noSignal);
    await expect(running).rejects.toMatchObject({
      name: "InfraError",
      source: "sandbox",
      scope: "trial",
      message: "Cannot continue: the engine stopped, which closed the connection to the sandbox",
    });
    await expect(run(sandbox, "true")).rejects.toMatchObject({ name: "InfraError", scope: "trial" });
    const closing = sandbox.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await engine.comeBack();

    await closing;
    const other = await opened;
    expect(engine.containers.map(({ id }) => id.slice(0, 12))).toEqual([other.id]);
  });

  test("is not waited for forever, and then no trial can run", async () => {
    await using engine = await FakeEngine.start();
    const sandbox = await opening(engine, noSignal, { timeouts: { awayMs: 200 } });
    await engine.leave();

    const failure = {
      name: "InfraError",
      scope: "run",
      message: expect.stringMatching(/^Cannot reach Docker: .*; start Docker, or run .*; waited 0.2 s for the engine$/),
    };
    await expect(opening(engine, noSignal, { timeouts: { awayMs: 200 } })).rejects.toMatchObject(failure);
    await expect(sandbox.close()).rejects.toMatchObject(failure);
  });

  test("is not waited for after an abort, neither to open nor to close", async () => {
    await using engine = await FakeEngine.start();
    const controller = new AbortController();
    const patient = { timeouts: { awayMs: 60_000 } };
    const sandbox = await opening(engine, controller.signal, patient);
    await engine.leave();
    const asking = [opening(engine, controller.signal, patient), sandbox.close()];
    for (const one of asking) one.catch(() => {});

    controller.abort(new Error("not wanted"));

    await expect(asking[0]).rejects.toThrow("not wanted");
    await expect(asking[1]).rejects.toThrow(/^Cannot reach Docker/);
  });

  test("or hangs is not held against what runs in the sandbox", async () => {
    await using engine = await FakeEngine.start();
    const sandbox = await opening(engine, noSignal, { graceMs: 50 });
    engine.plan("inspect", { kind: "hang" });

    await expect(run(sandbox, "sleep 300", { timeoutMs: 1 })).rejects.toMatchObject({
      name: "InfraError",
      source: "sandbox",
      scope: "trial",
    });
  });

  test("while a sandbox is being opened costs only that attempt", async () => {
    await using engine = await FakeEngine.start();
    engine.plan("start", { kind: "hang" });

    const opened = opening(engine, noSignal, { timeouts: { startMs: 60_000 } });
    await until(() => engine.count("start") === 1);
    await engine.leave();
    await engine.comeBack();

    const sandbox = await opened;
    expect(engine.containers.map(({ id }) => id.slice(0, 12))).toEqual([sandbox.id]);
  });
});
