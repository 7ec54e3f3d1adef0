import { expect, test } from "vitest";
import { InfraError } from "../../../src/core/errors.ts";
import { compileRule } from "../../../src/core/glob.ts";
import { collectExport } from "../../../src/sandbox/channel/export.ts";

const request = { root: "/workspace", rule: { include: ["**/*.py"], exclude: ["x/**"] }, maxFiles: 2, maxBytes: 5 };
const collect = (files: readonly (readonly [path: string, ...chunks: string[]])[]) => {
  const parts = files.flatMap(([file, ...chunks]) => [
    { header: { file, executable: false }, payload: Buffer.alloc(0) },
    ...chunks.map((chunk) => ({ header: {}, payload: Buffer.from(chunk) })),
  ]);
  return collectExport({ answer: { refused: [] }, parts }, compileRule(request.rule), request);
};

test("chunks become the file they belong to", () => {
  expect(collect([["a.py", "12", "3"], ["b.py"]]).files).toEqual([
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
] as const)("%s is not believed", ([, files]) => {
  expect(() => collect(files)).toThrow(InfraError);
});
