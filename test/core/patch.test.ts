import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePatch } from "../../src/core/patch.ts";

const BEGIN = "*** Begin Patch\n";
const END = "\n*** End Patch";

test.for([
  { text: "", line: 1, problem: "the first line must be '*** Begin Patch'" },
  { text: "\n\n--- a\n+++ b\n", line: 3, problem: "the first line must be '*** Begin Patch'" },
  { text: `${BEGIN}*** Delete File: a`, line: 2, problem: "the last line must be '*** End Patch'" },
  { text: BEGIN, line: 1, problem: "the last line must be '*** End Patch'" },
  { text: `${BEGIN}${END}`, line: 2, problem: "the patch changes no file" },
  { text: `${BEGIN}*** Rename File: a${END}`, line: 2, problem: "'*** Rename File: a' is not a file operation" },
  { text: `${BEGIN}*** Add File:  ${END}`, line: 2, problem: "the path is missing" },
  { text: `${BEGIN}*** Add File: a\n+x\ny${END}`, line: 4, problem: "'y' is not a file operation" },
  { text: `${BEGIN}*** Delete File: a\n+x${END}`, line: 3, problem: "'+x' is not a file operation" },
  { text: `${BEGIN}*** Update File: a${END}`, line: 2, problem: "the update of 'a' changes nothing" },
  { text: `${BEGIN}*** Update File: a\n*** Move to: ${END}`, line: 3, problem: "the new path is missing" },
  { text: `${BEGIN}*** Update File: a\n@@${END}`, line: 3, problem: "the hunk has no lines" },
  { text: `${BEGIN}*** Update File: a\n@@\nx${END}`, line: 4, problem: "'x' is not a line of a hunk" },
  { text: `${BEGIN}*** Update File: a\n@@\n-x\ny${END}`, line: 5, problem: "'y' is not a line of a hunk" },
  { text: `${BEGIN}*** Update File: a\n@@\n-x\n*** Frobnicate${END}`, line: 5, problem: "'*** Frobnicate' is not a file operation" },
])("$problem", ({ text, line, problem }) => {
  expect(parsePatch(text)).toMatchObject({ kind: "malformed", line, problem });
});

test("no text makes the parser throw", () => {
  const part = fc.constantFrom(
    "*** Begin Patch",
    "*** End Patch",
    "*** Update File: a",
    "*** Add File: b",
    "@@",
    "@@ x",
    " x",
    "-x",
    "+x",
    "",
    "*** End of File",
  );

  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string())), (lines) => {
      const parsed = parsePatch(lines.join("\n"));
      return parsed.kind === "malformed" ? parsed.line >= 1 : parsed.operations.length > 0;
    }),
  );
});
