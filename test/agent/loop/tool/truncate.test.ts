import fc from "fast-check";
import { expect, test } from "vitest";
import { byteLength, cleanOutput, firstBytes, fitOutput, grouped } from "../../../../src/agent/loop/tool/truncate.ts";

const whole = (head: string) => ({ head, tail: "", omittedBytes: 0, omittedLines: 0 });
const clean = (text: string) => cleanOutput(new TextEncoder().encode(text));

test.for([
  [0, "0"],
  [999, "999"],
  [1000, "1 000"],
  [18_204, "18 204"],
  [1_234_567, "1 234 567"],
] as const)("%i is written %s", ([count, expected]) => {
  expect(grouped(count)).toBe(expected);
});

test.for([
  { title: "colours", raw: "\x1b[1;31mred\x1b[0m and \x1b[38;5;200mpink\x1b[m", expected: "red and pink" },
  { title: "cursor moves", raw: "a\x1b[2K\x1b[1Gb\x1b[?25lc", expected: "abc" },
  { title: "window titles", raw: "\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", expected: "alink" },
  { title: "an unfinished title, with its line", raw: "\x1b]0;title\nnext", expected: "\nnext" },
  { title: "device strings and short escapes", raw: "\x1bPq#0\x1b\\a\x1b(Bb\x1b7c", expected: "abc" },
  { title: "progress rewritten in place", raw: "  1%\r 50%\r100%\ndone\n", expected: "100%\ndone\n" },
  { title: "progress that ends with a return", raw: "1%\r100%\r", expected: "100%" },
  { title: "CRLF", raw: "a\r\nb\r\r\n", expected: "a\nb\n" },
  { title: "overstrikes", raw: "b\bbo\bo", expected: "bo" },
  { title: "control characters", raw: "a\0b\x07c\x7fd\te", expected: "abcd\te" },
  { title: "an escape at the very end", raw: "a\x1b", expected: "a" },
])("cleaning drops $title", ({ raw, expected }) => {
  expect(clean(raw)).toBe(expected);
});

test("cleaning replaces invalid UTF-8 and keeps a byte order mark", () => {
  expect(cleanOutput(Uint8Array.of(0x61, 0xc3, 0x28, 0xff))).toBe("a\uFFFD(\uFFFD");
  expect(clean("\uFEFFa")).toBe("\uFEFFa");
});

// Quadratic time would run into the time limit of the test.
test.for(["a", "\r", "\x1b", "\x1b[", "\x1b]", "9", "\b", "a\r"])(
  "cleaning a megabyte of %j takes no more than a moment",
  { timeout: 10_000 },
  (unit) => {
    expect(clean(`\x1b[${unit.repeat(500_000)}`).length).toBeLessThanOrEqual(500_000);
  },
);

test("output that fits is left as it is", () => {
  const text = "a".repeat(5120);
  expect(fitOutput(whole(text), 5120)).toBe(text);
});

test("output one byte too long is cut", () => {
  const cut = fitOutput(whole("a".repeat(5121)), 5120);
  expect(cut).toMatch(/^a+\n\[… \d+ bytes omitted \(0 lines\); rerun with a filter, e\.g\. \| head or \| tail …\]\na+$/);
  expect(byteLength(cut)).toBeLessThanOrEqual(5120);
});

test("output is cut on line boundaries, two fifths from the start and three from the end", () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`);
  const cut = fitOutput(whole(lines.join("")), 5120);

  const [head = "", notice = "", tail = ""] = cut.split(/(\[…[^\n]*\n)/);
  expect(lines.join("").startsWith(head)).toBe(true);
  expect(head.endsWith("\n")).toBe(true);
  expect(lines.join("").endsWith(tail)).toBe(true);
  expect(tail).toMatch(/^line /);
  expect(byteLength(head) / byteLength(tail)).toBeCloseTo(2 / 3, 1);
  const [, bytes, omitted] = /^\[… ([\d ]+) bytes omitted \(([\d ]+) lines\)/.exec(notice) ?? [];
  expect(Number(bytes?.replaceAll(" ", ""))).toBe(byteLength(lines.join("")) - byteLength(head) - byteLength(tail));
  expect(Number(omitted?.replaceAll(" ", ""))).toBe(5000 - head.split("\n").length - tail.split("\n").length + 2);
});

test("what the sandbox left out counts as omitted", () => {
  const cut = fitOutput({ head: "first\n", tail: "last\n", omittedBytes: 18_190, omittedLines: 400 }, 5120);
  expect(cut).toBe("first\n[… 18 190 bytes omitted (400 lines); rerun with a filter, e.g. | head or | tail …]\nlast\n");
});

test("cut output never exceeds its budget, is valid UTF-8, and keeps its start and end", () => {
  const unit = fc.constantFrom("a", "\n", "ż", "你", "🙂", "e\u0301", " ");
  const text = fc.string({ unit, minLength: 0, maxLength: 4000 });

  fc.assert(
    fc.property(text, text, fc.nat(1_000_000), fc.integer({ min: 256, max: 3000 }), (head, tail, omittedBytes, maxBytes) => {
      const output = omittedBytes === 0 ? whole(head) : { head, tail, omittedBytes, omittedLines: 7 };
      const cut = fitOutput(output, maxBytes);
      expect(byteLength(cut)).toBeLessThanOrEqual(maxBytes);
      expect(Buffer.from(cut).toString()).toBe(cut);
      expect(cut).not.toContain("\uFFFD");
      const [first = "", last = ""] = cut.split(/\n?\[… [^\n]*\n/);
      expect(head.startsWith(first)).toBe(true);
      expect((omittedBytes === 0 ? head : tail).endsWith(last)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("the first bytes of a text end between characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, maxBytes) => {
      const first = firstBytes(text, maxBytes);
      expect(byteLength(first)).toBeLessThanOrEqual(maxBytes);
      expect(text.startsWith(first)).toBe(true);
      expect(byteLength(text) <= maxBytes ? first : byteLength(first) + 4).toSatisfy((value) =>
        typeof value === "string" ? value === text : value > maxBytes,
      );
    }),
  );
});

test("a line too long to show is cut between characters at both ends", () => {
  for (let maxBytes = 256; maxBytes < 300; maxBytes += 1) {
    const cut = fitOutput(whole("你".repeat(400)), maxBytes);
    expect(byteLength(cut)).toBeLessThanOrEqual(maxBytes);
    expect(cut).toMatch(/^你+\n\[… [\d ]+ bytes omitted[^\n]*\n你+$/);
  }
});
