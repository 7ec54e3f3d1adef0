import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { filesDigest } from "../../src/core/digest.ts";
import type { LargeTree } from "../../src/core/large-tree.ts";
import { type Export, type Sandbox, WORKSPACE } from "../../src/core/sandbox.ts";
import type { SourceFile } from "../../src/core/task.ts";
import { succeed } from "./sandbox-fixture.ts";

const NUMBERS = Array.from({ length: 40 }, (_, index) => index + 10);
const bytes = (text: string) => Buffer.from(text);
export const file = (path: string, text: string, executable = false): SourceFile => ({ path, bytes: bytes(text), executable });
export const FILES: readonly SourceFile[] = [
  file("README.md", "a project\n"),
  file("empty.txt", ""),
  ...NUMBERS.map((number) => file(`lib/part/m${number}.py`, `VALUE = ${number}\n`)),
  file("lib/other/x.py", "X = 1\n"),
  file("tools/run.sh", "#!/bin/sh\necho ran\n", true),
  { path: "logs/today", bytes: bytes(""), executable: false, kind: "folder" },
];

export const treeOf = (files: readonly SourceFile[], place: string, pieces?: LargeTree["pieces"]): LargeTree => {
  const contents = new Map(files.map((one) => [one.path, one.bytes]));
  return {
    place,
    digest: filesDigest(files),
    megabytes: 1,
    entries: files.map((one) => ({
      path: one.path,
      ...(one.kind === "folder" ? { kind: "folder" as const } : {}),
      bytes: one.bytes,
      executable: one.executable,
      sizeBytes: one.bytes.length,
      sha256: one.kind === "folder" ? "" : createHash("sha256").update(one.bytes).digest("hex"),
    })),
    pieces: pieces ?? ((entry) => [contents.get(entry.path) ?? bytes("")]),
  };
};

const exported = (sandbox: Sandbox): Promise<Export> =>
  sandbox.exportFiles({ root: WORKSPACE, rule: { include: ["**"], exclude: [] }, maxFiles: 100, maxBytes: 1_000_000 });
const told = ({ files }: Export) => files.map(({ path, kind, bytes }) => `${path} ${kind ?? Buffer.from(bytes).toString().trim()}`).sort();

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

type Opened = Sandbox & AsyncDisposable;

/** How sandboxes are opened whose workspace holds the tree of FILES from the start, and others. */
export type TreeAdapter = { readonly open: () => Promise<Opened>; readonly openEmpty: () => Promise<Opened> };

/** What holds of every sandbox whose workspace holds a large tree from the start. */
export function treeContract({ open, openEmpty }: TreeAdapter): void {
  test("a tree is in the workspace from the start, as putFiles would have laid it, and nothing of it is a change", async () => {
    await using laid = await open();
    await using sent = await openEmpty();
    await sent.putFiles(WORKSPACE, FILES);

    expect(laid.hasTree).toBe(true);
    expect(sent.hasTree).toBe(false);
    const list = "find . -printf '%p %y %m %U %G %s\\n' | grep -v ' d ' | sort; find . -type f -exec sha256sum {} + | sort";
    expect(await succeed(laid, list)).toBe(await succeed(sent, list));
    expect(await exported(laid)).toEqual(await exported(sent));
    expect((await exported(laid)).files).toEqual([]);
    expect(await succeed(laid, "tools/run.sh && stat -c %U:%G . lib/part/m10.py | sort -u")).toBe("ran\nagent:agent\n");
  });

  test.for(CHANGES)("an agent that %s submits exactly that", async ([, command, changed]) => {
    await using sandbox = await open();

    await succeed(sandbox, command);

    expect(told(await exported(sandbox))).toEqual([...changed].sort());
  });

  test("the sum over a workspace changes with every change, and not with one that is taken back", async () => {
    await using sandbox = await open();
    const sum = () => sandbox.fingerprint(WORKSPACE);
    const before = await sum();

    for (const [what, command, changed] of CHANGES) {
      await using other = await open();
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
    await using sandbox = await open();
    const show = "stat -c '%s %Y %a' README.md";
    const before = await succeed(sandbox, show);

    await succeed(sandbox, CHANGES[0]?.[1] ?? "");

    expect(await succeed(sandbox, show)).toBe(before);
    expect(await succeed(sandbox, "cat README.md")).toBe("A PROJECT\n");
  });
}
