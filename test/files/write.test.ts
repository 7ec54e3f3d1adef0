import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isFolder } from "../../src/files/folder.ts";
import { placeInside, placeNamed } from "../../src/files/place.ts";
import { publishFolder, removeFolder, writeNewFile } from "../../src/files/write.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const TEXT = Buffer.from("text\n");

test("a file is written with the folders that it lies in", () => {
  using folder = new TempFolder();

  writeNewFile(placeInside(placeNamed(folder.at("new/project")), "tasks/a/run.sh"), TEXT, { executable: true });

  expect(readFileSync(folder.at("new/project/tasks/a/run.sh"), "utf8")).toBe("text\n");
  expect(statSync(folder.at("new/project/tasks/a/run.sh")).mode & 0o100).toBe(0o100);
});

test("nothing is written through a folder that is a link, and plainly written it would be", () => {
  using folder = new TempFolder();
  mkdirSync(folder.at("away"));
  mkdirSync(folder.at("checkout"));
  symlinkSync(folder.at("away"), folder.at("checkout/tasks"));
  writeFileSync(folder.at("checkout/tasks/plain.md"), "text\n");
  expect(existsSync(folder.at("away/plain.md"))).toBe(true);

  const place = placeInside(placeNamed(folder.at("checkout")), "tasks/a/x.md");

  expect(() => writeNewFile(place, TEXT, { executable: false })).toThrow(/tasks" is a link|tasks": it is a link/);
  expect(existsSync(folder.at("away/a"))).toBe(false);
});

test("what is there is neither replaced nor written through", () => {
  using folder = new TempFolder();
  folder.write({ "a.md": "mine\n" });
  symlinkSync(folder.at("away.md"), folder.at("link.md"));

  for (const name of ["a.md", "link.md"]) {
    expect(() => writeNewFile(placeInside(placeNamed(folder.path), name), TEXT, { executable: false })).toThrow(
      /^Cannot write to .*EEXIST/,
    );
  }
  expect(() => writeNewFile(placeInside(placeNamed(folder.path), "a.md/x"), TEXT, { executable: false })).toThrow(
    /it is a file; choose another folder$/,
  );
  expect(readFileSync(folder.at("a.md"), "utf8")).toBe("mine\n");
  expect(existsSync(folder.at("away.md"))).toBe(false);
});

test("a folder that was removed or given its place is made anew in the same turn", () => {
  using folder = new TempFolder();
  const work = placeNamed(folder.path);
  const write = () => writeNewFile(placeInside(work, "task/inner/a.txt"), Buffer.from("a"), { executable: false });
  const look = () => isFolder(placeInside(work, "task/inner"));
  write();
  look();

  removeFolder(placeInside(work, "task"));
  write();
  look();
  publishFolder(placeInside(work, "task"), placeInside(work, "published"));
  write();

  expect([existsSync(folder.at("task/inner/a.txt")), existsSync(folder.at("published/inner/a.txt"))]).toEqual([true, true]);
});
