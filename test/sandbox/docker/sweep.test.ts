import { describe, expect, test } from "vitest";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { withStillContainer } from "../../../src/sandbox/docker/still-container.ts";
import { findSandboxes, sweepSandboxes } from "../../../src/sandbox/docker/sweep.ts";
import { FakeEngine } from "../../fixtures/fake-engine.ts";
import { bareContainer, leftContainer, stillThere } from "../../fixtures/left-container.ts";

const engine = connectEngine();
const runId = `sweep-${process.pid}`;
const labels = { "bench.run": runId };

// On a shared engine any other process may sweep what is abandoned before this one does.
test("only sandboxes of an owner that has ended are removed, unless all are asked for", async () => {
  await using fake = await FakeEngine.start();
  const client = fake.client();
  const mine = await leftContainer(client, runId, {});
  const abandoned = await leftContainer(client, runId);
  const elsewhere = await leftContainer(client, runId, { machine: "elsewhere" });
  const unreadable = await bareContainer(client, { bench: "1", "bench.owner": "nobody", ...labels });

  expect(await sweepSandboxes(client, { which: "abandoned", labels })).toEqual([abandoned]);
  expect(await sweepSandboxes(client, { which: "all", labels: { "bench.run": "another" } })).toEqual([]);
  expect(await sweepSandboxes(client, { which: "all", labels })).toEqual([mine, elsewhere, unreadable]);

  expect(fake.containers).toEqual([]);
});

test("the sandboxes of one run are found by its label and removed, on the real engine too", async () => {
  const ours = await Promise.all([leftContainer(engine, runId, {}), leftContainer(engine, runId, { machine: "elsewhere" })]);
  const other = await leftContainer(engine, `${runId}-other`, {});

  expect(await sweepSandboxes(engine, { which: "abandoned", labels })).toEqual([]);
  expect((await sweepSandboxes(engine, { which: "all", labels })).toSorted()).toEqual(ours.toSorted());
  expect(await stillThere(engine, [...ours, other])).toEqual([other]);

  await engine.getContainer(other).remove();
});

test("other containers are never found, whichever of our labels they have", async () => {
  const foreign = await Promise.all([
    bareContainer(engine, labels),
    bareContainer(engine, { bench: "0", "bench.owner": "nobody", ...labels }),
    bareContainer(engine, { bench: "1", ...labels }),
  ]);
  try {
    expect(await findSandboxes(engine, labels)).toEqual([]);
    expect(await sweepSandboxes(engine, { which: "all", labels })).toEqual([]);
    expect(await stillThere(engine, foreign)).toEqual(foreign);
  } finally {
    await Promise.all(foreign.map((id) => engine.getContainer(id).remove()));
  }
});

describe("an engine that fails", () => {
  test("at one removal permanently still removes the others", async () => {
    await using fake = await FakeEngine.start();
    for (let count = 0; count < 3; count++) await leftContainer(fake.client(), runId);
    fake.plan("remove", { kind: "refuse", status: 400, message: "never" });

    await expect(sweepSandboxes(fake.client(), { which: "abandoned" })).rejects.toThrow(/Cannot remove a sandbox: .*never/);
    expect(fake.containers).toHaveLength(1);
  });

  test("to answer is reported at once", async () => {
    await using fake = await FakeEngine.start();
    await fake.leave();

    await expect(sweepSandboxes(fake.client(), { which: "abandoned" })).rejects.toThrow(/^Cannot reach Docker/);
  });
});

test("a container in which only files are looked at is found as this process's while it is there, and gone afterwards", async () => {
  const image = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
  const own = { "bench.test-look": runId };
  const look = async (use: () => Promise<void>) => withStillContainer(engine, { imageId: image, action: "look", labels: own }, use);

  await look(async () => {
    const found = await findSandboxes(engine, own);
    expect(found).toEqual([{ id: expect.any(String), runId: null, isAbandoned: false }]);
    expect(await sweepSandboxes(engine, { which: "abandoned", labels: own })).toEqual([]);
  });

  expect(await findSandboxes(engine, own)).toEqual([]);
});
