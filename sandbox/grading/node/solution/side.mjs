/** The solution's side of the boundary: the tests may do everything with the solution's objects. */

import { baseKind, containerKind, define } from "../boundary/containers.mjs";
import { classOf, parentOf } from "../boundary/handles.mjs";
import { libraryName } from "../boundary/library.mjs";
import { BUILTINS } from "../boundary/vocabulary.mjs";
import { replace } from "./ambient.mjs";
import { openForJudge } from "./files.mjs";
import { changedExports, loadModule } from "./modules.mjs";

const OPERATIONS = new Map(
  Object.entries({
    import: ({ key, args }) => loadModule(key, { isJson: args[0], isRequired: args[1] }),
    get: ({ on, key }) => on[key],
    call: ({ on, self, args }) => Reflect.apply(on, self, args),
    construct: ({ on, args }) => Reflect.construct(on, args),
    has: ({ on, key }) => key in on,
    set: ({ on, key, args }) => Reflect.set(on, key, args[0]),
    delete: ({ on, key }) => Reflect.deleteProperty(on, key),
    keys: ({ on }) => Reflect.ownKeys(on),
    prototype: ({ on }) => on.prototype,
    define: ({ on, key, args }) =>
      Reflect.defineProperty(on, key, { value: args[0], enumerable: args[1], writable: true, configurable: true }),
    accessor: ({ on, key, args }) =>
      Reflect.defineProperty(on, key, { get: args[0], set: args[1], enumerable: args[2], configurable: true }),
    own({ on, key }) {
      const found = Object.getOwnPropertyDescriptor(on, key);
      return found === undefined ? undefined : [found.enumerable, on[key]];
    },
    busy: () => undefined,
  }),
);

/** What an Endpoint asks of the solution's process. */
export class SolutionSide {
  #standIns = new WeakSet();
  #endpoint = null;

  /** Gives the side its connection, which needs the side to be made. */
  connect(endpoint) {
    this.#endpoint = endpoint;
  }

  builtin(value) {
    return libraryName(value);
  }

  alias() {
    return undefined;
  }

  /** Returns a function of the language, or of a module of Node, by its dotted name. */
  named(name) {
    const [owner, ...parts] = String(name).split(".");
    const start = owner.startsWith("node:") ? process.getBuiltinModule(owner) : globalThis[owner];
    return parts.reduce((at, part) => at?.[part], start);
  }

  textOut(text) {
    return openForJudge(text);
  }

  textIn(text) {
    return text;
  }

  mayShow() {}

  isStandIn(value) {
    return this.#standIns.has(value);
  }

  outline(value, encoder) {
    if (typeof value === "function") {
      const parent = parentOf(value);
      return ["function", nameOf(value), lengthOf(value), parent === null ? null : encoder.value(parent)];
    }
    const kind = classOf(value);
    const base = kind !== null && !BUILTINS.has(kind.name) ? baseKind(value) : null;
    const written = base === null || containerKind(value) !== null ? null : this.#base(base, value, encoder);
    return ["object", kind === null ? null : encoder.value(kind), written];
  }

  // Its own numbers: the other side may leave it unread.
  #base(kind, value, encoder) {
    const inner = Reflect.construct(encoder.constructor, [this.#endpoint.handles, {}]);
    const written = inner.container(kind, value);
    encoder.created.push(...inner.created);
    return inner.created.length === 0 ? written : kind === "a" ? ["a", []] : null;
  }

  standIn(outline, { keep, decoder }) {
    const made = outline[0] === "function" ? this.#function(outline, decoder, keep) : this.#object(outline, decoder, keep);
    this.#standIns.add(made);
    return made;
  }

  #function([, name, length, isClass, methods], decoder, keep) {
    const ask = (op, self, args) => this.#endpoint.ask(op, made, { self, args });
    const made = isClass
      ? function (...args) {
          return new.target === undefined ? ask("call", this, args) : ask("construct", undefined, args);
        }
      : function (...args) {
          return new.target === undefined ? ask("call", this, args) : ask("construct", undefined, args);
        };
    define(made, "name", name, false);
    define(made, "length", length, false);
    keep(made);
    for (const key of methods) this.#method(made, made, decoder.value(key));
    return made;
  }

  #object([, methods, fields], decoder, keep) {
    const shared = {};
    const made = keep(Object.create(shared));
    for (const key of methods) this.#method(shared, made, decoder.value(key));
    this.refresh(made, fields, decoder);
    return made;
  }

  #method(owner, on, key) {
    define(owner, key, (...args) => this.#endpoint.ask("method", on, { key, args, about: { op: "method", on } }), false);
  }

  /** Sets the fields of a stand-in to what its object has now. */
  refresh(standIn, fields, decoder) {
    for (let at = 0; at < fields.length; at += 2) define(standIn, fields[at], decoder.value(fields[at + 1]));
  }

  read({ op, on, key, self, args }, decoder) {
    const [target, name, receiver] = [on, key, self].map((each) => decoder.value(each));
    return { op, on: target, key: name, self: receiver, args: args.map((each) => decoder.value(each)) };
  }

  serve(request) {
    return OPERATIONS.get(request.op)(request);
  }

  /** What the judge is told with every message: whether something here will still run, and which exports have changed. */
  extra(encoder) {
    return [isBusy(), changedExports().map(([module, index, value]) => [module, index, encoder.value(value)])];
  }

  takeExtra([changes, fields], decoder, about) {
    if (changes !== null) for (const change of decoder.value(changes)) replace(change);
    if (fields !== null && about?.op === "method") this.refresh(about.on, fields, decoder);
  }

  received(decoder, data, { failed }) {
    return { failed, value: decoder.value(data) };
  }

  changed() {
    return null;
  }

  fault() {}
}

function nameOf(value) {
  const name = Object.getOwnPropertyDescriptor(value, "name")?.value;
  return typeof name === "string" ? name.slice(0, 1_000) : "";
}

function lengthOf(value) {
  const length = Object.getOwnPropertyDescriptor(value, "length")?.value;
  return Number.isSafeInteger(length) && length >= 0 && length < 1_000_000 ? length : 0;
}

// The pipe of the bell is always there, and the two of the output may be.
const RESTING = new Set(["PipeWrap", "TTYWrap"]);

/** Tells whether a timer, a socket, a file or a child process will still call something. */
function isBusy() {
  return process.getActiveResourcesInfo().some((name) => !RESTING.has(name));
}
