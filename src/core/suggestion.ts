import { closestMatch } from "leven";
import { printable } from "./printable.ts";

// Two letters that are exchanged are two changes; in a short name more than a third of it would be another word.
const MAX_CHANGES = 3;
const MAX_COMPARED_LENGTH = 200;

/** Words that ask whether a name that was not found is a misspelling of a known one, such as ` (did you mean "fizz-buzz"?)`; empty where none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  if (name.length > MAX_COMPARED_LENGTH) return "";
  const nearest = nearestTo(name, known);
  return nearest === undefined ? "" : ` (did you mean "${printable(nearest)}"?)`;
}

function nearestTo(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.normalize("NFC").toLowerCase();
  const byPlain = new Map(known.filter((one) => one.length <= MAX_COMPARED_LENGTH).map((one) => [plain(one), one]));
  const maxDistance = Math.min(MAX_CHANGES, Math.floor(name.length / 3));
  const match = byPlain.has(plain(name))
    ? plain(name)
    : maxDistance > 0
      ? closestMatch(plain(name), [...byPlain.keys()], { maxDistance })
      : undefined;
  return match === undefined ? undefined : byPlain.get(match);
}
