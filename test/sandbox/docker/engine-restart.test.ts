import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { limits, run, succeed } from "../../contract/sandbox-fixture.ts";
import { PrivateEngine, whyNoPrivateEngine } from "../../fixtures/private-engine.ts";

const image = "bench-sandbox:latest";
const request = { image: null, limits, purpose: "agent" } as const;
const noSignal = new AbortController().signal;
const engineFailed = { name: "InfraError", source: "sandbox", scope: "trial" };
const missing = whyNoPrivateEngine();
const outage = ["The Docker engine does not answer; waiting up to 120 s for it to come back.", "The Docker engine answers again."];

describe.skipIf(missing !== null)(missing === null ? "a real engine" : `a real engine (not tried: ${missing})`, () => {
  const engine = new PrivateEngine();
  beforeAll(async () => {
    await engine.start();
    await engine.load(image);
  }, 300_000);
  afterAll(() => engine[Symbol.asyncDispose](), 300_000);

  const containers = () => engine.client().listContainers({ all: true });

  test.for(["SIGKILL", "SIGTERM"] as const)("that ends by %s and comes back costs the open sandboxes and nothing else", async (signal) => {
    const told: string[] = [];
    const provider = dockerSandboxProvider(engine.client(), { image, runId: "restart", notify: (text) => told.push(text) });
    const sandbox = await provider.open(request, noSignal);
    const running = expect(run(sandbox, "sleep 300")).rejects.toMatchObject(engineFailed);
    const opening = provider.open(request, noSignal);
    while ((await containers()).length < 2);

    await engine.stop(signal);
    await running;
    const closing = sandbox.close();
    const late = provider.open(request, noSignal);
    for (const one of [opening, closing, late]) one.catch(() => {});
    await engine.start();

    expect(await succeed(await late, "echo well")).toBe("well\n");
    // An engine that takes its time to stop may have opened this one before.
    const between = await opening;
    const used = await run(between, "true").catch((error: unknown) => error);
    if (used instanceof Error) expect(used).toMatchObject(engineFailed);
    await Promise.all([closing, ...[await late, between].map((other) => other.close())]);
    expect(await containers()).toEqual([]);
    // An engine that takes its time to stop may answer once more meanwhile: then it has been away twice.
    const times = signal === "SIGTERM" && told.length > outage.length ? 2 : 1;
    expect(told).toEqual(Array.from({ length: times }, () => outage).flat());
  });
});
