import fc from "fast-check";
import { expect, test } from "vitest";
import { InfraError } from "../../../src/core/errors.ts";
import { compileRule } from "../../../src/core/glob.ts";
import { batchFiles, collectExport, isPlainRelative, refusePath } from "../../../src/sandbox/channel/file-transfer.ts";

test.for(["a", "a/b", ".", "..", "/etc", "~a", "a/~", "é", "a b"])("%j may be resolved inside", (path) => {
  expect(refusePath(path)).toBeNull();
});

test.for(["", "~", "~/a", "a\0", "\udfff", "x".repeat(5000)])("%j is refused without asking the guest", (path) => {
  expect(refusePath(path)).not.toBeNull();
});

test.for([
  ["a", true],
  ["a/b.c", true],
  ["...", true],
  ["é/名", true],
  ["", false],
  ["/a", false],
  ["a/", false],
  ["a//b", false],
  [".", false],
  ["a/../b", false],
  ["..", false],
  ["a\0", false],
] as const)("that %j is a plain relative path is %s", ([path, expected]) => {
  expect(isPlainRelative(path)).toBe(expected);
});

const sizes = fc.array(fc.nat(30), { maxLength: 20 });

test("batches of any size restore every file, in order and within bounds", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 16 }), (lengths, maxBytes) => {
      const files = lengths.map((length, index) => ({
        path: `f${index}`,
        bytes: Buffer.alloc(length, index),
        executable: index % 2 === 0,
      }));
      const laid = new Map<string, Buffer>();

      for (const { pieces, payload } of batchFiles(files, maxBytes)) {
        expect(payload.length).toBeLessThanOrEqual(maxBytes);
        let start = 0;
        for (const [path, length, , offset] of pieces) {
          const before = offset === 0 ? Buffer.alloc(0) : (laid.get(path) ?? Buffer.alloc(0));
          expect(before).toHaveLength(offset);
          laid.set(path, Buffer.concat([before, payload.subarray(start, start + length)]));
          start += length;
        }
        expect(start).toBe(payload.length);
      }

      expect([...laid]).toEqual(files.map((file) => [file.path, file.bytes]));
    }),
  );
});

const request = { root: "/workspace", rule: { include: ["**/*.py"], exclude: ["x/**"] }, maxFiles: 2, maxBytes: 5 };
const collect = (files: readonly (readonly [path: string, ...chunks: string[]])[]) => {
  const parts = files.flatMap(([file, ...chunks]) => [
    { header: { file, executable: false }, payload: Buffer.alloc(0) },
    ...chunks.map((chunk) => ({ header: {}, payload: Buffer.from(chunk) })),
  ]);
  return collectExport({ answer: { refused: [] }, parts }, compileRule(request.rule), request);
};

test("chunks are joined into the file they belong to", async () => {
  expect((await collect([["a.py", "12", "3"], ["b.py"]])).files).toEqual([
    { path: "a.py", executable: false, bytes: Buffer.from("123") },
    { path: "b.py", executable: false, bytes: Buffer.alloc(0) },
  ]);
});

test.for([
  ["a path that leads up", [["../a.py"]]],
  ["an absolute path", [["/a.py"]]],
  ["a file that the rule does not name", [["a.sh"]]],
  ["a file that the rule excludes", [["x/a.py"]]],
  ["more files than asked for", [["a.py"], ["b.py"], ["c.py"]]],
  ["more bytes than asked for", [["a.py", "123", "456"]]],
] as const)("%s is refused from the guest", async ([, files]) => {
  await expect(collect(files)).rejects.toThrow(InfraError);
});
