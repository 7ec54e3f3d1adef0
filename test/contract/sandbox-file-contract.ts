import { describe, expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import { WORKSPACE } from "../../src/core/sandbox.ts";
import type { SourceFile } from "../../src/core/task.ts";
import { at, run, type SandboxAdapter, sharedSandbox, succeed } from "./sandbox-fixture.ts";

const text = (value: string) => ({ bytes: Buffer.from(value) });
const source = (path: string, bytes: Buffer, executable = false): SourceFile => ({ path, bytes, executable });
const listAll = { depth: 4, maxEntries: 1000, skipInside: [] };

/** Ways out of the workspace, laid by `escapes` below. */
const waysOut = [
  "../etc/passwd",
  "/etc/passwd",
  "a/../../etc/passwd",
  "out/passwd",
  "to-passwd",
  "chain",
  "/workspace/../etc/passwd",
  "~",
  "~/x",
];
const escapes = "mkdir -p a; ln -sfn /etc out; ln -sf /etc/passwd to-passwd; ln -sf to-passwd chain; ln -sf /tmp/absent to-absent";

export function fileContract(adapter: SandboxAdapter): void {
  const sandbox = sharedSandbox(adapter);

  test("a file is written with its folders, read back, and replaced with its mode kept", async () => {
    expect(await sandbox().writeFile(at("deep/er/file.txt"), text("one"))).toEqual({
      kind: "written",
      path: "deep/er/file.txt",
      created: true,
    });
    await succeed(sandbox(), "chmod 640 deep/er/file.txt");

    expect(await sandbox().writeFile(at("deep/./er/file.txt"), text("two"))).toEqual({
      kind: "written",
      path: "deep/er/file.txt",
      created: false,
    });

    expect(await sandbox().readFile(at("/workspace/deep/er/file.txt"), 3)).toEqual({
      kind: "read",
      path: "deep/er/file.txt",
      ...text("two"),
    });
    expect(await succeed(sandbox(), "stat -c %a deep/er/file.txt; ls -A deep/er")).toBe("640\nfile.txt\n");
  });

  test.for([
    [undefined, "644"],
    [true, "755"],
    [false, "644"],
  ] as const)("a new file with executable %s has mode %s", async ([executable, mode]) => {
    await succeed(sandbox(), "rm -f new");
    await sandbox().writeFile(at("new"), executable === undefined ? text("") : { ...text(""), executable });

    expect(await succeed(sandbox(), "stat -c %a new")).toBe(`${mode}\n`);
  });

  test.for([0, 1, 262_143, 262_144, 262_145, 5_000_000])("%d bytes are read as they were written", async (length) => {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 31) % 256));
    await sandbox().writeFile(at("sized"), { bytes });

    const read = await sandbox().readFile(at("sized"), length);

    expect(read.kind === "read" && Buffer.compare(read.bytes, bytes)).toBe(0);
  });

  test("a file one byte too large is refused with its size", async () => {
    await sandbox().writeFile(at("large"), text("12345"));

    expect(await sandbox().readFile(at("large"), 4)).toEqual({ kind: "too-large", sizeBytes: 5 });
  });

  describe("paths that lead out", () => {
    test.for(waysOut)("%s is refused to read, to write and to list", async (path) => {
      await succeed(sandbox(), escapes);

      expect(await sandbox().readFile(at(path), 1e6)).toEqual({ kind: "outside" });
      expect(await sandbox().writeFile(at(path), text("x"))).toEqual({ kind: "outside" });
      expect(await sandbox().list(at(path), listAll)).toEqual({ kind: "outside" });
    });

    test("a dangling link that leads out is not followed", async () => {
      await succeed(sandbox(), escapes);

      expect(await sandbox().writeFile(at("to-absent"), text("x"))).toEqual({ kind: "outside" });
      expect((await run(sandbox(), "test -e /tmp/absent")).exit).toEqual({ kind: "exited", code: 1 });
    });

    test.for([
      ["", "the path is empty"],
      ["a\0b", "the path contains a NUL byte"],
      ["a\ud800b", "the path is not valid text"],
      [`${"d/".repeat(3000)}x`, "the path is too long"],
    ] as const)("%j is denied", async ([path, message]) => {
      const denied = { kind: "denied", message };
      expect(await sandbox().readFile(at(path), 10)).toEqual(denied);
      expect(await sandbox().writeFile(at(path), text("x"))).toEqual(denied);
      expect(await sandbox().list(at(path), listAll)).toEqual(denied);
    });
  });

  test("links that stay inside are followed to the file itself", async () => {
    await succeed(sandbox(), "mkdir -p real; echo -n data > real/file; ln -sfn real alias; ln -sf ../real/file real/again");

    expect(await sandbox().readFile(at("alias/again"), 100)).toEqual({ kind: "read", path: "real/file", ...text("data") });
    expect(await sandbox().writeFile(at("alias/again"), text("new"))).toEqual({ kind: "written", path: "real/file", created: false });
    expect(await succeed(sandbox(), "cat real/file; readlink real/again")).toBe("new../real/file\n");
  });

  test("a write changes one name of a file and none of its other hard links", async () => {
    await succeed(sandbox(), "echo -n old > first; ln -f first second");

    await sandbox().writeFile(at("second"), text("new"));

    expect(await succeed(sandbox(), "cat first second")).toBe("oldnew");
  });

  describe("several files in one step", () => {
    const write = (path: string, value: string, modeOf: string | null = null) => ({ kind: "write", path, ...text(value), modeOf }) as const;
    const remove = (path: string) => ({ kind: "remove", path }) as const;
    const fresh = "rm -rf step; mkdir step; cd step; echo -n 1 > a; echo -n 2 > b; chmod 751 a; echo -n 3 > c; ln -s c link";
    const state = () => succeed(sandbox(), "cd step; find . | sort; cat a b c; stat -c %a a");
    const root = `${WORKSPACE}/step`;

    test("are written with their modes, moved and removed, and nothing else is left", async () => {
      await succeed(sandbox(), fresh);

      const changes = [write("a", "one"), write("made/by/move", "two", "a"), remove("b"), write("link", "three"), write("made/new", "")];

      expect(await sandbox().changeFiles(root, changes)).toEqual({ kind: "changed" });
      expect(await succeed(sandbox(), "cd step; find . -type f -printf '%P %m\n' | sort; cat a made/by/move c; readlink link")).toBe(
        "a 751\nc 644\nmade/by/move 751\nmade/new 644\nonetwothreec\n",
      );
    });

    test("a link is removed, not what it leads to", async () => {
      await succeed(sandbox(), fresh);

      expect(await sandbox().changeFiles(root, [remove("link")])).toEqual({ kind: "changed" });
      expect(await succeed(sandbox(), "cd step; ls; cat c")).toBe("a\nb\nc\n3");
    });

    test.for([
      { title: "leads out", last: write("../../x", "x"), answer: { kind: "outside", path: "../../x" } },
      { title: "is empty", last: write("", "x"), answer: { kind: "denied", message: "the path is empty", path: "" } },
      { title: "is a folder", last: write("folder", "x"), answer: { kind: "is-directory", path: "folder" } },
      { title: "is a folder to remove", last: remove("folder"), answer: { kind: "is-directory", path: "folder" } },
      { title: "is the root", last: remove("."), answer: { kind: "is-directory", path: "." } },
      { title: "is missing", last: remove("gone"), answer: { kind: "not-found", suggestions: [], path: "gone" } },
      { title: "goes through a file", last: write("a/x", "x"), answer: { kind: "not-a-directory", path: "a/x" } },
      { title: "is a pipe", last: remove("pipe"), answer: { kind: "special-file", path: "pipe" } },
      {
        title: "cannot be removed",
        last: remove("folder/locked"),
        answer: { kind: "denied", message: "permission denied", path: "folder/locked" },
      },
      {
        title: "is another name of one before",
        last: write("link", "x"),
        answer: { kind: "denied", message: "it is the same file as another one of the changes", path: "link" },
      },
    ])("stay as they were when the last path $title", async ({ last, answer }) => {
      await succeed(sandbox(), `chmod -f 755 step/folder; ${fresh}; mkdir folder; touch folder/locked; chmod 555 folder; mkfifo pipe`);
      const before = await state();

      const changes = [write("a", "one"), write("made/by/move", "two", "a"), remove("b"), write("c", "three"), last];

      expect(await sandbox().changeFiles(root, changes)).toEqual(answer);
      expect(await state()).toBe(before);
      await succeed(sandbox(), "chmod 755 step/folder");
    });
  });

  test("circular links are refused", async () => {
    await succeed(sandbox(), "ln -sfn round about; ln -sfn about round");

    expect((await sandbox().readFile(at("round"), 10)).kind).not.toBe("read");
    expect((await sandbox().writeFile(at("round/x"), text("x"))).kind).not.toBe("written");
  });

  test("pipes, sockets and devices are refused without waiting", async () => {
    await succeed(sandbox(), "rm -f pipe socket; mkfifo pipe; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'");

    for (const path of ["pipe", "socket"]) {
      expect(await sandbox().readFile(at(path), 10)).toEqual({ kind: "special-file" });
      expect(await sandbox().writeFile(at(path), text("x"))).toEqual({ kind: "special-file" });
    }
    expect(await sandbox().readFile(at("zero", "/dev"), 10)).toEqual({ kind: "special-file" });
  });

  test("folders are refused as files, and files as folders", async () => {
    await succeed(sandbox(), "mkdir -p folder; touch file");

    expect(await sandbox().readFile(at("folder"), 10)).toEqual({ kind: "is-directory" });
    expect(await sandbox().readFile(at("."), 10)).toEqual({ kind: "is-directory" });
    expect(await sandbox().writeFile(at("folder"), text("x"))).toEqual({ kind: "is-directory" });
    expect(await sandbox().writeFile(at("."), text("x"))).toEqual({ kind: "is-directory" });
    expect(await sandbox().writeFile(at("file/x"), text("x"))).toEqual({ kind: "not-a-directory" });
    expect(await sandbox().list(at("file"), listAll)).toEqual({ kind: "not-a-directory" });
  });

  test("a missing file is refused with similar names", async () => {
    await succeed(sandbox(), "mkdir -p Src; touch README.md Src/parser.py Src/parser_test.py");

    expect(await sandbox().readFile(at("readme.MD"), 10)).toEqual({ kind: "not-found", suggestions: ["README.md"] });
    expect(await sandbox().readFile(at("Src/Parser.py"), 10)).toMatchObject({ suggestions: ["Src/parser.py", "Src/parser_test.py"] });
    expect(await sandbox().readFile(at("src/parser.py"), 10)).toMatchObject({ suggestions: ["Src"] });
    expect(await sandbox().list(at("zzzzzzzz"), listAll)).toEqual({ kind: "not-found", suggestions: [] });
  });

  test("a file without permission is denied with a message", async () => {
    await succeed(sandbox(), "touch secret; chmod 000 secret; mkdir -p shut; chmod 500 shut");

    expect(await sandbox().readFile(at("secret"), 10)).toEqual({ kind: "denied", message: "permission denied" });
    expect(await sandbox().writeFile(at("shut/x"), text("x"))).toEqual({ kind: "denied", message: "permission denied" });
    expect(await sandbox().writeFile(at("etc/x", "/"), text("x"))).toMatchObject({ kind: "denied" });
  });

  describe("listing", () => {
    const tree =
      "rm -rf t; mkdir -p t/b/c/d t/node_modules/x; echo -n 12 > t/b/two; touch t/a t/z t/b/c/d/e; ln -s /etc t/link; mkfifo t/pipe";
    const file = (path: string, sizeBytes = 0) => ({ path, kind: "file", sizeBytes });
    const folder = (path: string) => ({ path, kind: "directory", sizeBytes: 0 });

    test("a folder is listed in order, to the depth asked for, links not followed", async () => {
      await succeed(sandbox(), tree);

      expect(await sandbox().list(at("t"), { depth: 2, maxEntries: 100, skipInside: ["node_modules"] })).toEqual({
        kind: "listed",
        entries: [
          file("a"),
          folder("b"),
          folder("b/c"),
          file("b/two", 2),
          { path: "link", kind: "link", sizeBytes: 0 },
          folder("node_modules"),
          { path: "pipe", kind: "other", sizeBytes: 0 },
          file("z"),
        ],
        omitted: 0,
      });
    });

    test("entries over the limit are counted", async () => {
      await succeed(sandbox(), tree);

      expect(await sandbox().list(at("t"), { depth: 9, maxEntries: 2, skipInside: [] })).toEqual({
        kind: "listed",
        entries: [file("a"), folder("b")],
        omitted: 9,
      });
    });

    test("names of any bytes and unreadable folders do no harm", async () => {
      await succeed(sandbox(), "rm -rf odd; mkdir -p odd/shut; touch odd/$'\\xff\\xfe' odd/é odd/$'new\\nline'; chmod 000 odd/shut");

      const listing = await sandbox().list(at("odd"), listAll);

      expect(listing).toMatchObject({ kind: "listed", omitted: 0 });
      expect(listing.kind === "listed" && listing.entries.map((entry) => entry.path)).toEqual(["new\nline", "shut", "é", "\ufffd\ufffd"]);
    });
  });

  test("many and large files are written below a root that is created for them", async () => {
    const small = Array.from({ length: 3000 }, (_, index) => source(`d${index % 7}/f${index}.txt`, Buffer.from(`${index}`), index === 5));
    const large = source("large.bin", Buffer.alloc(10_000_001, 7));

    await sandbox().putFiles("/tmp/laid/out", [...small, large, source("empty", Buffer.alloc(0)), source("ü/名", Buffer.from("x"))]);

    expect(
      await succeed(
        sandbox(),
        "cd /tmp/laid/out; find . -type f | wc -l; cat d5/f5.txt; stat -c ' %a' d5/f5.txt; stat -c %s large.bin; cat ü/名",
      ),
    ).toBe("3003\n5 755\n10000001\nx");
    expect(await succeed(sandbox(), "cd /tmp/laid/out; tr -d '\\007' < large.bin | wc -c; stat -c %a large.bin")).toBe("0\n644\n");
  });

  test.for(["../x", "/x", "a//b", "a/./b", "", "a/..", "a\0"])("putting %j is our mistake", async (path) => {
    await expect(sandbox().putFiles("/workspace", [source(path, Buffer.alloc(1))])).rejects.toThrow(InfraError);
  });

  test("putting files does not follow a link out of their root", async () => {
    await succeed(sandbox(), "ln -sfn /tmp leads-out; ln -sf /tmp/target leads-to-file");

    await expect(sandbox().putFiles("/workspace", [source("leads-out/x", Buffer.alloc(1))])).rejects.toThrow(/leads out/);
    await sandbox().putFiles("/workspace", [source("leads-to-file", Buffer.from("put"))]);
    expect(await succeed(sandbox(), "test -f leads-to-file -a ! -L leads-to-file && cat leads-to-file")).toBe("put");
    expect((await run(sandbox(), "ls /tmp/x /tmp/target")).exit).toEqual({ kind: "exited", code: 2 });
  });
}
