/** Remote calls between the tests' process and the solution's: each side sends requests, and serves those of the other while it waits. */

import { contentsOf, differ, isNativeErrorPrototype, nativeError, nativeErrorName, Reading, refill, Writing } from "./coding.mjs";
import { proxyForError, proxyForFunction, proxyForObject } from "./proxy.mjs";

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;

/** One end of the connection. `guard` says what the other process may do and see; `broken` is called with what ends the connection, and does not return. */
export class RpcEndpoint {
  #transport;
  #guard;
  #broken;
  #shown = [];
  #numbers = new Map();
  #proxies = new Map();
  #remoteNumbers = new Map();
  #promises = new Map();
  #answers = new Map();
  #asked = 0;
  #serving = 0;
  #rung = 0;
  #heard = 0;

  constructor({ transport, guard, broken }) {
    this.#transport = transport;
    this.#guard = guard;
    this.#broken = broken;
    transport.listen({ heard: (times) => this.#hear(times), ended: () => broken(new Error("the solution's process has ended")) });
  }

  /** Sends a request and returns its result, or throws its error. */
  ask(does, on, { key, self, args = [] } = {}) {
    return this.#orBreak(() => {
      const id = ++this.#asked;
      const writing = new Writing(this);
      const request = {
        does,
        id,
        on: writing.value(on),
        key: writing.value(key),
        self: writing.value(self),
        args: args.map((each) => writing.value(each)),
      };
      this.#transport.send(request, { ring: this.#serving === 0 });
      const answer = this.#await(id);
      return () => this.#take(answer, new Reading(this, writing.mine));
    })();
  }

  #orBreak(work) {
    try {
      return work();
    } catch (error) {
      return this.#broken(error);
    }
  }

  #await(id) {
    while (!this.#answers.has(id)) {
      const message = this.#next();
      if (message.does === undefined) this.#answers.set(message.answers, message);
      else this.#serve(message);
    }
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    return answer;
  }

  #next() {
    const message = this.#transport.receive();
    if (message.rung) this.#rung++;
    return message;
  }

  #hear(times) {
    this.#heard += times;
    this.#orBreak(() => {
      while (this.#rung < this.#heard) {
        const message = this.#next();
        if (message.does !== undefined) this.#serve(message);
        else this.#answers.set(message.answers, message);
      }
    });
  }

  #take(answer, reading) {
    const [isError, value] = this.#orBreak(() => {
      const read = reading.value(answer.value);
      const changes = answer.changed.map(([number, items]) => [reading.container(number), reading.items(items)]);
      for (const [container, values] of changes) refill(container, values);
      return [answer.failed, read];
    });
    if (isError) throw value;
    return value;
  }

  #serve(request) {
    if (request.does === "settle" || request.does === "fault") return this.#note(request);
    const reading = new Reading(this);
    const [on, key, self] = [request.on, request.key, request.self].map((each) => reading.value(each));
    const args = request.args.map((each) => reading.value(each));
    const before = reading.containers.map(contentsOf);
    const answer = (failed, value) => this.#answer(request.id, { failed, value, containers: reading.containers, before });
    this.#serving++;
    try {
      this.#guard.allow(request.does, on, key);
      const value = this.#guard.perform(request.does, { on, key, self, args });
      // Loading a module is asynchronous; the side that asked for it waits.
      if (request.does === "import")
        return void value.then(
          (module) => answer(false, module),
          (error) => answer(true, error),
        );
      answer(false, value);
    } catch (error) {
      answer(true, error);
    } finally {
      this.#serving--;
    }
  }

  #answer(id, { failed, value, containers, before }) {
    const write = (isFailure, result, held) => {
      const writing = new Writing(this, held);
      const written = writing.value(result);
      const changed = held.flatMap((each, number) => (differ(before[number], contentsOf(each)) ? [[number, writing.items(each)]] : []));
      this.#transport.send({ answers: id, failed: isFailure, value: written, changed }, { ring: false });
    };
    try {
      write(failed, value, containers);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      write(true, new TypeError(`the result cannot cross the boundary: ${error.message}`), []);
    }
  }

  /** Sends a message that needs no answer. */
  note(does, key, value) {
    this.#orBreak(() => this.#transport.send({ does, key, value: new Writing(this).value(value) }, { ring: this.#serving === 0 }));
  }

  #note({ does, key, value }) {
    const read = new Reading(this).value(value);
    if (does === "fault") return this.#guard.fault(key, read);
    const [number, how] = key;
    this.#promises.get(number)?.[how === "resolve" ? "resolve" : "reject"](read);
    this.#promises.delete(number);
  }

  /** Encodes a proxy for an object of the other process; undefined for anything else. */
  known(value) {
    const theirs = this.#remoteNumbers.get(value);
    return theirs === undefined ? undefined : { t: "yours", n: theirs };
  }

  /** Encodes an object that does not cross by value. */
  reference(value, writing) {
    this.#guard.show(value);
    const known = this.#numbers.get(value);
    if (known !== undefined) return { t: "again", n: known };
    const n = this.#shown.push(value) - 1;
    this.#numbers.set(value, n);
    return { n, ...this.#outline(value, n, writing) };
  }

  #outline(value, n, writing) {
    if (typeof value === "symbol") return { t: "unique", name: value.description ?? "" };
    if (value instanceof Promise) {
      value.then(
        (result) => this.note("settle", [n, "resolve"], result),
        (error) => this.note("settle", [n, "reject"], error),
      );
      return { t: "promise" };
    }
    if (typeof value === "function") {
      const parent = getPrototypeOf(value);
      const isChild = typeof parent === "function" && parent !== Function.prototype && parent.prototype !== undefined;
      return { t: "function", name: value.name, length: value.length, parent: isChild ? writing.value(parent) : null };
    }
    const kind = classOf(value);
    if (!(value instanceof Error)) return { t: "instance", kind: kind === null ? null : writing.value(kind) };
    const name = nativeErrorName(value);
    const fields = errorFields(value).map(([key, field, enumerable]) => [key, writing.value(field), enumerable]);
    return {
      t: "error",
      name: name ?? null,
      kind: name === undefined && kind !== null ? writing.value(kind) : null,
      message: String(value.message),
      fields,
    };
  }

  /** Decodes what `reference` encoded: an object of this process, or the proxy for one of the other. */
  dereference(data, reading) {
    if (data.t === "yours") return this.#shown[data.n];
    const known = this.#proxies.get(data.n);
    if (known !== undefined) return known;
    const made = this.#make(data, reading);
    this.#proxies.set(data.n, made);
    this.#remoteNumbers.set(made, data.n);
    return made;
  }

  #make(data, reading) {
    switch (data.t) {
      case "unique":
        return Symbol(String(data.name));
      case "promise": {
        const { promise, resolve, reject } = Promise.withResolvers();
        this.#promises.set(data.n, { resolve, reject });
        return promise;
      }
      case "function":
        return proxyForFunction(this, data, reading.value(data.parent));
      case "instance":
        return proxyForObject(this, reading.value(data.kind));
      case "error": {
        const error = nativeError(data.name, String(data.message));
        const kind = data.kind === null ? undefined : reading.value(data.kind);
        return proxyForError(
          error,
          kind,
          data.fields.map(([key, value, enumerable]) => [String(key), reading.value(value), enumerable === true]),
        );
      }
      default:
        throw new Error("the solution's process sent an invalid value");
    }
  }
}

/** Returns the class that an object claims to be of, if the claim is true, else null. */
function classOf(value) {
  const proto = getPrototypeOf(value);
  const kind = proto === null ? undefined : getOwnPropertyDescriptor(proto, "constructor")?.value;
  return typeof kind === "function" && kind.prototype === proto && kind !== Object ? kind : null;
}

/** Lists the own fields of an error and the getters of its classes, by name and value. */
function errorFields(error) {
  const fields = new Map();
  for (let at = error; at !== null && !isNativeErrorPrototype(at); at = getPrototypeOf(at)) {
    for (const key of Object.getOwnPropertyNames(at)) {
      const found = getOwnPropertyDescriptor(at, key);
      if (["message", "stack", "constructor"].includes(key) || fields.has(key)) continue;
      if (at !== error && found.get === undefined && typeof found.value === "function") continue;
      fields.set(key, [key, error[key], at === error && found.enumerable]);
    }
  }
  return [...fields.values()];
}
