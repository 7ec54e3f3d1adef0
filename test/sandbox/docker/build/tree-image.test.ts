import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOldTrees } from "../../../../src/command/clean/old-images.ts";
import { filesDigest } from "../../../../src/core/digest.ts";
import { UserError } from "../../../../src/core/errors.ts";
import type { LargeTree } from "../../../../src/core/large-tree.ts";
import { type Export, type Sandbox, type SandboxRequest, WORKSPACE } from "../../../../src/core/sandbox.ts";
import type { SourceFile } from "../../../../src/core/task.ts";
import { findTrees, prepareTree, treeImageName } from "../../../../src/sandbox/docker/build/tree-image.ts";
import { dockerSandboxProvider, treeKey } from "../../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, imageId } from "../../../../src/sandbox/docker/engine.ts";
import { noSignal, requestFor, run, succeed } from "../../../contract/sandbox-fixture.ts";
import { TempFolder } from "../../../fixtures/temp-folder.ts";

const engine = connectEngine();
const name = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
const place = `/nowhere/tree-${process.pid}`;
const NUMBERS = Array.from({ length: 40 }, (_, index) => index + 10);
const bytes = (text: string) => Buffer.from(text);
const file = (path: string, text: string, executable = false): SourceFile => ({ path, bytes: bytes(text), executable });
const FILES: readonly SourceFile[] = [
  file("README.md", "a project\n"),
  file("empty.txt", ""),
  ...NUMBERS.map((number) => file(`lib/part/m${number}.py`, `VALUE = ${number}\n`)),
  file("lib/other/x.py", "X = 1\n"),
  file("tools/run.sh", "#!/bin/sh\necho ran\n", true),
  { path: "logs/today", bytes: bytes(""), executable: false, kind: "folder" },
];

const treeOf = (files: readonly SourceFile[], pieces?: LargeTree["pieces"]): LargeTree => {
  const contents = new Map(files.map((one) => [one.path, one.bytes]));
  return {
    place,
    digest: filesDigest(files),
    megabytes: 1,
    entries: files.map((one) => ({
      path: one.path,
      kind: one.kind === "folder" ? "folder" : "file",
      executable: one.executable,
      sizeBytes: one.bytes.length,
      sha256: one.kind === "folder" ? "" : createHash("sha256").update(one.bytes).digest("hex"),
    })),
    pieces: pieces ?? ((entry) => [contents.get(entry.path) ?? bytes("")]),
  };
};

const tree = treeOf(FILES);
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
const exported = (sandbox: Sandbox): Promise<Export> =>
  sandbox.exportFiles({ root: WORKSPACE, rule: { include: ["**"], exclude: [] }, maxFiles: 100, maxBytes: 1_000_000 });
const told = ({ files }: Export) => files.map(({ path, kind, bytes }) => `${path} ${kind ?? Buffer.from(bytes).toString().trim()}`).sort();

beforeAll(async () => {
  base = (await imageId(engine, name)) ?? "";
});
afterAll(async () => {
  for (const one of await findTrees(engine)) if (one.place === place) await engine.getImage(one.name).remove({ force: true });
});

test("a tree is in the workspace from the start, as putFiles would have laid it, and nothing of it is a change", async () => {
  await using laid = await openWithTree();
  await using sent = await open(dockerSandboxProvider(engine, { image: name, runId: "test-tree" }));
  await sent.putFiles(WORKSPACE, FILES);

  expect(laid.hasTree).toBe(true);
  expect(sent.hasTree).toBe(false);
  const list = "find . -printf '%p %y %m %U %G %s\\n' | grep -v ' d ' | sort; find . -type f -exec sha256sum {} + | sort";
  expect(await succeed(laid, list)).toBe(await succeed(sent, list));
  expect(await exported(laid)).toEqual(await exported(sent));
  expect((await exported(laid)).files).toEqual([]);
  expect(await succeed(laid, "tools/run.sh && stat -c %U:%G . lib/part/m10.py | sort -u")).toBe("ran\nagent:agent\n");
});

// What an agent could do to have a change taken for none, and what it does in all honesty.
const CHANGES: readonly (readonly [what: string, command: string, changed: readonly string[]])[] = [
  [
    "writes other bytes of the same length and gives the file its time back",
    "t=$(stat -c %y README.md); printf 'A PROJECT\\n' > README.md; touch -d \"$t\" README.md",
    ["README.md A PROJECT"],
  ],
  [
    "writes through a mapping of the file",
    `python3 -c "import mmap; f=open('README.md','r+b'); m=mmap.mmap(f.fileno(),0); m[0:1]=b'B'; m.close()"; touch -d @1000000000 README.md`,
    ["README.md B project"],
  ],
  [
    "lets two files change places",
    "cd lib/part; mv m10.py t; mv m11.py m10.py; mv t m11.py",
    ["lib/part/m10.py VALUE = 11", "lib/part/m11.py VALUE = 10"],
  ],
  [
    "gives a file the time and the place of another",
    "cp lib/part/m10.py lib/part/m12.py; touch -r lib/part/m10.py lib/part/m12.py",
    ["lib/part/m12.py VALUE = 10"],
  ],
  [
    "lets two folders change places",
    "mv lib/part lib/t; mv lib/other lib/part; mv lib/t lib/other; rm lib/other/*; touch lib/other/x.py",
    [...NUMBERS.map((number) => `lib/part/m${number}.py absent`), "lib/other/x.py ", "lib/part/x.py X = 1"],
  ],
  ["links one file to another's name", "ln -f lib/part/m10.py lib/part/m13.py", ["lib/part/m13.py VALUE = 10"]],
  ["puts a link in the place of a file", "ln -sf m10.py lib/part/m14.py", ["lib/part/m14.py link"]],
  ["makes a file executable", "chmod +x lib/part/m15.py", ["lib/part/m15.py VALUE = 15"]],
  [
    "removes a file and a folder, fills an empty one, and adds a file",
    "rm README.md; rm -r lib/other; echo 1 > logs/today/a; echo 2 > new.txt",
    ["README.md absent", "lib/other/x.py absent", "logs/today/a 1", "new.txt 2"],
  ],
  ["removes a file and writes it again as it was", "cp README.md t; rm README.md; mv t README.md", []],
];

test.for(CHANGES)("an agent that %s submits exactly that", async ([, command, changed]) => {
  await using sandbox = await openWithTree();

  await succeed(sandbox, command);

  expect(told(await exported(sandbox))).toEqual([...changed].sort());
});

test("the sum over a workspace changes with every change, and not with one that is taken back", async () => {
  await using sandbox = await openWithTree();
  const sum = () => sandbox.fingerprint(WORKSPACE);
  const before = await sum();

  for (const [what, command, changed] of CHANGES) {
    await using other = await openWithTree();
    const untouched = await other.fingerprint(WORKSPACE);
    await succeed(other, command);
    expect((await other.fingerprint(WORKSPACE)) === untouched, what).toBe(changed.length === 0);
  }
  await succeed(sandbox, "touch README.md; cp lib/part/m10.py t; echo > lib/part/m10.py; cat t > lib/part/m10.py; rm t");
  expect(await sum()).toBe(before);
  await succeed(sandbox, "chmod 600 README.md");
  expect(await sum()).not.toBe(before);
});

test("without the time of a file's change, one that was given its time back would be taken for untouched", async () => {
  await using sandbox = await openWithTree();
  const show = "stat -c '%s %Y %a' README.md";
  const before = await succeed(sandbox, show);

  await succeed(sandbox, CHANGES[0]?.[1] ?? "");

  expect(await succeed(sandbox, show)).toBe(before);
  expect(await succeed(sandbox, "cat README.md")).toBe("A PROJECT\n");
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

  const other = treeOf([...FILES, file("z.txt", "z")]);
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
  const changed = treeOf([...FILES, file("y.txt", "y")], (entry) => {
    if (entry.path === "lib/other/x.py") throw new UserError(`Cannot use "${entry.path}": it has changed since`);
    return [FILES.find(({ path }) => path === entry.path)?.bytes ?? bytes("y")];
  });

  await expect(prepareTree(engine, { tree: changed, imageId: base, listRoot, notify: () => {} })).rejects.toThrow(/x\.py": it has changed/);
  expect(await imageId(engine, treeImageName({ tree: changed, imageId: base }))).toBeNull();
});
