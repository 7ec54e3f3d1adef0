import fc from "fast-check";
import { expect, test } from "vitest";
import { clipped, jsonPieces, jsonText, oneLine, plainText, printable } from "../../src/core/printable.ts";

const HOSTILE: readonly (readonly [what: string, text: string, shown: string])[] = [
  ["a colour code", "a\u001b[31mb", "a\\u001b[31mb"],
  ["a bell", "a\u0007b", "a\\u0007b"],
  ["a backspace", "a\u0008b", "a\\u0008b"],
  ["a delete", "a\u007fb", "a\\u007fb"],
  ["a control character of one byte", "a\u009b31mb", "a\\u009b31mb"],
  ["a command for the clipboard", "\u001b]52;c;eA==\u0007", "\\u001b]52;c;eA==\\u0007"],
  ["an override of the direction", "a\u202eb\u202c", "a\\u202eb\\u202c"],
  ["an isolate", "a\u2066b\u2069", "a\\u2066b\\u2069"],
  ["a mark of the direction", "a\u200fb\u061c", "a\\u200fb\\u061c"],
  ["a space without width", "a\u200bb", "a\\u200bb"],
  ["a joiner between Latin letters", "a\u200db", "a\\u200db"],
  ["a non-joiner between Latin letters", "a\u200cb", "a\\u200cb"],
  ["a joiner between Arabic letters", "\u0633\u200d\u0644", "\u0633\\u200d\u0644"],
  ["a non-joiner between two scripts", "\u0633\u200ca", "\u0633\\u200ca"],
  ["a joiner after the last emoji", "\u{1f468}\u200d", "\u{1f468}\\u200d"],
  ["a byte order mark", "\ufeffa", "\\ufeffa"],
  ["a soft hyphen", "a\u00adb", "a\\u00adb"],
  ["a word joiner and an invisible times", "a\u2060b\u2062", "a\\u2060b\\u2062"],
  ["a combining grapheme joiner", "a\u034fb", "a\\u034fb"],
  ["a filler", "a\u3164b\u115f", "a\\u3164b\\u115f"],
  ["ends of lines and paragraphs", "a\u2028b\u2029c\u0085d", "a\\u2028b\\u2029c\\u0085d"],
  ["half a pair of surrogates", "a\ud800b\udc00", "a\\ud800b\\udc00"],
  ["hidden text of tags", "a\u{e0068}\u{e0069}", "a\\u{e0068}\\u{e0069}"],
  ["hidden text behind a flag", "\u{1f3f4}\u{e0068}\u{e0069}\u{e007f}", "\u{1f3f4}\\u{e0068}\\u{e0069}\\u{e007f}"],
  ["a selector after a letter", "a\ufe0fb\u{e0100}", "a\\ufe0fb\\u{e0100}"],
  ["a selector after a digit", "1\ufe0f", "1\\ufe0f"],
  ["what is no character", "a\uffff\ufdd0\u{1fffe}", "a\\uffff\\ufdd0\\u{1fffe}"],
  ["a code point without a character", "a\u0378", "a\\u0378"],
  ["an annotation", "a\ufff9b", "a\\ufff9b"],
  ["a mark that nothing stands before", "\u0338a\n\u20ddb", "\\u0338a\n\\u20ddb"],
  ["marks that pile up", `a${"\u0301".repeat(8)}`, `a${"\u0301".repeat(6)}\\u0301\\u0301`],
];

test.for(HOSTILE)("%s becomes visible", ([, text, shown]) => {
  expect(plainText(text)).toBe(shown);
  expect(oneLine(text)).toBe(shown.replaceAll("\n", " "));
  expect(printable(text, 200)).toBe(shown.replaceAll("\n", "\\u000a"));
});

const NATURAL: readonly (readonly [what: string, text: string])[] = [
  ["a family, a profession, a flag of a rainbow", "👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 👩‍❤️‍💋‍👨"],
  ["emoji with selectors, and keys", "⚠️ ❤️ ☎︎ 1️⃣ #️⃣"],
  ["flags", "🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
  ["Persian with non-joiners", "می‌خواهم کتاب‌ها نامه‌ای"],
  ["Hindi, Bengali, Sinhala and Malayalam with joiners", "क्‍ष क्‌ष র‍্যাব ශ්‍රී ലങ്ക ന്‍"],
  ["variants of Han characters", "葛󠄀城 辻󠄁"],
  ["Hebrew with points and accents", "שָׁלוֹם בְּרֵאשִׁ֖ית"],
  ["Arabic with points and a sign of the verse", "عَرَبِيّ ۝"],
  ["Mongolian with selectors", "ᠮᠣᠩᠭᠣᠯ ᠠ᠋"],
  ["letters with marks of their own", "e\u0301 A\u030a Việt ไทยที่ བོད་སྐད་"],
  ["Chinese, Japanese and Korean", "中文 日本語\u3000한국어"],
  ["punctuation and spaces of typography", "“naïve” — 5\u202f€ 10\u00a0% …"],
  ["a path of Windows and an escape in code", "C:\\users\\u202e '\\u202e'"],
];

test.for(NATURAL)("%s stay as they are", ([, text]) => {
  expect(plainText(text)).toBe(text);
  expect(printable(text, 200)).toBe(text);
});

test("text keeps its lines and tabs, those of other systems as lines", () => {
  expect(plainText("a\tb\nc\r\nd\re")).toBe("a\tb\nc\nd\ne");
});

test("text of several lines becomes one line", () => {
  expect(oneLine(" a\r\n\u001b[1mb\tc ")).toBe("a \\u001b[1mb c");
});

test("line ends and tabs of a name are visible, and a long name is cut between characters", () => {
  expect(printable("a\nb\tc\u200b")).toBe("a\\u000ab\\u0009c\\u200b");
  expect(printable("x".repeat(70))).toBe(`${"x".repeat(57)}...`);
  expect(printable("😀".repeat(70))).toBe(`${"😀".repeat(57)}...`);
});

test("shortened text has no half of a character, of a joined emoji or of an escape", () => {
  expect(clipped("a".repeat(5), 5)).toBe("aaaaa");
  expect(clipped("aaa😀😀", 5)).toBe("aaa😀😀");
  expect(clipped("aaa😀😀b", 5)).toBe("aaa😀…");
  expect(clipped("aaa👨‍👩‍👧", 6)).toBe("aaa👨…");
  for (const most of [5, 6, 7, 8, 9]) expect(clipped("aaa\\u202ebbb", most)).toBe("aaa…");
  expect(clipped("aaa\\u202ebbb", 10)).toBe("aaa\\u202e…");
});

// Everything that Unicode calls ignorable, a control, a format character or no character; joined natural text is tested above.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/u;
const anyText = fc.string({ unit: "binary", maxLength: 60 });
const latinAmong = fc
  .array(
    fc.tuple(
      fc.string({ minLength: 1, maxLength: 3 }),
      fc.constantFrom("\u202e", "\u200b", "\u200d", "\u200c", "\ufe0f", "\u009b", "\u{e0041}", "\u2028"),
    ),
  )
  .map((parts) => parts.flat().join(""));

test("no text keeps a character that cannot be seen among Latin letters, and what is visible stays as it is", () => {
  fc.assert(
    fc.property(latinAmong, (text) => {
      expect(plainText(text)).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u);
      expect(printable(text, 1_000)).not.toMatch(UNSEEN);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(anyText, (text) => {
      expect(plainText(plainText(text))).toBe(plainText(text));
      expect(oneLine(oneLine(text))).toBe(oneLine(text));
      expect(/[\n\t]/.test(printable(text))).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("JSON reads back the same and holds only characters that can be seen", () => {
  const value = { "k\u200b": ["👨‍👩‍👧", "\u001b\u009b\u202e\ud800\u{e0041}\u2028", { n: 1, deep: null }] };

  expect(jsonText(value, 0)).toBe(
    '{"k\\u200b":["👨\\u200d👩\\u200d👧","\\u001b\\u009b\\u202e\\ud800\\udb40\\udc41\\u2028",{"n":1,"deep":null}]}',
  );
  expect(JSON.stringify(value)).toMatch(UNSEEN);
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (any) => {
      expect(JSON.parse(jsonText(any))).toEqual(JSON.parse(JSON.stringify(any)));
      expect(jsonText(any).replaceAll("\n", "")).not.toMatch(UNSEEN);
      expect([...jsonPieces({ any, left: undefined })].join("")).toBe(`${jsonText({ any, left: undefined })}\n`);
    }),
  );
});

test("long text is made visible piece by piece, with the same result", () => {
  const line = "می‌خواهم 👨‍👩‍👧 a\u202eb";
  const long = `${line}\n`.repeat(20_000);

  expect(plainText(long)).toBe(`${plainText(line)}\n`.repeat(20_000));
  expect(plainText("\u200b".repeat(200_000))).toBe("\\u200b".repeat(200_000));
  expect(plainText("😀".repeat(100_000))).toBe("😀".repeat(100_000));
});
