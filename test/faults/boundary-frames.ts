/** A source of random numbers that can be repeated (mulberry32). */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NAMES = [
  "constructor",
  "__proto__",
  "prototype",
  "toString",
  "valueOf",
  "then",
  "toJSON",
  "call",
  "apply",
  "bind",
  "mock",
  "calls",
  "length",
];
const WORDS = [
  "iterator",
  "for",
  "asyncIterator",
  "Function",
  "eval",
  "Object",
  "Error",
  "TypeError",
  "Reflect",
  "Uint8Array",
  "process",
  "secret",
];
const CODE = [
  "return process",
  "globalThis.broken = 1",
  "x');globalThis.broken=1;('",
  "/tmp/grading/tests/a",
  "\ud800",
  "",
  "x".repeat(500),
];
const NUMBERS = [0, 1, 2, 3, 4, -1, 0.5, 1e308, -0, 2 ** 31, 2 ** 53, 1e6, 999_999];
const TAGS = [
  "u",
  "f",
  "i",
  "y",
  "k",
  "c",
  "d",
  "r",
  "b",
  "v",
  "l",
  "p",
  "t",
  "w",
  "h",
  "H",
  "a",
  "o",
  "n",
  "m",
  "s",
  "_",
  "x",
  "constructor",
];
const OUTLINES = ["function", "object", "promise", "symbol", "error", "signal", "method", "__proto__"];
const OPERATIONS = ["call", "construct", "method", "get", "set", "import", "constructor", "keys", "define"];

/** Makes hostile frames: valid ones, valid ones with wrong parts, and what is no frame at all. */
export class FrameSource {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomSource(seed);
  }

  /** A message as it would come over the wire, without its first element. */
  frame(answers: number): unknown {
    const kind = this.#below(12);
    if (kind < 4)
      return ["answer", this.#often(answers), this.#often(this.#below(2) === 1), this.#value(0), this.#changes(), this.#extra()];
    if (kind < 8) return this.#request();
    if (kind < 10) return this.#note();
    return this.#any(0);
  }

  #note(): unknown {
    const kind = this.#one(["settle", "abort", "fault", "note"]);
    const note = [kind, this.#one(NUMBERS), this.#often(this.#below(2) === 1), this.#value(0)];
    return kind === "settle" && this.#below(8) > 0 ? [...note, this.#changes()] : note;
  }

  #request(): unknown {
    const on = this.#below(5) === 0 ? this.#value(0) : ["w", this.#below(9)];
    const args = this.#below(12) === 0 ? this.#any(0) : this.#list(0);
    return ["ask", this.#one(NUMBERS), this.#one(OPERATIONS), on, this.#value(2), this.#value(2), args, this.#extra()];
  }

  #changes(): unknown {
    if (this.#below(8) === 0) return this.#any(0);
    return this.#below(3) === 0 ? [[this.#one(NUMBERS), this.#list(1)]] : [];
  }

  #extra(): unknown {
    if (this.#below(12) === 0) return this.#any(0);
    return [this.#below(2) === 1, this.#below(4) === 0 ? [[this.#one(NUMBERS), this.#one(NUMBERS), this.#value(1)]] : []];
  }

  #value(depth: number): unknown {
    if (depth > 5) return this.#scalar();
    const tag = this.#one(TAGS);
    switch (this.#below(4) === 0 ? "scalar" : tag) {
      case "scalar":
        return this.#scalar();
      case "a":
      case "s":
      case "o":
      case "n":
      case "m":
        return [tag, this.#below(6) === 0 ? this.#any(depth + 1) : this.#list(depth + 1)];
      case "H":
        return ["H", this.#below(40), this.#outline(depth + 1)];
      case "v":
        return ["v", this.#one([...WORDS, ...NAMES]), this.#one(["AAAA", "!", ...CODE])];
      case "r":
        return ["r", this.#one(["(a+)+", "(", ...CODE]), this.#one(["g", "zz", ""]), this.#one(NUMBERS)];
      default:
        return this.#below(8) === 0 ? [tag] : [tag, this.#scalar()];
    }
  }

  #outline(depth: number): unknown {
    const value = () => this.#value(depth + 1);
    switch (this.#one(OUTLINES)) {
      case "function":
        return ["function", this.#one(NAMES), this.#one(NUMBERS), this.#below(2) === 0 ? null : value()];
      case "object":
        return ["object", this.#below(2) === 0 ? null : value(), this.#below(2) === 0 ? null : value()];
      case "error":
        return [
          "error",
          this.#one([null, "Error", "TypeError", "Function", "__proto__"]),
          this.#below(2) === 0 ? null : value(),
          this.#scalar(),
          [this.#one(NAMES), value(), true],
        ];
      case "signal":
        return ["signal", this.#below(2) === 0, value()];
      case "promise":
        return ["promise"];
      default:
        return [this.#one(OUTLINES), this.#scalar(), value()];
    }
  }

  #list(depth: number): unknown[] {
    return Array.from({ length: this.#below(5) }, () => (this.#below(3) === 0 ? this.#one(NAMES) : this.#value(depth)));
  }

  // Anything that JSON can hold.
  #any(depth: number): unknown {
    const kind = this.#below(depth > 4 ? 2 : 5);
    if (kind < 2) return this.#scalar();
    if (kind < 4) return Array.from({ length: this.#below(9) }, () => this.#any(depth + 1));
    return JSON.parse(`{"${this.#one(NAMES)}": ${JSON.stringify(this.#any(depth + 1))}, "length": 3, "0": "ask"}`);
  }

  #scalar(): unknown {
    return this.#one([...NAMES, ...WORDS, ...CODE, ...NUMBERS, null, true, false]);
  }

  #often(value: unknown): unknown {
    return this.#below(10) === 0 ? this.#scalar() : value;
  }

  #one<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }
}
