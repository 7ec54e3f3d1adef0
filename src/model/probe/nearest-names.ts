// What is compared costs their product; ids are shorter, and lists of gateways have some hundreds.
const MAX_CHARS = 80;
const MAX_NAMES = 2_000;

// A name of twelve letters may have four wrong.
const MAX_DIFFERENCE = 0.34;

/** Finds the names that look most like a wanted one, the nearest first: at most `most`, and none that differs in more than a third of it. */
export function nearestNames(wanted: string, names: readonly string[], most = 3): readonly string[] {
  const target = simple(wanted);
  return [...new Set(names)]
    .slice(0, MAX_NAMES)
    .map((name) => ({ name, difference: differenceOf(target, simple(name)) }))
    .filter(({ difference }) => difference <= MAX_DIFFERENCE)
    .toSorted((a, b) => a.difference - b.difference)
    .slice(0, most)
    .map(({ name }) => name);
}

/** The share of a name that is wrong. One that holds the other, such as with its provider before it, is near. */
function differenceOf(target: string, other: string): number {
  if (other === target) return 0;
  if (Math.min(target.length, other.length) >= 3 && (other.includes(target) || target.includes(other))) return 0.1;
  const [ownEnd, otherEnd] = [lastPart(target), lastPart(other)];
  return Math.min(editDistance(target, other) / target.length, editDistance(ownEnd, otherEnd) / Math.max(1, ownEnd.length));
}

function simple(name: string): string {
  return name.toLowerCase().slice(0, MAX_CHARS);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** @see Levenshtein 1966 */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
