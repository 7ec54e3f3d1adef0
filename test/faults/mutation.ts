import fc from "fast-check";

/** One change of a value made of objects and lists: where, what is done there, and with which value. */
export type Mutation = {
  readonly place: number;
  readonly deed: "replace" | "remove" | "rename" | "repeat" | "wrap";
  readonly value: unknown;
  readonly key: string;
};

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string | number };

const ODD_KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "",
  "type",
  "content",
  "a\nb",
  "\u001b[31m",
  "x".repeat(800),
  "0",
  "usage",
  "Name",
];

/** Up to three changes, with values that the caller thinks likely to break something. */
export function mutations(values: fc.Arbitrary<unknown>): fc.Arbitrary<readonly Mutation[]> {
  const one = fc.record({
    place: fc.nat(10_000),
    deed: fc.constantFrom("replace", "replace", "replace", "remove", "rename", "repeat", "wrap"),
    value: values,
    key: fc.constantFrom(...ODD_KEYS),
  });
  return fc.array(one, { minLength: 1, maxLength: 3 });
}

/** Gives a changed copy; the original stays as it is. */
export function mutated(original: unknown, changes: readonly Mutation[]): unknown {
  const root = { it: structuredClone(original) };
  for (const change of changes) apply(root, change);
  return root.it;
}

function apply(root: { it: unknown }, { place, deed, value, key }: Mutation): void {
  const places = placesIn(root);
  const at = places[place % places.length];
  if (at === undefined) return;
  const holder = at.holder as Record<string | number, unknown>;
  const before = holder[at.key];
  if (deed === "replace") define(holder, at.key, structuredClone(value));
  if (deed === "wrap") define(holder, at.key, place % 2 === 0 ? [before] : { [key]: before });
  if (at.holder === root) return;
  if (deed === "remove") remove(at);
  if (deed === "rename" && !Array.isArray(at.holder)) {
    delete holder[at.key];
    define(holder, key, before);
  }
  if (deed !== "repeat") return;
  if (Array.isArray(at.holder)) at.holder.push(structuredClone(before));
  else define(holder, `${at.key}2`, before);
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

// An assignment to `__proto__` would do something else.
function define(holder: object, key: string | number, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function placesIn(holder: Record<string, unknown> | unknown[]): Place[] {
  return Object.entries(holder).flatMap(([key, value]) => [
    { holder, key },
    ...(typeof value === "object" && value !== null ? placesIn(value as Record<string, unknown>) : []),
  ]);
}
