import { types } from "node:util";
import { describe, expect, test } from "vitest";
// @ts-expect-error the programs of the sandbox have no types
import { Endpoint } from "../../sandbox/grading/node/boundary/endpoint.mjs";
// @ts-expect-error the programs of the sandbox have no types
import { BUILTINS, Invalid } from "../../sandbox/grading/node/boundary/vocabulary.mjs";
// @ts-expect-error the programs of the sandbox have no types
import { Shapes } from "../../sandbox/grading/node/judge/shapes.mjs";
// @ts-expect-error the programs of the sandbox have no types
import { JudgeSide } from "../../sandbox/grading/node/judge/side.mjs";
import { FrameSource } from "./boundary-frames.ts";
import { IS_FULL } from "./counted-run.ts";

const FRAMES = IS_FULL ? 1_000_000 : 30_000;
const FRAMES_OF_A_RUN = 4;
const SECRET = "what only the tests know";

class Ended extends Error {}

/** A judge whose solution answers with the frames of a list; `touched` is what it did with objects of the tests that it may not. */
class Judge {
  readonly touched: string[] = [];
  readonly called: string[] = [];
  readonly arrived: unknown[] = [];
  sent = "";
  readonly #endpoint: { ask: (op: string, on: unknown, request: object) => unknown };

  constructor(frames: readonly unknown[]) {
    const queue = [...frames];
    const transport = {
      send: (message: unknown) => {
        this.sent += JSON.stringify(message);
      },
      receive: () => {
        if (queue.length === 0) throw new Ended();
        const message = queue.shift();
        if (!Array.isArray(message)) throw new Invalid("no message");
        return { rung: false, message };
      },
      listen: () => {},
    };
    const side = new JudgeSide({
      shapes: new Shapes(null),
      ambient: { changes: () => null },
      paths: { toSolution: (text: string) => text, toJudge: (text: string) => text },
      onFault: () => {},
      onExports: (_: unknown, __: unknown, value: unknown) => this.arrived.push(value),
      namespaceOf: () => undefined,
    });
    this.#endpoint = new Endpoint({
      transport,
      side,
      broken: (error: Error) => {
        throw error;
      },
    });
    side.connect(this.#endpoint);
  }

  /** Passes the solution a function, objects and a mock, and returns what became of the run. */
  run(): "answered" | "refused" | "ended" {
    const forbid = (what: string) => () => void this.touched.push(what);
    const mock = Object.assign(() => void this.called.push("mock"), {
      mock: { calls: [SECRET], set: forbid("mock.set") },
      mockReturnValue: forbid("mockReturnValue"),
    });
    class Service {
      #secret = SECRET;
      _private() {
        return this.#secret;
      }
      add = undefined;
      total(n: number) {
        return [n];
      }
    }
    const field = {};
    Object.defineProperty(field, "guarded", { get: () => 1, set: forbid("setter"), enumerable: true });
    const args = [
      (...given: unknown[]) => void this.arrived.push(...given),
      new Service(),
      mock,
      [1, { a: 2 }],
      new Map([["k", {}]]),
      field,
      Service,
    ];
    try {
      this.arrived.push(this.#endpoint.ask("call", null, { args, about: { kind: "result", places: ["f()"], op: "call", standIn: null } }));
      return "answered";
    } catch (error) {
      if (error instanceof Ended) return "ended";
      if (!(error instanceof Invalid)) this.arrived.push(error);
      return "refused";
    }
  }
}

const PROTOTYPES = [Object, Function, Array, Map, Set, Promise, Error, RegExp, Symbol, String, Number].map(
  (kind) => kind.prototype as object,
);
const shape = () => JSON.stringify([PROTOTYPES.map((each) => Reflect.ownKeys(each).map(String)), Reflect.ownKeys(globalThis).map(String)]);

// Everything that a test can reach in what arrived, without asking the solution.
function strangersIn(values: readonly unknown[]): string[] {
  const known = new Set<unknown>(BUILTINS.values());
  const pending = [...values];
  const seen = new Set<unknown>();
  const found: string[] = [];
  while (pending.length > 0) {
    const value = pending.pop();
    if (seen.has(value) || value === null || (typeof value !== "object" && typeof value !== "function")) continue;
    seen.add(value);
    // What stands for an object of the solution asks the solution, whatever is done with it.
    if (types.isProxy(value)) continue;
    if (typeof value === "function" && !known.has(value) && !isOfTheTest(value)) found.push(Function.prototype.toString.call(value));
    if (Array.isArray(value) || value instanceof Set) pending.push(...value);
    else if (value instanceof Map) pending.push(...value.keys(), ...value.values());
    else if (Object.getPrototypeOf(value) === Object.prototype) pending.push(...Object.values(value));
  }
  return found;
}

const isOfTheTest = (value: object) => /^(?:class Service|\(\)|\(\.\.\.)/.test(Function.prototype.toString.call(value));

describe("whatever the solution's process sends", () => {
  test(`${FRAMES} hostile frames run nothing, read nothing, change nothing, and end`, { timeout: 900_000 }, () => {
    const before = shape();
    const source = new FrameSource(20_261_129);
    const outcomes = { answered: 0, refused: 0, ended: 0 };
    let heapMb = 0;
    for (let done = 0; done < FRAMES; done += FRAMES_OF_A_RUN) {
      const judge = new Judge(Array.from({ length: FRAMES_OF_A_RUN }, () => source.frame(1)));
      outcomes[judge.run()]++;
      expect(judge.touched).toEqual([]);
      expect(judge.sent.includes(SECRET)).toBe(false);
      expect(strangersIn(judge.arrived)).toEqual([]);
      if (done % 20_000 === 0) heapMb = Math.max(heapMb, process.memoryUsage().heapUsed / 2 ** 20);
    }

    expect(shape()).toBe(before);
    expect("broken" in globalThis).toBe(false);
    expect(heapMb).toBeLessThan(600);
    // A source of frames that are all refused at once would prove nothing.
    expect(outcomes.answered).toBeGreaterThan(FRAMES / 1_000);
    expect(outcomes.refused).toBeGreaterThan(FRAMES / 1_000);
  });

  // The first million frames found it: such a promise rejects in the tests' process, where nothing can await it.
  test("a promise that is settled with itself is refused", () => {
    const made = ["settle", 7, true, ["H", 0, ["promise"]], []];
    const settledWith = (value: unknown) => [made, ["settle", 0, true, value, []], ["answer", 1, false, null, [], [false, []]]];

    expect(new Judge(settledWith(null)).run()).toBe("answered");
    expect(new Judge(settledWith(["h", 0])).run()).toBe("refused");
  });
});
