import fc from "fast-check";
import { expect, test } from "vitest";
import { readCommands } from "../../../src/grade/tampering/shell-command.ts";

const words = (text: string) => readCommands(text).map((command) => command.words);

test.for([
  ["a b; c && d | e & f", [["a", "b"], ["c"], ["d"], ["e"], ["f"]]],
  [`a 'b c' "d e"f g\\ h $'x\\ny'`, [["a", "b c", "d ef", "g h", "x\ny"]]],
  ["a # comment; b\nc#d", [["a"], ["c#d"]]],
  ["a $(b `c`) d", [["a", "$(...)", "d"], ["b", "$(...)"], ["c"]]],
  [
    'echo "$(cat /a "b c")"',
    [
      ["echo", "$(...)"],
      ["cat", "/a", "b c"],
    ],
  ],
  ["a \\\n b", [["a", "b"]]],
  ["(cd x; y)", [["cd", "x"], ["y"]]],
] as const)("the commands of %s", ([text, expected]) => {
  expect(words(text)).toEqual(expected);
});

test("redirections are files, not words", () => {
  expect(readCommands("a <in >out 2>>err 2>&1 &>both b <<<here")).toEqual([
    { words: ["a", "b"], targets: ["out", "err", "both"], sources: ["in"], heredoc: null },
  ]);
});

test("a here-document belongs to its command, and what follows is read on", () => {
  expect(readCommands("cat > f <<'EOF' && b\none; two > three\nEOF\nc")).toEqual([
    { words: ["cat"], targets: ["f"], sources: [], heredoc: "one; two > three" },
    { words: ["b"], targets: [], sources: [], heredoc: null },
    { words: ["c"], targets: [], sources: [], heredoc: null },
  ]);
  expect(readCommands("cat <<-A <<B\n\tone\n\tA\ntwo\nB\nx").map(({ words: own }) => own)).toEqual([["cat"], ["x"]]);
});

test("any text at all is read without an error, in time that grows with its length", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab '\"\\$()`<>&|;#\n{}!-".split("")) }), (text) => {
      expect(Array.isArray(readCommands(text))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
  for (const piece of ["$(", "`", "'\"", "<<a\n", "<(", "a=${", "\\\n", "$'"]) readCommands(piece.repeat(60_000));
});
