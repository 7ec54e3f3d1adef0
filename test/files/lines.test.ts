import { truncateSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { MAX_LINE_BYTES, MAX_LINES, MAX_LINES_BYTES } from "../../src/files/bounds.ts";
import { eachLine } from "../../src/files/lines.ts";
import { placeNamed } from "../../src/files/place.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

function linesOf(text: string | Uint8Array): readonly (readonly [number, string])[] {
  using folder = new TempFolder();
  writeFileSync(folder.at("a.jsonl"), text);
  const found: (readonly [number, string])[] = [];
  eachLine(placeNamed(folder.at("a.jsonl")), (line, number) => found.push([number, line]));
  return found;
}

test.for(["", "a", "a\n", "a\nb", "\n\na\r\n\n", "\u00e4\u20ac\n\u{1f600}"])(
  "the lines of %j are those that splitting it gives",
  (text) => {
    expect(linesOf(text)).toEqual(text.split("\n").map((line, index) => [index + 1, line]));
  },
);

test("a line and a character may lie in two of the pieces that are read", () => {
  const text = `${"x".repeat(1024 * 1024 - 1)}\u20ac${"y".repeat(3 * 1024 * 1024)}\nend`;

  expect(linesOf(text)).toEqual(text.split("\n").map((line, index) => [index + 1, line]));
});

test.for([
  {
    title: "a line that is too long",
    text: () => Buffer.alloc(MAX_LINE_BYTES + 2 * 1024 * 1024, "x"),
    says: /it has a line of more than 16 MB; shorten/,
  },
  { title: "too many lines", text: () => Buffer.alloc(MAX_LINES, "\n"), says: /it has more than 20000 lines; split it/ },
  { title: "bytes that are not text", text: () => Buffer.from("a\n\xff\xfe\n", "latin1"), says: /it is not UTF-8 text/ },
])("$title is refused", ({ text, says }) => {
  expect(() => linesOf(text())).toThrow(says);
});

test("a file that is too large is refused before it is read", () => {
  using folder = new TempFolder();
  folder.write({ "a.jsonl": "" });
  truncateSync(folder.at("a.jsonl"), MAX_LINES_BYTES + 1);

  expect(() => eachLine(placeNamed(folder.at("a.jsonl")), () => {})).toThrow(/it is larger than 64 MB; make it smaller$/);
});

test.for([
  { title: "small", text: "a\nb\n" },
  { title: "empty", text: "" },
  { title: "larger than a piece that is read", text: `${"\u20ac".repeat(1024 * 1024)}\n${"y".repeat(1024 * 1024)}\nend` },
])("a file compressed with gzip has the lines of its text when it is $title", ({ text }) => {
  expect(linesOf(gzipSync(text))).toEqual(linesOf(text));
});

test.for([
  {
    title: "cut short",
    bytes: () => gzipSync("a\nb\n".repeat(1000)).subarray(0, 20),
    says: /its compressed data is damaged \(Z_BUF_ERROR\)/,
  },
  { title: "damaged", bytes: () => Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]), says: /its compressed data is damaged \(Z_DATA_ERROR\)/ },
  {
    title: "a thousand times as large once it is unpacked",
    bytes: () => gzipSync(Buffer.alloc(MAX_LINES_BYTES + 1, "\n")),
    says: /it holds more than 64 MB; split it/,
  },
  {
    title: "of too long a line",
    bytes: () => gzipSync(Buffer.alloc(MAX_LINE_BYTES + 2 * 1024 * 1024, "x")),
    says: /a line of more than 16 MB/,
  },
])("a compressed file that is $title is refused", ({ bytes, says }) => {
  expect(() => linesOf(bytes())).toThrow(says);
});
