import { expect, test } from "vitest";
import { prepareEngine } from "../../../src/command/sandbox/prepare-engine.ts";
import { UserError } from "../../../src/core/errors.ts";
import { engineDisk, freeMb } from "../../../src/sandbox/docker/disk-space.ts";
import { FakeEngine } from "../../fixtures/fake-engine.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

test("free space is known for paths that exist and for paths that do not exist yet", () => {
  using folder = new TempFolder();
  folder.write({ "a.txt": "a" });

  expect(freeMb(folder.path)).toBeGreaterThan(0);
  expect(freeMb(folder.at("a.txt"))).toBeGreaterThan(0);
  expect(freeMb(folder.at("not/yet/bench.db"))).toBeGreaterThan(0);
});

test.runIf(process.platform === "linux")("a file system that does not count its space is not taken for a full one", () => {
  expect(freeMb("/proc")).toBeNull();
});

test("the disk of an engine on this machine is known, and of one elsewhere is not", async () => {
  await using engine = await FakeEngine.start();
  using folder = new TempFolder();
  engine.dataRoot = folder.path;

  expect(await engineDisk(engine.client())).toEqual({ path: folder.path, freeMb: expect.any(Number) });

  engine.dataRoot = folder.at("elsewhere");
  expect(await engineDisk(engine.client())).toBeNull();
});

test("a run does not start on an engine whose disk is nearly full", async () => {
  await using engine = await FakeEngine.start();
  using folder = new TempFolder();
  engine.dataRoot = folder.path;

  const refused = prepareEngine(["any:1"], { engine: engine.client(), minFreeMb: 10 ** 12 });

  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow(
    new RegExp(`^Cannot use the engine's disk at "${folder.path}": \\d+ MB are free; make room for at least 1000000000000 MB`),
  );
  expect((await prepareEngine(["any:1"], { engine: engine.client(), minFreeMb: 1 })).imageIds).toEqual(new Map([["any:1", "sha256:fake"]]));
});

test("an engine that does not answer at the start is not waited for", async () => {
  await using engine = await FakeEngine.start();
  await engine.leave();

  await expect(prepareEngine(["any:1"], { engine: engine.client() })).rejects.toThrow(/^Cannot reach Docker/);
});
