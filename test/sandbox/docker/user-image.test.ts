import type { Readable } from "node:stream";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxRequest } from "../../../src/core/sandbox.ts";
import { readBuildOutput } from "../../../src/sandbox/docker/build/build-output.ts";
import { containerOptions } from "../../../src/sandbox/docker/container.ts";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, describeEngine } from "../../../src/sandbox/docker/engine.ts";
import { limits, noSignal, run } from "../../contract/sandbox-fixture.ts";
import { LOCALHOST_ANSWERS, TALK_TO_LOCALHOST } from "../../contract/sandbox-isolation-contract.ts";

// As users' images are: without the library that knows `localhost` by itself, and with what Debian and node:20 have in nsswitch.conf.
const FORGET = "rm -f /usr/lib/*/libnss_myhostname.so.2 && sed -i 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf";

const engine = connectEngine();
const { runtimes } = await describeEngine(engine);
const image = `bench-test-names:${process.pid}`;
const runId = `test-names-${process.pid}`;

beforeAll(async () => {
  const context = pack();
  const base = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
  context.entry({ name: "Dockerfile" }, `FROM ${base}\nUSER root\nRUN ${FORGET}\nLABEL bench.localhost=\nUSER agent\n`);
  context.finalize();
  const end = await readBuildOutput((await engine.buildImage(context, { t: image, version: "1", networkmode: "none" })) as Readable);
  expect(end.problem).toBeNull();
}, 120_000);

afterAll(async () => {
  await engine.getImage(image).remove({ force: true });
});

const cases = [null, "runsc"].flatMap((runtime) => (["agent", "grading"] as const).map((purpose) => ({ runtime, purpose })));

describe.for(cases)("an image of a user, under $runtime, in a sandbox for $purpose", ({ runtime, purpose }) => {
  const isMissing = runtime !== null && !runtimes.includes(runtime);

  test.skipIf(isMissing)("localhost has both addresses in Python, Node and bash", async () => {
    const provider = dockerSandboxProvider(engine, { image, runtime, runId });
    const request: SandboxRequest = { image: null, limits, purpose };
    const sandbox = await provider.open(request, noSignal);
    try {
      const { text } = await run(sandbox, ["bash", "-c", TALK_TO_LOCALHOST], { timeoutMs: 120_000 });

      expect(text.trim().split("\n")).toEqual(LOCALHOST_ANSWERS);
    } finally {
      await sandbox.close();
    }
  });
});

test("without the file of hosts that the engine writes, such an image knows no localhost", async () => {
  const lookUp = ["python3", "-c", "import socket; print(socket.getaddrinfo('localhost', 80))"];
  const spec = { image, imageId: image, limits, runtime: null, runId, purpose: "agent", localhost: "engine" } as const;
  const exitOf = async (changes: object): Promise<number> => {
    const { HostConfig, ...options } = containerOptions(spec, lookUp, "");
    const { Sysctls: _settings, ...host } = HostConfig ?? {};
    const container = await engine.createContainer({
      ...options,
      HostConfig: { ...host, ...("NetworkDisabled" in changes ? {} : HostConfig) },
      ...changes,
    });
    try {
      await container.start();
      return ((await container.wait()) as { StatusCode: number }).StatusCode;
    } finally {
      await container.remove({ force: true });
    }
  };

  expect(await exitOf({ NetworkDisabled: true })).not.toBe(0);
  expect(await exitOf({})).toBe(0);
});
