// Control and format characters, lone surrogates, and ends of lines and paragraphs.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Makes text from a file safe to print in one line of a message: escapes control characters and cuts text longer than `maxCharacters`. */
export function printable(text: string, maxCharacters = 60): string {
  const shown = text.length > maxCharacters ? `${text.slice(0, maxCharacters - 3)}...` : text;
  return shown.replace(UNPRINTABLE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

/** Makes text of unknown origin safe to print: control characters other than line ends and tabs would drive the reader's terminal. */
export function plainText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** Makes text of unknown origin one line without control characters. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}
