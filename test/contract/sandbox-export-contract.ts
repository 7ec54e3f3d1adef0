import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { compileRule } from "../../src/core/glob.ts";
import type { ExportRequest } from "../../src/core/sandbox.ts";
import type { SourceFile } from "../../src/core/task.ts";
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
      held: [],
      unnamed: ["src/a.txt"],
    });
  });

  test("a link that stays inside is exported as a link; what leads out and every other special file is refused with the reason", async () => {
    const root = await folder(
      "odd",
      "echo -n data > file && ln file hard && ln -s file inside && ln -s /etc/passwd out && ln -s ../../etc/passwd up && ln -s nowhere broken && mkdir real && ln -s real dirlink && ln -s / rootlink && ln -s loop loop && mkfifo pipe && ln -s pipe pipelink && touch shut && chmod 000 shut",
    );

    const { files, refused } = await sandbox().exportFiles({ ...everything, root });

    expect(files.map((file) => [file.path, file.kind ?? "file", file.bytes.toString()])).toEqual([
      ["broken", "link", "nowhere"],
      ["dirlink", "link", "real"],
      ["file", "file", "data"],
      ["hard", "file", "data"],
      ["inside", "link", "file"],
      ["real", "folder", ""],
    ]);
    expect(Object.fromEntries(refused.map(({ path, reason }) => [path, reason]))).toEqual({
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

  describe("after files were laid", () => {
    const source = (path: string, text = "", kind?: SourceFile["kind"]): SourceFile => ({
      path,
      bytes: Buffer.from(text),
      executable: false,
      ...(kind === undefined ? {} : { kind }),
    });
    const laid = async (name: string, commands: string, changed: Partial<ExportRequest> = {}) => {
      const root = `/workspace/${name}`;
      await sandbox().putFiles(root, [
        source("src/a.py", "a"),
        source("src/b.py", "b"),
        source("data/c.txt", "c"),
        source("run.sh", "true"),
        source("logs", "", "folder"),
        source("latest", "src", "link"),
      ]);
      await succeed(sandbox(), commands, { cwd: root });
      const taken = await sandbox().exportFiles({ ...everything, root, ...changed });
      return { ...taken, files: taken.files.map(({ path, kind, bytes }) => [path, kind ?? "file", Buffer.from(bytes).toString()]) };
    };

    test.for([
      ["nothing", "touch -d 2001-01-01 src/a.py; cat src/b.py", []],
      ["the same text written again", "cp src/a.py x; mv x src/a.py", []],
      ["an edited file", "echo -n A > src/a.py", [["src/a.py", "file", "A"]]],
      [
        "a file edited through memory",
        `python3 -c "import mmap;f=open('src/a.py','r+b');m=mmap.mmap(f.fileno(),1);m[0]=66"`,
        [["src/a.py", "file", "B"]],
      ],
      ["a file that became executable", "chmod +x run.sh", [["run.sh", "file", "true"]]],
      ["a deleted file", "rm src/b.py", [["src/b.py", "absent", ""]]],
      [
        "a moved file",
        "mv src/b.py src/d.py",
        [
          ["src/d.py", "file", "b"],
          ["src/b.py", "absent", ""],
        ],
      ],
      [
        "a file that became a folder",
        "rm src/a.py; mkdir src/a.py; touch src/a.py/x",
        [
          ["src/a.py/x", "file", ""],
          ["src/a.py", "absent", ""],
        ],
      ],
      [
        "a folder that became a file",
        "rm -r data; echo -n d > data",
        [
          ["data", "file", "d"],
          ["data/c.txt", "absent", ""],
        ],
      ],
      [
        "an emptied folder",
        "rm data/c.txt",
        [
          ["data", "folder", ""],
          ["data/c.txt", "absent", ""],
        ],
      ],
      ["a new empty folder", "mkdir -p new/deep", [["new/deep", "folder", ""]]],
      ["an empty folder that is gone", "rmdir logs", [["logs", "absent", ""]]],
      ["a file in a folder that was empty", "touch logs/x", [["logs/x", "file", ""]]],
      ["a link that leads elsewhere", "ln -sfn data latest", [["latest", "link", "data"]]],
      ["a link that became a file", "rm latest; echo -n l > latest", [["latest", "file", "l"]]],
    ] as const)("%s is exported as it is", async ([title, commands, files]) => {
      expect((await laid(`laid-${title.replaceAll(" ", "-")}`, commands)).files).toEqual(files);
    });

    test("what the rule does not reach stays, and is named when it was changed or made", async () => {
      const taken = await laid("unnamed", "echo x > data/c.txt; rm run.sh; touch new.txt", { rule: { include: ["src/*"], exclude: [] } });

      expect(taken).toEqual({ files: [], refused: [], held: [], unnamed: ["data/c.txt", "new.txt", "run.sh"] });
    });

    test("what is excluded is neither exported nor named", async () => {
      const commands = "echo x > data/c.txt; rm -r src; touch src.log";

      expect(await laid("excluded", commands, { rule: { include: ["**"], exclude: ["data", "src", "*.log"] } })).toEqual({
        files: [],
        refused: [],
        held: [],
        unnamed: [],
      });
    });

    test("names that are held back stay inside and are reported once they have changed, a folder as one", async () => {
      const root = "/workspace/held";
      const names = compileRule({ include: ["conf.*", "modules", ".git"], exclude: [] }).include;
      await sandbox().putFiles(root, [source("conf.a"), source("conf.b"), source(".git/HEAD", "main"), source("keep/conf.c")]);
      await succeed(
        sandbox(),
        "mkdir -p modules/x deep/CONF.d && touch modules/x/1 modules/x/2 deep/CONF.d/1 new && echo x > conf.a && echo x > keep/conf.c",
        {
          cwd: root,
        },
      );

      const untouched = await sandbox().exportFiles({ ...everything, root, held: { names, except: ["keep/conf.c"] } });
      await succeed(sandbox(), "rm .git/HEAD", { cwd: root });
      const touched = await sandbox().exportFiles({ ...everything, root, held: { names, except: ["keep/conf.c"] } });

      expect(untouched.files.map(({ path }) => path)).toEqual(["keep/conf.c", "new"]);
      expect(untouched.held).toEqual(["conf.a", "deep/CONF.d", "modules"]);
      expect(touched.held).toEqual(["conf.a", "deep/CONF.d", "modules", ".git"]);
    });

    test("a folder that cannot be read is refused, and nothing in it counts as deleted", async () => {
      const taken = await laid("shut", "chmod 000 src; chmod 000 run.sh");
      await succeed(sandbox(), "chmod 755 shut/src");

      expect(taken.files).toEqual([]);
      expect(taken.refused).toEqual(
        [
          { path: "src", reason: "the folder cannot be read (permission denied)" },
          { path: "run.sh", reason: "permission denied" },
        ].sort((a, b) => (a.path < b.path ? -1 : 1)),
      );
    });

    test("edited files come before a flood of new ones", async () => {
      const taken = await laid("flood", "mkdir aaa; seq -f 'aaa/%g' 1 3000 | xargs touch; echo -n edited > run.sh", { maxFiles: 10 });

      expect(taken.files).toContainEqual(["run.sh", "file", "edited"]);
      expect(taken.files).toHaveLength(10);
      expect(taken.refused).toHaveLength(1);
    });

    test("a flood of new files in one folder does not push out new files in others", async () => {
      const commands = "mkdir aaa zzz && seq -f 'aaa/%g' 1 3000 | xargs touch && echo -n new > zzz/new.py && touch zzz/other.py";
      const taken = await laid("one-flood", commands, { maxFiles: 10 });

      expect(taken.files.filter(([path]) => !path?.startsWith("aaa/"))).toEqual([
        ["zzz/new.py", "file", "new"],
        ["zzz/other.py", "file", ""],
      ]);
      expect(taken.files).toHaveLength(10);
      expect(taken.refused).toEqual([
        {
          path: expect.stringMatching(/^aaa\//),
          reason: "there are more files than the limit of 10 allows; this one and 2991 others are left out",
        },
      ]);
    });

    test("files of the host do not count towards the limits", async () => {
      expect(await laid("uncounted", "echo -n A > src/a.py", { maxFiles: 1, maxBytes: 1 })).toEqual({
        files: [["src/a.py", "file", "A"]],
        refused: [],
        held: [],
        unnamed: [],
      });
    });

    test("a hundred thousand new files, files that change and files of other kinds do no harm", async () => {
      await using own = await ownSandbox(adapter, { workspaceMb: 128 });
      await own.putFiles("/workspace", [source("keep.py", "k")]);
      const many = "for i in range(100):\n import os; os.mkdir(f'd{i}')\n for j in range(1000): open(f'd{i}/{j}', 'w').close()";
      await succeed(own, `printf "${many}" | python3 - && mkfifo pipe && ln keep.py hard && chmod u+s keep.py && truncate -s 1T sparse`);
      const writing = own.run({
        command: "for i in $(seq 400); do echo $i > d0/0; mv d1/1 d1/x; mv d1/x d1/1; done",
        cwd: "/workspace",
        env: {},
        timeoutMs: 60_000,
        maxOutputBytes: 0,
      });

      const { files, refused } = await own.exportFiles({ ...everything, root: "/workspace" });
      await writing;

      expect(files.length).toBeLessThanOrEqual(1000);
      expect(refused.map(({ reason }) => reason).join("\n")).toMatch(
        /more files than the limit of 1000 allows; this one and 9\d{4} others/,
      );
    });
  });

  describe("bounds", () => {
    test("of ten thousand files as many as the limit are exported, and the rest is reported", async () => {
      await using own = await ownSandbox(adapter);
      await succeed(own, "mkdir many && cd many && seq -f 'f%05g' 1 10000 | xargs touch");

      const { files, refused } = await own.exportFiles({ ...everything, root: "/workspace/many", maxFiles: 500 });

      expect(files).toHaveLength(500);
      expect(files.at(-1)?.path).toBe("f00500");
      expect(refused).toEqual([
        { path: "f00501", reason: "there are more files than the limit of 500 allows; this one and 9499 others are left out" },
      ]);
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
    expect(await sandbox().exportFiles({ ...everything, root: "/workspace/absent" })).toEqual({
      files: [],
      refused: [],
      held: [],
      unnamed: [],
    });
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
