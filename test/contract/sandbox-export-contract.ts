import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ownSandbox, type SandboxAdapter, sharedSandbox, succeed } from "./sandbox-fixture.ts";

const everything = { rule: { include: ["**"], exclude: [] }, maxFiles: 1000, maxBytes: 1_000_000 };

export function exportContract(adapter: SandboxAdapter): void {
  const sandbox = sharedSandbox(adapter);
  /** Starts from an empty folder of its own and gives its path. */
  const folder = async (name: string, commands: string) => {
    await succeed(sandbox(), `mkdir ${name} && cd ${name} && ${commands}`);
    return `/workspace/${name}`;
  };

  test("the files that the rule allows are exported, and no others", async () => {
    const root = await folder(
      "ruled",
      "mkdir -p src/deep node_modules/x .git && echo -n a > src/a.py && echo -n b > src/deep/b.py && touch src/a.txt c.py .git/d.py node_modules/x/e.py && chmod +x c.py",
    );

    const taken = await sandbox().exportFiles({
      ...everything,
      root,
      rule: { include: ["**/*.py"], exclude: [".git/**", "**/node_modules"] },
    });

    expect(taken).toEqual({
      files: [
        { path: "c.py", executable: true, bytes: Buffer.alloc(0) },
        { path: "src/a.py", executable: false, bytes: Buffer.from("a") },
        { path: "src/deep/b.py", executable: false, bytes: Buffer.from("b") },
      ],
      refused: [],
    });
  });

  test("a link to a plain file inside is exported as that file; all other special files are refused with the reason", async () => {
    const root = await folder(
      "odd",
      "echo -n data > file && ln file hard && ln -s file inside && ln -s /etc/passwd out && ln -s ../../etc/passwd up && ln -s nowhere broken && mkdir real && ln -s real dirlink && ln -s / rootlink && ln -s loop loop && mkfifo pipe && ln -s pipe pipelink && touch shut && chmod 000 shut",
    );

    const { files, refused } = await sandbox().exportFiles({ ...everything, root });

    expect(files.map((file) => [file.path, file.bytes.toString()])).toEqual([
      ["file", "data"],
      ["hard", "data"],
      ["inside", "data"],
    ]);
    expect(Object.fromEntries(refused.map(({ path, reason }) => [path, reason]))).toEqual({
      broken: "it is a link to nothing",
      dirlink: "it is a link to a directory",
      loop: expect.stringMatching(/link/),
      out: "it is a link that leads out",
      pipe: "it is not a plain file",
      pipelink: "it is a link to something that is not a plain file",
      rootlink: "it is a link that leads out",
      shut: "permission denied",
      up: "it is a link that leads out",
    });
  });

  test("files whose names are not text are refused, all others are exported", async () => {
    const root = await folder(
      "names",
      "touch -- $'\\xff' é 名前 'a b' $'new\\nline' '-rf' '[x]' 'back\\slash' && mkdir $'d\\xfe' && touch $'d\\xfe/in'",
    );

    const { files, refused } = await sandbox().exportFiles({ ...everything, root });

    expect(files.map((file) => file.path).sort()).toEqual(["-rf", "[x]", "a b", "back\\slash", "new\nline", "é", "名前"].sort());
    expect(refused).toEqual([
      { path: "d\ufffd", reason: "its name is not valid UTF-8" },
      { path: "\ufffd", reason: "its name is not valid UTF-8" },
    ]);
  });

  describe("bounds", () => {
    test("of ten thousand files as many as the limit are exported, and the rest is reported", async () => {
      await using own = await ownSandbox(adapter);
      await succeed(own, "mkdir many && cd many && seq -f 'f%05g' 1 10000 | xargs touch");

      const { files, refused } = await own.exportFiles({ ...everything, root: "/workspace/many", maxFiles: 500 });

      expect(files).toHaveLength(500);
      expect(files.at(-1)?.path).toBe("f00500");
      expect(refused).toEqual([{ path: "f00501", reason: expect.stringMatching(/more files than the limit allows/) }]);
    });

    test("exactly as many files as the limit are exported without a refusal", async () => {
      const root = await folder("exact", "touch a b c");

      expect(await sandbox().exportFiles({ ...everything, root, maxFiles: 3, maxBytes: 0 })).toMatchObject({
        files: [{}, {}, {}],
        refused: [],
      });
    });

    test("a sparse file of a terabyte is refused, and the files after it are exported", async () => {
      const root = await folder(
        "sparse",
        "truncate -s 1T huge && echo -n x > small && truncate -s 900000 zeros && truncate -s 200000 zeros2",
      );

      const { files, refused } = await sandbox().exportFiles({ ...everything, root });

      expect(files.map((file) => [file.path, file.bytes.length])).toEqual([
        ["small", 1],
        ["zeros", 900_000],
      ]);
      expect(refused).toEqual([
        { path: "huge", reason: "its 1099511627776 bytes exceed what is left of the size limit" },
        { path: "zeros2", reason: "its 200000 bytes exceed what is left of the size limit" },
      ]);
    });

    test("a thousand refusals are reported in a bounded list", async () => {
      const root = await folder("refusals", "for i in $(seq -w 1000); do ln -s /etc/passwd l$i; done");

      const { files, refused } = await sandbox().exportFiles({ ...everything, root });

      expect(files).toEqual([]);
      expect(refused).toHaveLength(101);
      expect(refused.at(-1)).toEqual({ path: ".", reason: "900 more were refused" });
    });

    test("folders deeper than the longest path do no harm", async () => {
      const deep = "import os\nfor i in range(3000): os.mkdir('d'); os.chdir('d')\nopen('end', 'w')";
      const root = await folder("deep", `python3 -c "${deep}"`);

      expect((await sandbox().exportFiles({ ...everything, root })).files).toEqual([]);
      expect(await sandbox().fingerprint(root)).toMatch(/^[0-9a-f]{64}$/);
      await succeed(sandbox(), "rm -rf deep");
    });
  });

  test("twenty megabytes are exported while commands run", async () => {
    await using own = await ownSandbox(adapter);
    await succeed(own, "head -c 20000000 /dev/urandom > large");
    const digest = (await succeed(own, "sha256sum < large")).slice(0, 64);

    const [taken, said] = await Promise.all([
      own.exportFiles({ ...everything, root: "/workspace", maxBytes: 20_000_000 }),
      succeed(own, "echo meanwhile"),
    ]);

    expect(taken.files.map((file) => createHash("sha256").update(file.bytes).digest("hex"))).toEqual([digest]);
    expect(said).toBe("meanwhile\n");
  });

  test("a missing or empty folder exports nothing", async () => {
    expect(await sandbox().exportFiles({ ...everything, root: "/workspace/absent" })).toEqual({ files: [], refused: [] });
  });

  describe("fingerprint", () => {
    test.for([
      ["nothing", "true", true],
      ["a time", "touch -d 2001-01-01 a", true],
      ["a byte", "printf 2 > a", false],
      ["a mode", "chmod +x a", false],
      ["a name", "mv a b", false],
      ["a new empty folder", "mkdir new", false],
      ["where a link leads", "ln -sfn b link", false],
    ] as const)("changing %s keeps it: %s", async ([, change, same]) => {
      await succeed(sandbox(), "rm -rf fp && mkdir fp && cd fp && printf 1 > a && chmod 644 a && ln -s a link && mkfifo pipe");
      const before = await sandbox().fingerprint("/workspace/fp");

      await succeed(sandbox(), change, { cwd: "/workspace/fp" });

      expect((await sandbox().fingerprint("/workspace/fp")) === before).toBe(same);
    });

    test("two sandboxes with the same files have the same fingerprint", async () => {
      await using other = await ownSandbox(adapter);
      const files = [{ path: "x/y", bytes: Buffer.from("z"), executable: true }];
      await sandbox().putFiles("/workspace/same", files);
      await other.putFiles("/workspace/same", files);

      expect(await sandbox().fingerprint("/workspace/same")).toBe(await other.fingerprint("/workspace/same"));
    });

    test("a sparse file of a terabyte takes no time", async () => {
      await succeed(
        sandbox(),
        "mkdir -p holes && truncate -s 1T holes/huge && printf x | dd of=holes/huge bs=1 seek=500G conv=notrunc status=none",
      );

      expect(await sandbox().fingerprint("/workspace/holes")).toMatch(/^[0-9a-f]{64}$/);
    });
  });
}
