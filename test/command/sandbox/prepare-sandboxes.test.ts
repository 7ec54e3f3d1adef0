import { expect, test } from "vitest";
import { runtimeNotices } from "../../../src/command/sandbox/prepare-docker.ts";
import { prepareSandboxes } from "../../../src/command/sandbox/prepare-sandboxes.ts";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { limits, succeed } from "../../contract/sandbox-fixture.ts";

const image = "bench-sandbox:latest";

test("bubblewrap is prepared with its root file system as the image", async () => {
  const { provider, imageIds } = await prepareSandboxes({ sandbox: "bubblewrap" }, { defaultImage: image, names: [image, image] });

  expect([...imageIds]).toEqual([[image, expect.stringMatching(/^bubblewrap:./)]]);
  const sandboxes = provider("run-1", () => {});
  expect(sandboxes.image(null)).toEqual({ name: image, id: imageIds.get(image) });
  const sandbox = await sandboxes.open({ image: null, limits, purpose: "agent" }, new AbortController().signal);
  expect(await succeed(sandbox, "pwd")).toBe("/workspace\n");
  await sandbox.close();
});

test("requests that bubblewrap cannot serve are refused with an alternative", async () => {
  await expect(prepareSandboxes({ sandbox: "bubblewrap", runtime: "runsc" }, { defaultImage: image, names: [image] })).rejects.toThrow(
    /^Cannot use runtime "runsc" with --sandbox bubblewrap: .*--sandbox docker$/,
  );
  await expect(prepareSandboxes({ sandbox: "bubblewrap" }, { defaultImage: image, names: [image, "python:3.13"] })).rejects.toThrow(
    /^Cannot use image "python:3.13" with --sandbox bubblewrap: .*--sandbox docker/,
  );
});

test("a runtime is tried before it is used", async () => {
  const under = (runtime: string) => runtimeNotices(dockerSandboxProvider(connectEngine(), { image, runtime, runId: "test" }), runtime);

  expect(await under("runc")).toEqual([]);
  await expect(under("no-such-runtime")).rejects.toMatchObject({
    name: "UserError",
    message: expect.stringMatching(/no-such-runtime/),
  });
});
