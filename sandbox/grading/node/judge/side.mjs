/** The judge's side of the boundary: the tests may do everything with the solution's objects, and the solution next to nothing with theirs. */

import { AssertionError } from "node:assert";
import { types } from "node:util";
import { containerKind } from "../boundary/containers.mjs";
import { Decoder, requireName } from "../boundary/decode.mjs";
import { libraryClass } from "../boundary/library.mjs";
import { isCount, MAX_HANDLES, requireValid } from "../boundary/vocabulary.mjs";
import { fieldsOf, generalName, methodsOf, perform, requireShowable } from "./guard.mjs";
import { OwnObject } from "./shapes.mjs";
import { functionStandIn, objectStandIn } from "./stand-in.mjs";

const BROAD = new Set([Object, Error, AssertionError]);

function isAssertion(error) {
  return error instanceof AssertionError || (types.isNativeError(error) && Object.hasOwn(error, "matcherResult"));
}

/** What an Endpoint asks of the judge. `shapes` knows the places of results, `ambient` what tests replaced in their process, `paths` which names of files mean what on the other side. */
export class JudgeSide {
  #standIns = new WeakSet();
  #origins = new Map();
  #promisePlaces = new Map();
  #shapes;
  #ambient;
  #paths;
  #onFault;
  #onExports;
  #namespaceOf;
  #places = [];
  #takesBase = false;
  #endpoint = null;
  /** Whether something in the solution's process will still run; `told` is called whenever it has said so. */
  isBusy = false;
  told = () => {};

  constructor({ shapes, ambient, paths, onFault, onExports, namespaceOf }) {
    this.#shapes = shapes;
    this.#ambient = ambient;
    this.#paths = paths;
    this.#onFault = onFault;
    this.#onExports = onExports;
    this.#namespaceOf = namespaceOf;
  }

  /** Gives the side its connection, which needs the side to be made. */
  connect(endpoint) {
    this.#endpoint = endpoint;
  }

  #ask = (op, standIn, { key, self, args } = {}) => {
    const about = { kind: "result", places: this.#shapes.placesOf(op, standIn, key), op, standIn };
    return this.#endpoint.ask(op, standIn, { key, self, args, about });
  };

  builtin(value) {
    return generalName(value);
  }

  alias(value) {
    return types.isModuleNamespaceObject(value) ? this.#namespaceOf(value) : undefined;
  }

  named(name) {
    return libraryClass(name);
  }

  textOut(text) {
    return this.#paths.toSolution(text);
  }

  textIn(text) {
    return this.#paths.toJudge(text);
  }

  mayShow(value) {
    requireShowable(value);
  }

  isStandIn(value) {
    return this.#standIns.has(value);
  }

  outline(value, encoder) {
    const number = encoder.created.at(-1);
    this.#origins.set(number, encoder.about?.places ?? []);
    if (typeof value === "function") {
      const isClass = /^class\b/.test(Function.prototype.toString.call(value));
      return ["function", String(value.name), Number(value.length), isClass, [...methodsOf(value).keys()].map((key) => encoder.value(key))];
    }
    const methods = [...methodsOf(value).keys()].map((key) => encoder.value(key));
    return ["object", methods, this.#fields(value, encoder)];
  }

  #fields(value, encoder) {
    return [...fieldsOf(value)].flatMap(([key, held]) => [key, encoder.value(held)]);
  }

  standIn(outline, { keep, decoder }) {
    const made = (standIn) => {
      this.#standIns.add(standIn);
      return keep(standIn);
    };
    if (outline[0] === "function") {
      requireValid(outline.length === 4 && isCount(outline[2], 1_000_000), "function");
      const parent = outline[3] === null ? null : decoder.value(outline[3]);
      return made(functionStandIn(this.#ask, { name: requireName(outline[1]), length: outline[2], parent }));
    }
    requireValid(outline[0] === "object" && outline.length === 3, "object");
    const [, kind, base] = outline;
    if (base !== null && this.#takesBase) return keep(this.#baseValue(base, decoder));
    const isArray = Array.isArray(base) && base[0] === "a";
    return made(objectStandIn(this.#ask, { kind: kind === null ? null : decoder.value(kind), isArray }));
  }

  // A container of its own numbers: those of the message count without it.
  #baseValue(base, decoder) {
    const inner = new Decoder(this.#endpoint.handles);
    const value = inner.value(base);
    requireValid(containerKind(value) !== null, "object");
    decoder.hasOwn ||= inner.hasOwn;
    return value;
  }

  /** Reads a request of the solution: its target must be one of the judge's own objects, by number. */
  read({ op, on, key, self, args }, decoder) {
    requireValid(Array.isArray(on) && on[0] === "w", "request: it has no object of the tests");
    const target = decoder.value(on);
    const places = (this.#origins.get(on[1]) ?? []).map((place) => `${place}<`);
    const request = { places, op, on: target, key: decoder.value(key), self: this.#arrive(decoder, self, []), args: [], failure: null };
    args.forEach((each) => {
      const { failed, value } = this.#checked(decoder, each, { places, failed: false });
      if (failed) request.failure ??= value;
      request.args.push(value);
    });
    return request;
  }

  serve(request) {
    if (request.failure !== null) {
      this.#onFault(true, request.failure);
      throw request.failure;
    }
    try {
      const value = perform(request);
      if (types.isPromise(value)) Promise.prototype.then.call(value, undefined, (error) => this.#failedInside(request, error));
      return value;
    } catch (error) {
      this.#failedInside(request, error);
      throw error;
    }
  }

  // An assertion that fails in a function of the tests is the test's failure, whatever the solution that called it makes of that; but where the reference kept it, too.
  #failedInside({ places }, error) {
    if (!isAssertion(error) || this.#endpoint.handles.known(error) !== undefined) return;
    const at = places.length === 0 ? ["a function of the tests"] : places;
    if (!this.#shapes.allow(at.map((place) => `${place} fails`))) this.#onFault(true, error);
  }

  /** Checks what the solution put into containers of the tests; returns an error if it may not be there. */
  changed(decoder, about) {
    return about?.kind === "result"
      ? this.#shapes.note(
          about.places.map((place) => `${place} changes`),
          decoder.hasOwn,
        )
      : null;
  }

  /** What the solution is told with every message: what tests replaced, and after a method was called the fields of its object. */
  extra(encoder, request) {
    const changes = this.#ambient.changes();
    const isMethod = request?.op === "method" && typeof request.on === "object";
    return [changes === null ? null : encoder.value(changes), isMethod ? this.#fields(request.on, encoder) : null];
  }

  takeExtra(extra, decoder) {
    requireValid(Array.isArray(extra) && extra.length === 2 && typeof extra[0] === "boolean" && Array.isArray(extra[1]), "message");
    this.isBusy = extra[0];
    this.told();
    for (const change of extra[1]) {
      requireValid(Array.isArray(change) && change.length === 3, "change of an export");
      this.#onExports(change[0], change[1], this.#arrive(decoder, change[2], []));
    }
  }

  /** Reads what arrived as the result of a request, or with a note. Where it is not what it may be, the result is an error. */
  received(decoder, data, { about, failed }) {
    if (about?.kind === "modules")
      return failed ? { failed, value: this.#arrive(decoder, data, []) } : this.#module(decoder, data, about.name);
    if (about?.kind === "settle") {
      const places = (this.#promisePlaces.get(about.number) ?? []).map((place) => `await ${place}`);
      this.#promisePlaces.delete(about.number);
      return this.#checked(decoder, data, { places, failed });
    }
    if (about?.kind !== "result") return { failed, value: this.#arrive(decoder, data, []) };
    const { places, op, standIn } = about;
    if (op === "has" || op === "keys" || op === "own" || op === "prototype")
      return { failed, value: this.#arrive(decoder, data, op === "own" ? places : []) };
    return this.#checked(decoder, data, { places, failed, target: standIn });
  }

  #checked(decoder, data, { places, failed, target }) {
    const at = failed ? places.map((place) => `${place}!`) : places;
    const outer = decoder.hasOwn;
    decoder.hasOwn = false;
    const value = this.#arrive(decoder, data, at, target);
    const error = this.#shapes.note(at, decoder.hasOwn) ?? this.#broad(at, value);
    decoder.hasOwn ||= outer;
    return error === null ? { failed, value } : { failed: true, value: error };
  }

  // A class that failures of the tests are instances of as well, so that a test which looks for the solution's error takes its own failure for it.
  #broad(places, value) {
    const isBroad = typeof value === "function" && BROAD.has(value);
    if (!isBroad || places.length === 0 || this.#shapes.allow(places.map((place) => `${place} is ${value.name}`))) return null;
    return new OwnObject(`${places[0]} is ${value.name}, which failures of the tests are as well`);
  }

  #arrive(decoder, data, places, target = null) {
    const [outerPlaces, outerTakes] = [this.#places, this.#takesBase];
    this.#places = places;
    this.#takesBase = this.#shapes.expectData(places);
    try {
      const value = decoder.value(data);
      if (value !== target) this.#label(data, value, places);
      return value;
    } finally {
      this.#places = outerPlaces;
      this.#takesBase = outerTakes;
    }
  }

  // An object inside of data is reached through it, so it has the place of the data.
  #label(data, value, places) {
    if (places.length === 0 || !Array.isArray(data)) return;
    if (this.isStandIn(value)) return this.#shapes.label(value, places);
    if (data[0] === "H" && value instanceof Promise) return void this.#promisePlaces.set(data[1], places);
    for (const each of elementsOf(value)) if (this.isStandIn(each)) this.#shapes.label(each, places);
  }

  #module(decoder, data, name) {
    requireValid(
      Array.isArray(data) && data.length === 2 && data[0] === "a" && Array.isArray(data[1]) && data[1].length % 2 === 0,
      "module",
    );
    const [number, namespace, ...list] = data[1];
    requireValid(isCount(number, MAX_HANDLES), "number of a module");
    const exports = [];
    for (let at = 0; at < list.length; at += 2) {
      const key = requireName(list[at]);
      const { failed, value } = this.#checked(decoder, list[at + 1], { places: [`${name}.${key}`], failed: false });
      if (failed) return { failed, value };
      exports.push([key, value]);
    }
    return { failed: false, value: { number, namespace: this.#arrive(decoder, namespace, [name]), exports } };
  }

  fault(isException, error) {
    this.#onFault(isException, error);
  }
}

function* elementsOf(value) {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value) || value instanceof Set) yield* value;
  else if (value instanceof Map) for (const pair of value) yield* pair;
  else yield* Object.values(value);
}
