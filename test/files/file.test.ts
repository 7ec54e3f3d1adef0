import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { MAX_TEXT_BYTES, MAX_TEXTS_BYTES } from "../../src/files/bounds.ts";
import { readBytes, readPlain, readText } from "../../src/files/file.ts";
import { placeInside, placeNamed } from "../../src/files/place.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

test("a file of exactly the bound is read, and one of a byte more is not", () => {
  using folder = new TempFolder();
  folder.write({ "a.md": "x".repeat(MAX_TEXT_BYTES), "b.md": "x".repeat(MAX_TEXT_BYTES + 1), "empty.md": "" });

  expect(readText(placeNamed(folder.at("a.md")))).toHaveLength(MAX_TEXT_BYTES);
  expect(() => readText(placeNamed(folder.at("b.md")))).toThrow(
    `Cannot read "${folder.at("b.md")}": it is larger than 1 MB; make it smaller`,
  );
  expect(readText(placeNamed(folder.at("empty.md")))).toBe("");
});

test("a file that holds more than its size says is read to its end, and no further than the bound", () => {
  const path = "/proc/self/smaps";
  expect(statSync(path).size).toBe(0);
  expect(readFileSync(path).length).toBeGreaterThan(70_000);

  expect(readBytes(placeNamed(path), 64 * MAX_TEXT_BYTES).length).toBeGreaterThan(70_000);
  expect(() => readBytes(placeNamed(path), 70_000)).toThrow(/it is larger than/);
});

test("a socket is refused", async () => {
  using folder = new TempFolder();
  const server = createServer().listen(folder.at("s"));
  await new Promise((resolve) => server.once("listening", resolve));

  expect(() => readText(placeNamed(folder.at("s")))).toThrow(/it is a socket; put a plain file there$/);
  server.close();
});

test("the state of what cannot be read is named", () => {
  using folder = new TempFolder();
  mkdirSync(folder.at("folder"));
  writeFileSync(folder.at("bytes.md"), Buffer.from([0xff, 0xfe]));

  expect(() => readText(placeNamed(folder.at("none.md")))).toThrow(/there is no such file; check the path$/);
  expect(() => readText(placeNamed(folder.at("folder")))).toThrow(/it is a folder; check the path$/);
  expect(() => readText(placeNamed(folder.at("bytes.md")))).toThrow(/it is not UTF-8 text; save it as UTF-8$/);
});

test("a name with control characters is shown escaped", () => {
  expect(() => readText(placeNamed("/none/a\n\u001b[2J\u202e.md"))).toThrow(
    /^Cannot read "\/none\/a\\u000a\\u001b\[2J\\u202e\.md": there is/,
  );
});

test("an executable file is known as one", () => {
  using folder = new TempFolder();
  folder.write({ "run.sh": "true\n", "a.md": "" });
  chmodSync(folder.at("run.sh"), 0o755);

  expect(readPlain(placeNamed(folder.at("run.sh")), 100)).toEqual({ bytes: Buffer.from("true\n"), executable: true });
  expect(readPlain(placeNamed(folder.at("a.md")), 100).executable).toBe(false);
});

test("the texts below one folder have a bound together", () => {
  using folder = new TempFolder();
  folder.write({ "a.md": "x".repeat(MAX_TEXT_BYTES) });
  const read = (suite = placeNamed(folder.path)) => readText(placeInside(suite, "a.md"));
  const suite = placeNamed(folder.path);
  for (let bytes = 0; bytes < MAX_TEXTS_BYTES; bytes += MAX_TEXT_BYTES) read(suite);

  expect(() => read(suite)).toThrow(/the texts in "[^"]+" hold more than 64 MB together; split the folder$/);
  expect(read()).toHaveLength(MAX_TEXT_BYTES);
});
