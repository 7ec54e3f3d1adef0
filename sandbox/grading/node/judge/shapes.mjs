/** Places where results of the solution arrive, and whether they are plain data there: what the reference taught must hold for every other solution. */

const MAX_PLACES = 5_000;
const MAX_LABELS = 200;
const MAX_LABEL = 200;

/** Thrown in a test when the solution gave an object of its own where the reference gave plain data. */
export class OwnObject extends Error {
  name = "OwnObject";
}

/** The places of one run. `expected` maps places to "data" or "own" as the reference taught them, or is null. */
export class Shapes {
  #seen = new Map();
  #labels = new WeakMap();
  #expected;

  constructor(expected) {
    this.#expected = new Map(Object.entries(expected ?? {}));
  }

  /** Names the places of what an operation on a stand-in gives. An object that was reached in several ways has as many places. */
  placesOf(op, standIn, key) {
    const labels = this.#labels.get(standIn) ?? [];
    if (op === "call" || op === "construct") return labels.map((label) => extended(label, "()"));
    const step = typeof key === "symbol" ? `[${key.description}]` : /^\d+$/.test(key ?? "") ? "[]" : `.${key}`;
    return labels.map((label) => extended(label, step));
  }

  /** Tells whether the reference gave plain data at one of these places. */
  expectData(places) {
    return places.some((place) => this.#expected.get(place) === "data");
  }

  /** Notes that something came about at places at which only the reference can have it; returns whether it had it at one of them, or is not fully known. */
  allow(places) {
    for (const place of places) if (this.#seen.size < MAX_PLACES) this.#seen.set(place, "own");
    const isKnown = this.#expected.size > 0 && this.#expected.size < MAX_PLACES;
    return !isKnown || places.some((place) => this.#expected.has(place));
  }

  /** Notes what arrived. Returns an error if it may not be. */
  note(places, hasOwn) {
    for (const place of places) {
      if (this.#seen.get(place) !== "own" && (this.#seen.has(place) || this.#seen.size < MAX_PLACES))
        this.#seen.set(place, hasOwn ? "own" : "data");
    }
    const at = hasOwn ? places.find((place) => this.#expected.get(place) === "data") : undefined;
    return at === undefined ? null : new OwnObject(`${at} returned an object of its own where plain data was expected`);
  }

  /** Remembers how a stand-in was reached. */
  label(standIn, places) {
    const labels = this.#labels.get(standIn) ?? [];
    const fresh = places.filter((place) => !labels.includes(place));
    if (fresh.length > 0) this.#labels.set(standIn, [...fresh, ...labels].slice(0, MAX_LABELS));
  }

  /** Returns what was seen at each place. */
  seen() {
    return Object.fromEntries(this.#seen);
  }
}

function extended(label, step) {
  return label.length + step.length > MAX_LABEL ? label : `${label}${step}`;
}
