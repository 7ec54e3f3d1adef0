import { execFile } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadLargeTree, recallLargeTree } from "../../../src/config/workspace/large-tree.ts";
import { TreeRecords } from "../../../src/config/workspace/tree-record.ts";
import { TreeRows } from "../../../src/config/workspace/tree-rows.ts";
import { loadWorkspace } from "../../../src/config/workspace/workspace.ts";
import { filesDigest } from "../../../src/core/digest.ts";
import { readTree } from "../../../src/files/folder.ts";
import { placeInside, placeNamed, stampOf } from "../../../src/files/place.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = new TempFolder();
  folder.write({ "w/a.py": "one", "w/b.py": "two", "w/lib/c.py": "three" });
  mkdirSync(folder.at("w/logs"));
});
afterEach(() => folder[Symbol.dispose]());

const place = () => placeNamed(folder.at("w"));
const cache = () => folder.at("cache");
const records = () => new TreeRecords(placeNamed(cache()));
const check = () => {};
const load = () => loadLargeTree(place(), { check, records: records() }).digest;
const recall = () => recallLargeTree(place(), { check, records: records() })?.digest ?? null;
const actual = () => filesDigest(readTree(place()));
const recordFile = () => join(cache(), readdirSync(cache())[0] ?? "");

const MINUTE_NS = 60_000_000_000n;
// As it is a minute later, without waiting: nothing was changed shortly before it was looked at.
const age = () => {
  const found = records().find(place());
  if (found !== null) records().keep(place(), { ...found, takenNs: found.takenNs + MINUTE_NS });
};
// Gives what is remembered another digest, so that it shows whether it is taken.
const MARK = "f".repeat(64);
const mark = () => {
  const found = records().find(place());
  if (found !== null) records().keep(place(), { ...found, digest: MARK });
};

test("a tree that nobody touched is recalled without a look into its files", () => {
  expect(recall()).toBeNull();
  expect(load()).toBe(actual());
  age();
  mark();

  expect(recall()).toBe(MARK);
});

test("a recalled tree has the same files, and what is read of it is checked as before", () => {
  chmodSync(folder.at("w/b.py"), 0o755);
  const loaded = loadLargeTree(place(), { check, records: records() });
  const seen: string[] = [];
  const recalled = recallLargeTree(place(), { check: ({ path }) => void seen.push(path), records: records() });

  const told = (tree: typeof recalled) =>
    tree?.entries.map(({ path, kind, executable, sizeBytes, sha256, bytes }) => [
      path,
      kind,
      executable,
      sizeBytes,
      sha256,
      Buffer.from(bytes).toString(),
    ]);
  expect(told(recalled)).toEqual(told(loaded));
  expect(recalled?.megabytes).toBe(loaded.megabytes);
  expect(seen).toEqual(["a.py", "b.py", "lib/c.py"]);
  folder.write({ "w/a.py": "ONE" });
  expect(() => recalled?.entries[0]?.bytes).toThrow(/a\.py": it has changed since/);
});

const CHANGES: readonly (readonly [what: string, change: () => void])[] = [
  [
    "a file is edited, has the same size and gets its time back",
    () => {
      const { atime, mtime } = lstatSync(folder.at("w/a.py"));
      writeFileSync(folder.at("w/a.py"), "ONE");
      utimesSync(folder.at("w/a.py"), atime, mtime);
    },
  ],
  [
    "two files of one size change places",
    () => {
      renameSync(folder.at("w/a.py"), folder.at("w/t"));
      renameSync(folder.at("w/b.py"), folder.at("w/a.py"));
      renameSync(folder.at("w/t"), folder.at("w/b.py"));
    },
  ],
  ["a file gets another name", () => renameSync(folder.at("w/a.py"), folder.at("w/d.py"))],
  ["a file is moved into another folder", () => renameSync(folder.at("w/a.py"), folder.at("w/lib/a.py"))],
  ["a file becomes executable", () => chmodSync(folder.at("w/a.py"), 0o755)],
  ["a file is added", () => folder.write({ "w/lib/d.py": "" })],
  ["a file is removed", () => rmSync(folder.at("w/lib/c.py"))],
  ["an empty folder is removed", () => rmSync(folder.at("w/logs"), { recursive: true })],
  ["an empty folder is filled", () => folder.write({ "w/logs/today": "" })],
];

test.for(CHANGES)("where %s, nothing is recalled, and the digest is that of what is there", ([, change]) => {
  const before = load();
  age();

  change();

  expect(recall()).toBeNull();
  expect(load()).toBe(actual());
  expect(load()).not.toBe(before);
});

test("by size and time alone, the edit that gives a file its time back could not be told", () => {
  const show = () => [lstatSync(folder.at("w/a.py")).size, Math.round(lstatSync(folder.at("w/a.py")).mtimeMs / 1000)];
  const before = show();

  CHANGES[0]?.[1]();

  expect(show()).toEqual(before);
});

test("a file that was written anew as it was is compared by its bytes, and its new stamp remembered", () => {
  load();
  age();
  rmSync(folder.at("w/a.py"));
  folder.write({ "w/a.py": "one" });

  expect(recall()).toBe(actual());
  age();
  mark();
  expect(recall()).toBe(MARK);
});

test("a file that was changed within one step of the clock with the look at it is compared by its bytes", () => {
  load();
  const found = records().find(place());
  const stamp = stampOf(placeInside(place(), "a.py"));
  if (found === null || stamp === null) throw new Error("nothing was remembered");
  // What a second change within the step leaves: the stamp of the file as it is, with the digest of what was there.
  const rows = new TreeRows(Buffer.from(found.rows.bytes));
  rows.set(0, stamp, Buffer.alloc(32, 7));

  records().keep(place(), { ...found, digest: MARK, rows });
  expect(recall()).toBeNull();

  // Without the rule for such files it would be taken.
  records().keep(place(), { ...found, digest: MARK, rows, takenNs: found.takenNs + MINUTE_NS });
  expect(recall()).toBe(MARK);
});

const DAMAGES: readonly (readonly [what: string, damage: (file: string) => void])[] = [
  ["is empty", (file) => writeFileSync(file, "")],
  ["is cut short", (file) => truncateSync(file, readFileSync(file).length - 40)],
  ["is another's", (file) => writeFileSync(file, "null\n".repeat(50))],
  [
    "has one wrong byte",
    (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length - 50] = (bytes[bytes.length - 50] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
  ],
  [
    "is a link",
    (file) => {
      renameSync(file, folder.at("elsewhere"));
      symlinkSync(folder.at("elsewhere"), file);
    },
  ],
  [
    "is a folder",
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
];

test.for(DAMAGES)("a record that %s is none", ([, damage]) => {
  const digest = load();
  age();
  mark();
  damage(recordFile());

  expect(recall()).toBeNull();
  expect(load()).toBe(digest);
});

test("where nothing can be remembered, a tree is loaded all the same", () => {
  folder.write({ cache: "a file where the folder would be" });

  expect(load()).toBe(actual());
  expect(recall()).toBeNull();
});

test("a record of another folder is not taken, and one of a folder that is gone is removed", () => {
  load();
  const other = placeNamed(folder.at("v"));
  renameSync(folder.at("w"), folder.at("v"));

  expect(recallLargeTree(other, { check, records: records() })).toBeNull();
  loadLargeTree(other, { check, records: records() });

  expect(readdirSync(cache()).length).toBe(1);
});

test("a workspace that is small is none of the cache's, and one that became small again is loaded as such", () => {
  loadWorkspace(place(), 100, records());
  expect(records().find(place())).toBeNull();

  load();
  folder.write({ "w/a.py": "changed" });

  expect(loadWorkspace(place(), 100, records()).tree).toBeUndefined();
});

test("processes that load one tree at once, while it is changed, all remember what is there in the end", async () => {
  for (let index = 0; index < 300; index++) folder.write({ [`w/many/${index}.txt`]: `${index}`.repeat(1000) });
  const program = `
    import { loadLargeTree, recallLargeTree } from ${JSON.stringify(join(import.meta.dirname, "../../../src/config/workspace/large-tree.ts"))};
    import { placeNamed } from ${JSON.stringify(join(import.meta.dirname, "../../../src/files/place.ts"))};
    const place = placeNamed(process.argv[1]);
    const loading = { check() {} };
    for (let count = 0; count < 30; count++) {
      try { recallLargeTree(place, loading) ?? loadLargeTree(place, loading); } catch (error) { if (!/has changed|no such file/.test(error.message)) throw error; }
    }
  `;
  const start = () =>
    promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program, folder.at("w")], {
      cwd: join(import.meta.dirname, "../../.."),
      env: { PATH: process.env["PATH"], XDG_CACHE_HOME: folder.at("xdg") },
    });
  const running = Promise.all([start(), start(), start()]);
  let isDone = false;
  void running.finally(() => {
    isDone = true;
  });
  for (let round = 0; !isDone; round++) {
    writeFileSync(folder.at(`w/many/${round % 300}.txt`), `${round % 10}`.repeat(1000));
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await running;
  const shared = new TreeRecords(placeInside(placeNamed(folder.at("xdg/bench")), "tree-digests"));

  const recalled = recallLargeTree(place(), { check, records: shared });
  const digest = recalled?.digest ?? loadLargeTree(place(), { check, records: shared }).digest;

  expect(digest).toBe(actual());
});
