/**
 * Drops the characters of `dropped` from the end of a text.
 *
 * A regular expression such as `/[ \t]+$/` takes quadratic time on a long run of blanks inside a line, and models write the input.
 */
export function trimEndOf(text: string, dropped: string): string {
  let end = text.length;
  while (end > 0 && dropped.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
