import { afterAll, beforeAll, expect, test } from "vitest";
import { findOldTrees } from "../../../../src/command/clean/old-images.ts";
import { UserError } from "../../../../src/core/errors.ts";
import type { LargeTree } from "../../../../src/core/large-tree.ts";
import { type SandboxRequest, WORKSPACE } from "../../../../src/core/sandbox.ts";
import { findTrees, prepareTree, treeImageName } from "../../../../src/sandbox/docker/build/tree-image.ts";
import { dockerSandboxProvider, treeKey } from "../../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, imageId } from "../../../../src/sandbox/docker/engine.ts";
import { noSignal, requestFor, run, succeed } from "../../../contract/sandbox-fixture.ts";
import { FILES, file, treeContract, treeOf } from "../../../contract/sandbox-tree-contract.ts";
import { TempFolder } from "../../../fixtures/temp-folder.ts";

const engine = connectEngine();
const name = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
const place = `/nowhere/tree-${process.pid}`;
const tree = treeOf(FILES, place);
let base = "";
const listRoot = async () => {
  await using sandbox = await open(dockerSandboxProvider(engine, { image: name, runId: "test-tree" }));
  const listing = await sandbox.list({ path: "/", root: "/" }, { depth: 1, maxEntries: 1000, skipInside: [] });
  return listing.kind === "listed" ? listing.entries.filter(({ kind }) => kind !== "link").map(({ path }) => path) : [];
};
const open = async (provider: ReturnType<typeof dockerSandboxProvider>, changed: Partial<SandboxRequest> = {}) => {
  const sandbox = await provider.open(requestFor(changed), noSignal);
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
};
const openWithTree = async (changed: Partial<SandboxRequest> = {}) => {
  const laid = await prepareTree(engine, { tree, imageId: base, listRoot, notify: () => {} });
  const treeImages = new Map([[treeKey(name, tree), laid]]);
  return open(dockerSandboxProvider(engine, { image: name, treeImages, runId: "test-tree" }), { tree, ...changed });
};
beforeAll(async () => {
  base = (await imageId(engine, name)) ?? "";
});
afterAll(async () => {
  for (const one of await findTrees(engine)) if (one.place === place) await engine.getImage(one.name).remove({ force: true });
});

treeContract({
  open: openWithTree,
  openEmpty: () => open(dockerSandboxProvider(engine, { image: name, runId: "test-tree" })),
});

const ELSEWHERE =
  "for d in / /usr /opt /opt/bench /etc /var/tmp /var/lock /home /home/agent /root /run /mnt; do touch $d/planted 2>/dev/null && echo $d; done; true";

test.for(["agent", "grading"] as const)(
  "in a sandbox for %s, nothing but the workspace and the temporary folder can be written",
  async (purpose) => {
    await using sandbox = await openWithTree({ purpose });

    expect(await succeed(sandbox, ELSEWHERE, { cwd: "/" })).toBe("");
    await succeed(sandbox, `touch ${WORKSPACE}/mine /tmp/mine && chmod a-w ${WORKSPACE}/lib && chmod u+w ${WORKSPACE}/lib`);
  },
);

test("without what is closed, other folders of the image could be written", async () => {
  const laid = await prepareTree(engine, { tree, imageId: base, listRoot, notify: () => {} });
  const treeImages = new Map([[treeKey(name, tree), { ...laid, closed: [] }]]);
  await using sandbox = await open(dockerSandboxProvider(engine, { image: name, treeImages, runId: "test-tree" }), { tree });

  expect(await succeed(sandbox, ELSEWHERE)).toContain("/var/tmp");
});

test("a sandbox that writes more than its workspace may hold is ended", async () => {
  await using sandbox = await openWithTree({ limits: { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 300, tmpMb: 16 } });

  const written = run(sandbox, "for i in 1 2 3 4 5 6 7 8; do head -c 200000000 /dev/zero > big$i; sleep 1; done; echo survived", {
    timeoutMs: 60_000,
  });

  await expect(written).rejects.toThrow(/more than 300 MB were written to its workspace/);
});

test("a tree is laid once for its content, and anew for another, whose earlier image is removed", async () => {
  const told: string[] = [];
  const notify = (text: string) => void told.push(text);
  const first = await prepareTree(engine, { tree, imageId: base, listRoot, notify });
  await prepareTree(engine, { tree, imageId: base, listRoot, notify });
  expect(told.length).toBeLessThan(2);

  const other = treeOf([...FILES, file("z.txt", "z")], place);
  const second = await prepareTree(engine, { tree: other, imageId: base, listRoot, notify });

  expect(second.image).not.toBe(first.image);
  expect((await findTrees(engine)).filter((one) => one.place === place).map((one) => one.name)).toEqual([second.image]);
});

test("an image of a folder that is gone is found as one that no run takes any more, and one of a folder that is there is not", async () => {
  const named = async () => (await findOldTrees(engine)).map((one) => one.name);
  using folder = new TempFolder();
  const there: LargeTree = { ...tree, place: folder.path };
  const laid = await prepareTree(engine, { tree: there, imageId: base, listRoot, notify: () => {} });
  try {
    // Of equal content one image serves all folders; it is named after the first.
    const { place: of } = (await findTrees(engine)).find((one) => one.name === laid.image) ?? { place: "" };
    expect((await named()).includes(laid.image)).toBe(of !== folder.path);
  } finally {
    await engine.getImage(laid.image).remove({ force: true });
  }

  const gone = await prepareTree(engine, { tree, imageId: base, listRoot, notify: () => {} });

  expect(await named()).toContain(gone.image);
});

test("a file that has changed since it was digested is told, and leaves no image", async () => {
  const changed = treeOf([...FILES, file("y.txt", "y")], place, (entry) => {
    if (entry.path === "lib/other/x.py") throw new UserError(`Cannot use "${entry.path}": it has changed since`);
    return [FILES.find(({ path }) => path === entry.path)?.bytes ?? Buffer.from("y")];
  });

  await expect(prepareTree(engine, { tree: changed, imageId: base, listRoot, notify: () => {} })).rejects.toThrow(/x\.py": it has changed/);
  expect(await imageId(engine, treeImageName({ tree: changed, imageId: base }))).toBeNull();
});
