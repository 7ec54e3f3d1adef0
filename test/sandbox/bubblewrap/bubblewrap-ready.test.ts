import { expect, test } from "vitest";
import { noticesOfRuntime } from "../../../src/command/sandbox/runtime-notice.ts";
import { readySandbox } from "../../../src/command/sandbox/sandbox-ready.ts";
import { openDockerSandbox } from "../../../src/sandbox/docker/docker-sandbox.ts";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { limits, succeed } from "../../contract/sandbox-fixture.ts";

const image = "bench-sandbox:latest";

test("bubblewrap is made ready with its root file system as the image", async () => {
  const { opener, imageIds } = await readySandbox({ sandbox: "bubblewrap" }, { names: [image, image] });

  expect([...imageIds]).toEqual([[image, expect.stringMatching(/^bubblewrap:./)]]);
  const sandbox = await opener(() => {})({ image, limits, runtime: null, labels: {} }, new AbortController().signal);
  expect(await succeed(sandbox, "pwd")).toBe("/workspace\n");
  await sandbox.close();
});

test("what bubblewrap cannot do is refused with what to do instead", async () => {
  await expect(readySandbox({ sandbox: "bubblewrap", runtime: "runsc" }, { names: [image] })).rejects.toThrow(
    /^Cannot use runtime "runsc" with --sandbox bubblewrap: .*--sandbox docker$/,
  );
  await expect(readySandbox({ sandbox: "bubblewrap" }, { names: [image, "python:3.13"] })).rejects.toThrow(
    /^Cannot use image "python:3.13" with --sandbox bubblewrap: .*--sandbox docker/,
  );
});

test("a runtime is tried before it is used", async () => {
  const open = openDockerSandbox(connectEngine());

  expect(await noticesOfRuntime(open, { image, runtime: "runc" })).toEqual([]);
  await expect(noticesOfRuntime(open, { image, runtime: "no-such-runtime" })).rejects.toMatchObject({
    name: "UserError",
    message: expect.stringMatching(/no-such-runtime/),
  });
});
