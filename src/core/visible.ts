/**
 * The one rule for text of unknown origin on its way to a reader: a character that draws nothing, or that steers how others are drawn, is written as an escape that
 * can be read, such as `\u202e`. These are control and format characters (bidirectional controls and tags among them), ends of lines and paragraphs, lone surrogates,
 * ignorable characters (zero-width ones, fillers, selectors) and code points without a character. Marks that pile up, or that have nothing to stand on, are, too.
 *
 * Natural text needs some of them, in places that Unicode defines; there they stay: joined emoji and emoji selectors (UTS 51), non-joiners within cursive scripts and
 * joiners within Indic ones (UAX 31, limited contexts), selectors after Han and Mongolian letters, and number signs that are drawn.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Cn}\p{DI}]/gu;

// Marks pile up on the character before them. UTS 39 calls more than four suspicious in a name; Hebrew with cantillation takes five.
const MAX_MARKS = 6;
const PILED_MARK = new RegExp(`(?<=[\\p{Mn}\\p{Me}]{${MAX_MARKS}})[\\p{Mn}\\p{Me}]`, "gu");
// A mark with no character before it would alter what stands there in the output.
const BASELESS_MARK = /(?<=^|\p{Cc})\p{M}/gu;

const PLAIN = /^[\n\t\x20-\x7e]*$/;
// Most text has nothing of it, and one look is faster than three.
const SUSPECT = new RegExp(`${INVISIBLE.source}|\\p{M}`, "u");

/** Writes what cannot be seen in a text as escapes, except the characters in `kept`, such as line ends. */
export function visible(text: string, kept = ""): string {
  const shown = (piece: string): string =>
    piece
      .replace(BASELESS_MARK, escapeOf)
      .replace(PILED_MARK, escapeOf)
      .replace(INVISIBLE, (character, at: number, whole: string) =>
        kept.includes(character) || standsNaturally(whole, at, character) ? character : escapeOf(character),
      );
  return inPieces(text, (piece) => (PLAIN.test(piece) && !hasOther(piece, kept) ? piece : SUSPECT.test(piece) ? shown(piece) : piece));
}

function hasOther(piece: string, kept: string): boolean {
  return ["\n", "\t"].some((character) => !kept.includes(character) && piece.includes(character));
}

/** Writes every character that cannot be seen, except line ends, as escapes of JSON: those of a pair of surrogates where it takes two. */
export function visibleJson(json: string): string {
  const units = (character: string): string => (character === "\n" ? character : character.split("").map(escapeOf).join(""));
  return inPieces(json, (piece) => (PLAIN.test(piece) ? piece : piece.replace(INVISIBLE, units)));
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

// In characters. The engine keeps every replacement of one call in memory, at many times the size of the text.
const PIECE = 65_536;

function inPieces(text: string, change: (piece: string) => string): string {
  if (text.length <= PIECE) return change(text);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = pieceEnd(text, at + PIECE);
    pieces.push(change(text.slice(at, end)));
    at = end;
  }
  return pieces.join("");
}

// Ends a piece after a space or a line end, so that nothing that belongs together is parted; text without any is parted between characters.
function pieceEnd(text: string, most: number): number {
  if (most >= text.length) return text.length;
  const blank = Math.max(text.lastIndexOf(" ", most), text.lastIndexOf("\n", most));
  if (blank > most - PIECE / 2) return blank + 1;
  return /[\ud800-\udbff]/.test(text[most - 1] ?? "") ? most - 1 : most;
}

// How far a joined emoji or a flag reaches back, in units.
const REACH = 32;
const ZWNJ = "\u200c";
const ZWJ = "\u200d";
const MAX_JOINED = 4;
const PICTURE = "\\p{ExtPict}\\p{EMod}?\\ufe0f?";
const PICTURE_BEFORE = new RegExp(`${PICTURE}$`, "u");
const LONG_BEFORE = new RegExp(`(?:${PICTURE}\\u200d){${MAX_JOINED}}${PICTURE}$`, "u");
const SELECTOR_OF_EMOJI = /[\ufe0e\ufe0f]/;
const SELECTOR_OF_HAN = /[\ufe00-\ufe02\u{e0100}-\u{e01ef}]/u;
const SELECTOR_OF_MONGOLIAN = /[\u180b-\u180f]/;
const NUMBER_SIGN = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
const TAG = /[\u{e0020}-\u{e007f}]/u;
const CURSIVE = ["Arab", "Syrc", "Mong", "Nkoo", "Mand", "Phag", "Adlm", "Rohg"].map(ofScript);
const INDIC = "Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Mymr Khmr Tibt Newa Bali Java".split(" ").map(ofScript);
// A joiner after one of these may also end a word.
const VIRAMA = /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u0f84\u1039\u17d2\u1b44\ua9c0\u{11442}]/u;
// The only flags written with tags that Unicode recommends: England, Scotland and Wales. Others could hide text.
const FLAGS = ["gbeng", "gbsct", "gbwls"].map((region) => `\u{1f3f4}${tags(region)}\u{e007f}`);

function standsNaturally(whole: string, at: number, character: string): boolean {
  // Nothing below is natural anywhere.
  if (character < "\u0600") return false;
  const before = whole.slice(Math.max(0, at - REACH), at);
  const [first = ""] = whole.slice(at + character.length, at + character.length + 2);
  const last = before.slice(isLowSurrogate(before.at(-1)) ? -2 : -1);
  if (character === ZWJ || character === ZWNJ)
    return joinsLetters(last, first, character) || (character === ZWJ && joinsEmoji(before, first));
  if (SELECTOR_OF_EMOJI.test(character)) return /\p{ExtPict}/u.test(last) || (/[0-9#*]/.test(last) && first === "\u20e3");
  if (SELECTOR_OF_HAN.test(character)) return /\p{sc=Han}/u.test(last);
  if (SELECTOR_OF_MONGOLIAN.test(character)) return /\p{sc=Mong}/u.test(last) && (character !== "\u180e" || /\p{sc=Mong}/u.test(first));
  if (TAG.test(character)) return isInFlag(before, whole.slice(at, at + REACH));
  // Code points that are kept free for emoji of later years are such already.
  return NUMBER_SIGN.test(character) || /\p{ExtPict}/u.test(character);
}

function joinsLetters(last: string, first: string, character: string): boolean {
  if (!/[\p{L}\p{M}]/u.test(last)) return false;
  const isBetween = (script: RegExp): boolean => script.test(last) && script.test(first);
  return VIRAMA.test(last) || INDIC.some(isBetween) || (character === ZWNJ && CURSIVE.some(isBetween));
}

function joinsEmoji(before: string, first: string): boolean {
  return /\p{ExtPict}/u.test(first) && PICTURE_BEFORE.test(before) && !LONG_BEFORE.test(before);
}

function isInFlag(before: string, rest: string): boolean {
  const start = before.lastIndexOf("\u{1f3f4}");
  return start >= 0 && FLAGS.some((flag) => (before.slice(start) + rest).startsWith(flag) && before.length - start < flag.length);
}

function isLowSurrogate(unit: string | undefined): boolean {
  return unit !== undefined && unit >= "\udc00" && unit <= "\udfff";
}

function ofScript(name: string): RegExp {
  return new RegExp(`\\p{scx=${name}}`, "u");
}

function tags(text: string): string {
  return Array.from(text, (character) => String.fromCodePoint(0xe0000 + character.charCodeAt(0))).join("");
}
