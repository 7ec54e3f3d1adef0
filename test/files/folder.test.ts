import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES } from "../../src/files/bounds.ts";
import { CHECKOUT, foldersIn, pathsBelow, readFiles, readFolder } from "../../src/files/folder.ts";
import { PartBudget } from "../../src/files/part-budget.ts";
import { placeInside, placeNamed } from "../../src/files/place.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

function hole(folder: TempFolder, path: string, bytes: number): void {
  folder.write({ [path]: "" });
  truncateSync(folder.at(path), bytes);
}

test("files are listed in one order, without what tools leave behind", () => {
  using folder = new TempFolder();
  folder.write({ "b/c.py": "", "a.py": "", "b.py": "", "__pycache__/a.pyc": "", "b/.gitkeep": "" });

  expect(pathsBelow(placeNamed(folder.path))).toEqual(["a.py", "b/c.py", "b.py"]);
  expect(pathsBelow(placeNamed(folder.at("none")))).toEqual([]);
});

test("a link that leads back into its folder is refused, and skipped in a checkout; followed, it has no end", () => {
  using folder = new TempFolder();
  folder.write({ "suite/a/x.md": "" });
  symlinkSync(folder.at("suite"), folder.at("suite/a/again"));
  expect(statSync(folder.at("suite/a/again/a/again/a/again/a/x.md")).isFile()).toBe(true);

  expect(() => pathsBelow(placeNamed(folder.at("suite")))).toThrow(/a\/again": it is a link, a special file, /);
  expect(pathsBelow(placeNamed(folder.at("suite")), CHECKOUT)).toEqual(["a/x.md"]);
});

test("links and FIFOs of a checkout are never opened", () => {
  using folder = new TempFolder();
  folder.write({ "own.py": "1\n", "canary.txt": "canary\n", "checkout/own.py": "1\n" });
  symlinkSync(folder.at("canary.txt"), folder.at("checkout/link.py"));
  execFileSync("mkfifo", [folder.at("checkout/fifo.py")]);
  expect(readFileSync(folder.at("checkout/link.py"), "utf8")).toBe("canary\n");

  expect(pathsBelow(placeNamed(folder.at("checkout")), CHECKOUT)).toEqual(["own.py"]);
});

test("a folder of more files than a task has is refused without listing them all", () => {
  using folder = new TempFolder();
  mkdirSync(folder.at("many"));
  for (let index = 0; index <= MAX_ENTRIES; index++) writeFileSync(folder.at(`many/${index}`), "");
  expect(readdirSync(folder.at("many")).length).toBeGreaterThan(MAX_ENTRIES);

  expect(() => pathsBelow(placeNamed(folder.path))).toThrow(/there are more than 20000 files and folders in it and beside it; remove/);
  expect(() => foldersIn(placeNamed(folder.at("many")))).toThrow(/there are more than 20000/);
});

test("folders inside one another have a bound", () => {
  using folder = new TempFolder();
  const deep = (levels: number) => join(...Array.from({ length: levels }, () => "d"));
  folder.write({ [join("sound", deep(MAX_DEPTH), "x")]: "", [join("deep", deep(MAX_DEPTH + 1), "x")]: "" });
  expect(readdirSync(folder.at("deep"), { recursive: true })).toHaveLength(MAX_DEPTH + 2);

  expect(pathsBelow(placeNamed(folder.at("sound")))).toHaveLength(1);
  expect(() => pathsBelow(placeNamed(folder.at("deep")))).toThrow(/it lies below more than 40 folders; use fewer$/);
});

test("a part of a task has a bound together, however its files are named", () => {
  using folder = new TempFolder();
  for (const name of ["a", "b", "c"]) hole(folder, name, MAX_FILE_BYTES);
  const place = placeNamed(folder.path);
  const thrice = Array.from({ length: 3 }, () => ({ place: placeInside(place, "a"), path: "a" }));

  expect([...readFiles(thrice.slice(1), new PartBudget(place))]).toHaveLength(2);
  expect(() => [...readFiles(thrice, new PartBudget(place))]).toThrow(/its files hold more than 64 MB together; put large data/);
  expect(() => [...readFolder(place)]).toThrow(/its files hold more than 64 MB together/);
});

test("a part of a task names at most so many files, one of them or not", () => {
  using folder = new TempFolder();
  folder.write({ a: "" });
  const place = placeNamed(folder.path);
  const many = Array.from({ length: MAX_ENTRIES + 1 }, () => ({ place: placeInside(place, "a"), path: "a" }));

  expect(() => [...readFiles(many, new PartBudget(place))]).toThrow(/it names more than 20000 files; remove/);
});

test("a link to a file beside the folders of a suite is nothing to read, one to a folder or to nothing is refused", () => {
  using folder = new TempFolder();
  folder.write({ LICENSE: "", "suite/add/x": "" });
  symlinkSync("../LICENSE", folder.at("suite/LICENSE"));
  expect(foldersIn(placeNamed(folder.at("suite")))).toEqual(["add"]);

  symlinkSync("nowhere", folder.at("suite/twin"));
  expect(() => foldersIn(placeNamed(folder.at("suite")))).toThrow(/twin": it is a link to a folder; put the folder itself there$/);
});
