import { closeSync, mkdirSync, openSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { nextTurn } from "../../src/core/turn.ts";
import { readText } from "../../src/files/file.ts";
import { isFolder, isThere } from "../../src/files/folder.ts";
import { isPlain, kindOf, placeInside, placeNamed } from "../../src/files/place.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const READING = { action: "read", wanted: "file" } as const;

/** Calls a function with another working directory. */
function within<Result>(folder: string, act: () => Result): Result {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return act();
  } finally {
    process.chdir(before);
  }
}

/** A checkout whose folder `away` is a link to a folder beside it with a file `x.md`. */
function checkoutWithLink(folder: TempFolder): string {
  folder.write({ "private/x.md": "canary\n", "checkout/own/x.md": "own\n" });
  symlinkSync(folder.at("private"), folder.at("checkout/away"));
  return folder.at("checkout");
}

test("what a shell gives for <(...) is refused with what to do instead", { skip: process.platform !== "linux" }, () => {
  using folder = new TempFolder();
  folder.write({ "x.md": "text" });
  const file = openSync(folder.at("x.md"), "r");
  try {
    expect(readFileSync(`/dev/fd/${file}`, "utf8")).toBe("text");
    expect(() => readText(placeNamed(`/dev/fd/${file}`))).toThrow(/": it is not a plain file; save the text in one, and name that$/);
  } finally {
    closeSync(file);
  }
});

test.for([
  { title: "a relative path", path: () => "away/x.md" },
  { title: "a relative path with detours", path: () => "./own/../away//x.md" },
  { title: "a path that leaves the working directory and comes back", path: () => "../checkout/away/x.md" },
  { title: "an absolute path through the working directory", path: (checkout: string) => join(checkout, "away/x.md") },
])("$title that the user named may not lead through a link, and plainly read it does", ({ path }) => {
  using folder = new TempFolder();
  const checkout = checkoutWithLink(folder);

  within(checkout, () => {
    expect(readFileSync(path(checkout), "utf8")).toBe("canary\n");
    expect(() => readText(placeNamed(path(checkout)))).toThrow(/away" is a link; name the file itself$/);
  });
});

test("an absolute path through the working directory is known by another spelling of it", () => {
  using folder = new TempFolder();
  const checkout = checkoutWithLink(folder);
  symlinkSync(folder.path, folder.at("spelling"));
  const path = folder.at("spelling/checkout/away/x.md");

  within(checkout, () => {
    expect(readFileSync(path, "utf8")).toBe("canary\n");
    expect(() => readText(placeNamed(path))).toThrow(/away" is a link; name the file itself$/);
    expect(readText(placeNamed(folder.at("spelling/checkout/own/x.md")))).toBe("own\n");
  });
});

test("links above an absolute path are the system's, as /tmp is on a Mac", () => {
  using folder = new TempFolder();
  folder.write({ "private/tmp/suite/x.md": "text\n" });
  symlinkSync(folder.at("private/tmp"), folder.at("tmp"));

  expect(readText(placeNamed(folder.at("tmp/suite/x.md")))).toBe("text\n");
  expect(readText(placeInside(placeNamed(folder.at("tmp/suite")), "x.md"))).toBe("text\n");
});

test("leading .. of a path that the user typed is followed", () => {
  using folder = new TempFolder();
  folder.write({ "other/suite/x.md": "text\n", "here/y.md": "" });

  within(folder.at("here"), () => {
    expect(readText(placeNamed("../other/suite/x.md"))).toBe("text\n");
    expect(readText(placeInside(placeNamed("../other/suite"), "x.md"))).toBe("text\n");
    expect(isFolder(placeNamed(".."))).toBe(true);
    expect(isThere(placeInside(placeNamed("."), "y.md"))).toBe(true);
  });
});

test("the file or folder that was named may not be a link itself, with or without a slash at its end", () => {
  using folder = new TempFolder();
  folder.write({ "suite/x.md": "text\n" });
  symlinkSync(folder.at("suite"), folder.at("link"));
  expect(readFileSync(folder.at("link/x.md"), "utf8")).toBe("text\n");

  for (const path of [folder.at("link"), folder.at("link/")]) {
    expect(() => isFolder(placeNamed(path))).toThrow(`Cannot read "${folder.at("link")}": it is a link; name the folder itself`);
    expect(() => readText(placeInside(placeNamed(path), "x.md"))).toThrow(`"${folder.at("link")}" is a link; name the file itself`);
  }
});

test("no part of a path inside a named folder may be a link, wherever the folder is", () => {
  using folder = new TempFolder();
  folder.write({ "private/x.md": "canary\n", "suite/y.md": "" });
  mkdirSync(folder.at("suite/add"));
  symlinkSync(folder.at("private"), folder.at("suite/add/workspace"));
  expect(readFileSync(folder.at("suite/add/workspace/x.md"), "utf8")).toBe("canary\n");

  const place = placeInside(placeNamed(folder.at("suite")), "add/workspace/x.md");

  expect(() => readText(place)).toThrow(/add\/workspace" is a link; put the file itself there$/);
  expect(() => isThere(place)).toThrow(/is a link/);
});

test("a folder that becomes a link later is looked at again in the next turn of the event loop", async () => {
  using folder = new TempFolder();
  folder.write({ "private/x.md": "canary\n", "suite/workspace/x.md": "own\n" });
  const place = placeInside(placeNamed(folder.at("suite")), "workspace/x.md");
  expect(readText(place)).toBe("own\n");

  renameSync(folder.at("suite/workspace"), folder.at("suite/before"));
  symlinkSync(folder.at("private"), folder.at("suite/workspace"));
  await nextTurn();
  await nextTurn();

  expect(readFileSync(place.path, "utf8")).toBe("canary\n");
  expect(() => readText(place)).toThrow(/workspace" is a link; put the file itself there$/);
});

test.for(["..", "../x", "a/../../x", "a/..", "/etc/passwd", "", "a//b", "./a", "a/", "a\0b"])(
  "%j is not a path inside a folder",
  (path) => {
    expect(isPlain(path)).toBe(false);
    expect(() => placeInside(placeNamed("."), path)).toThrow(UserError);
  },
);

test.for(["a", "a/b", ".hidden/a..b", "..a", "a b/\u00e4"])("%j is a path inside a folder", (path) => {
  expect(isPlain(path)).toBe(true);
});

test("a path without a file, and one through a file, lead to nothing", () => {
  using folder = new TempFolder();
  folder.write({ "a.md": "" });

  expect(kindOf(placeNamed(folder.at("none/x")), READING)).toBe("nothing");
  expect(kindOf(placeNamed(folder.at("a.md/x")), READING)).toBe("nothing");
  expect(kindOf(placeNamed(folder.at("a.md")), READING)).toBe("file");
  expect(kindOf(placeNamed("/"), READING)).toBe("folder");
  expect(() => kindOf(placeNamed(folder.at("x".repeat(5000))), READING)).toThrow(/ENAMETOOLONG/);
  expect(() => placeNamed("a\0b")).toThrow(UserError);
});
