import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { placeNamed } from "../../src/files/place.ts";
import { replaceFile } from "../../src/files/write.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

// How a file is written by most programs: under a name that anyone can guess, through whatever is there.
function written(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

test("a link at a name that can be guessed leads nowhere, and the file is its owner's alone", () => {
  using folder = new TempFolder();
  const canary = folder.at("canary");
  folder.write({ canary: "kept" });
  symlinkSync(canary, folder.at("a.md.part"));
  symlinkSync(canary, folder.at("b.md.part"));

  written(folder.at("a.md"), "overwritten");
  expect(readFileSync(canary, "utf8")).toBe("overwritten");

  writeFileSync(canary, "kept");
  replaceFile(placeNamed(folder.at("b.md")), ["one\n", "two\n"]);
  expect(readFileSync(canary, "utf8")).toBe("kept");
  expect(readFileSync(folder.at("b.md"), "utf8")).toBe("one\ntwo\n");
  expect(statSync(folder.at("b.md")).mode & 0o777).toBe(0o600);
});

test("a FIFO at a name that can be guessed holds nobody up", () => {
  using folder = new TempFolder();
  execFileSync("mkfifo", [folder.at("a.md.part")]);

  const usual = `require("node:fs").writeFileSync(${JSON.stringify(folder.at("a.md.part"))}, "x")`;
  expect(spawnSync(process.execPath, ["-e", usual], { timeout: 2_000 }).signal).toBe("SIGTERM");

  replaceFile(placeNamed(folder.at("a.md")), ["x"]);
  expect(readFileSync(folder.at("a.md"), "utf8")).toBe("x");
});

test("a plain file is replaced, whatever its mode and its other names", () => {
  using folder = new TempFolder();
  folder.write({ "a.md": "old" });
  execFileSync("ln", [folder.at("a.md"), folder.at("other")]);

  replaceFile(placeNamed(folder.at("a.md")), ["new"]);
  expect(readFileSync(folder.at("a.md"), "utf8")).toBe("new");
  expect(readFileSync(folder.at("other"), "utf8")).toBe("old");
  expect(statSync(folder.at("a.md")).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.path).sort()).toEqual(["a.md", "other"]);
});

test.for<{ what: string; make: (path: string, folder: TempFolder) => void; says: string }>([
  { what: "a link", make: (path, folder) => symlinkSync(folder.at("canary"), path), says: "it is a link; name the file itself" },
  {
    what: "a link to nothing",
    make: (path, folder) => symlinkSync(folder.at("nothing"), path),
    says: "it is a link; name the file itself",
  },
  {
    what: "a FIFO",
    make: (path) => execFileSync("mkfifo", [path]),
    says: "it is a FIFO; name a plain file, or one that does not exist yet",
  },
  { what: "a folder", make: (path) => mkdirSync(path), says: "it is a folder; name a plain file, or one that does not exist yet" },
])("$what in the place of a file is refused and stays as it is", ({ make, says }) => {
  using folder = new TempFolder();
  folder.write({ canary: "kept" });
  const path = folder.at("report.html");
  make(path, folder);
  const before = lstatSync(path);

  expect(() => replaceFile(placeNamed(path), ["x"])).toThrow(`Cannot write "${path}": ${says}`);
  expect(lstatSync(path)).toMatchObject({ ino: before.ino, mode: before.mode });
  expect(readFileSync(folder.at("canary"), "utf8")).toBe("kept");
  expect(readdirSync(folder.path).sort()).toEqual(["canary", "report.html"]);
});

test("a device is refused, and a folder that does not exist is named", () => {
  expect(() => replaceFile(placeNamed("/dev/null"), ["x"])).toThrow('Cannot write "/dev/null": it is a device;');
  expect(() => replaceFile(placeNamed("/no/such/x.md"), ["x"])).toThrow(
    'Cannot write "/no/such/x.md": its folder does not exist; make it, or name another file',
  );
});

test("nothing is left when a piece cannot be made, and the old file stays", () => {
  using folder = new TempFolder();
  folder.write({ "a.md": "old" });
  function* pieces(): Generator<string> {
    yield "half";
    throw new Error("no more");
  }

  expect(() => replaceFile(placeNamed(folder.at("a.md")), pieces())).toThrow("no more");
  expect(readFileSync(folder.at("a.md"), "utf8")).toBe("old");
  expect(readdirSync(folder.path)).toEqual(["a.md"]);
});
