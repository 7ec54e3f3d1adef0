import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import { WORKSPACE } from "../../../src/core/sandbox.ts";
import { bubblewrapSandboxProvider } from "../../../src/sandbox/bubblewrap/bubblewrap-provider.ts";
import { findOldTreeFolders, prepareTreeFolder } from "../../../src/sandbox/bubblewrap/tree-folder.ts";
import { removeFolders } from "../../../src/sandbox/half-folder.ts";
import { currentOwner, ownerToText } from "../../../src/sandbox/owner.ts";
import { noSignal, requestFor, succeed } from "../../contract/sandbox-fixture.ts";
import { FILES, treeContract, treeOf } from "../../contract/sandbox-tree-contract.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const rootFolder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "bench/rootfs/current");
const image = { name: "bench-sandbox:latest", id: "bubblewrap:current" };
const cache = new TempFolder();
afterAll(() => cache[Symbol.dispose]());

const tree = treeOf(FILES, "/nowhere/tree");
const open = async (treeFolders: ReadonlyMap<string, string>) => {
  const sandbox = await bubblewrapSandboxProvider({ rootFolder, image, treeFolders }).open(requestFor({ tree }), noSignal);
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
};
const openWithTree = async () => open(new Map([[tree.digest, await prepareTreeFolder(cache.at("trees"), tree, () => {})]]));

describe("a large workspace in a sandbox of bubblewrap", () => {
  treeContract({ open: openWithTree, openEmpty: () => open(new Map()) });

  test("cannot be changed for other sandboxes, by no process in one", async () => {
    await using first = await openWithTree();
    await succeed(first, "rm -rf lib && echo changed > README.md && ! touch /sys/bench/files/x && ! rm /sys/bench/files/README.md");
    await using second = await openWithTree();

    expect(await succeed(second, "cat README.md; ls lib")).toBe("a project\nother\npart\n");
    expect(await succeed(second, "grep ^Cap /proc/self/status | cut -f2 | sort -u")).toBe("0000000000000000\n");
    expect(await second.list({ path: ".", root: WORKSPACE }, { depth: 1, maxEntries: 10, skipInside: [] })).toMatchObject({ omitted: 0 });
  });
});

test("a tree is copied once, and one of a folder that is gone is found and removed", async () => {
  using own = new TempFolder();
  const told: string[] = [];
  const folder = await prepareTreeFolder(own.at("trees"), tree, (text) => told.push(text));
  expect(await prepareTreeFolder(own.at("trees"), tree, (text) => told.push(text))).toBe(folder);
  expect(told).toHaveLength(1);

  expect(findOldTreeFolders(own.at("trees"), () => false)).toEqual([]);
  const old = findOldTreeFolders(own.at("trees"), (place) => place === tree.place);
  removeFolders(old);

  expect([old, existsSync(folder)]).toEqual([[folder], false]);
});

test("what a process that was killed left half-written is removed, and what another one writes is not", async () => {
  using own = new TempFolder();
  const ended = ownerToText({ ...currentOwner(), boot: "an earlier one" });
  own.write({
    "trees/.half-a/owner": ended,
    "trees/.half-a/files/x": "x",
    "trees/.half-b/files/x": "x",
    "trees/.half-c/owner": ownerToText(currentOwner()),
  });

  await prepareTreeFolder(own.at("trees"), tree, () => {});

  expect(readdirSync(own.at("trees")).sort()).toEqual([".half-c", tree.digest].sort());
});

test("a file that has changed since it was digested is told, and nothing half-written stays", async () => {
  using own = new TempFolder();
  const changed = treeOf(FILES, "/nowhere/tree", (entry) => {
    if (entry.path === "lib/other/x.py") throw new UserError(`Cannot use "${entry.path}": it has changed since`);
    return [FILES.find(({ path }) => path === entry.path)?.bytes ?? Buffer.from("")];
  });

  await expect(prepareTreeFolder(own.at("trees"), changed, () => {})).rejects.toThrow(/x\.py": it has changed/);
  expect(readdirSync(own.at("trees"))).toEqual([]);
});
