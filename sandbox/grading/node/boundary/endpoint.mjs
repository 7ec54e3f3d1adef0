/** Remote calls between judge and solution: each side asks, and serves what the other asks while it waits. */

import { contentsOf, differ, refill } from "./containers.mjs";
import { Decoder } from "./decode.mjs";
import { Encoder } from "./encode.mjs";
import { Handles } from "./handles.mjs";
import { Invalid, isCount, requireValid } from "./vocabulary.mjs";

// As it was before a test replaced it.
const { queueMicrotask } = globalThis;

/**
 * One end of the connection. `side` says what this process lets the other do:
 * `serve({op, on, key, self, args}, read)` does what was asked, where `on` is the raw number or value and `read` decodes; `extra` and `takeExtra`
 * carry what goes with every message; `received(decoder, value, about)` may replace what arrived. `broken` is called with what ends the connection, and does not return.
 */
export class Endpoint {
  #transport;
  #side;
  #broken;
  #answers = new Map();
  // Containers of requests whose answer was a promise, by the promise's number: what changes in them until it is settled comes back with its result.
  #held = new Map();
  #lent = new Map();
  #asked = 0;
  #serving = 0;
  #rung = 0;
  #heard = 0;
  #leads;
  #isLed;
  #rings = 0;
  #isTurn = false;
  #rested = 0;
  #loading = 0;

  /** `leads` tells that the other side, which `isLed`, goes on by itself only when this one waits for something, as it would if both were one process. */
  constructor({ transport, side, broken, leads = false, isLed = false }) {
    this.#leads = leads;
    this.#isLed = isLed;
    this.#transport = transport;
    this.#side = side;
    this.#broken = broken;
    /** The objects that have crossed. */
    this.handles = new Handles({ side, note: (...parts) => this.note(...parts) });
    transport.listen({ heard: (times) => this.#hear(times), ended: () => broken(new Error("the solution's process has ended")) });
  }

  /** Asks for an operation on a value and returns its result, or throws its error. Throws TypeError when something in it may not cross. */
  ask(op, on, { key, self, args = [], about = null } = {}) {
    const id = ++this.#asked;
    const { containers } = this.#send(this.#serving === 0, about, (encoder) => [
      "ask",
      id,
      op,
      encoder.value(on),
      encoder.value(key),
      encoder.value(self),
      args.map((each) => encoder.value(each)),
      this.#side.extra(encoder, null),
    ]);
    return this.#take(
      this.#orBreak(() => this.#await(id)),
      { mine: containers, about },
    );
  }

  // The first message of a turn wakes the other side, which then waits for more of them until this side rests.
  #ring() {
    if (this.#serving > 0) return false;
    if (!this.#leads) return true;
    if (this.#isTurn) return false;
    this.#isTurn = true;
    this.#rings++;
    queueMicrotask(() => {
      this.#isTurn = false;
      this.#orBreak(() => this.#transport.send(["rest", this.#rings], { ring: false }));
    });
    return true;
  }

  /** Writes a message and sends it. Throws TypeError when something in it may not cross; then nothing of it has. */
  #send(ring, about, write, theirs = []) {
    const encoder = new Encoder(this.handles, { theirs, about });
    try {
      const message = write(encoder);
      this.#orBreak(() => this.#transport.send(message, { ring: ring && this.#ring() }), RangeError);
      return encoder;
    } catch (error) {
      this.handles.forget(encoder.created);
      if (error instanceof RangeError) throw new TypeError(`this cannot cross between the processes: ${error.message}`);
      throw error;
    }
  }

  #orBreak(work, except = null) {
    try {
      return work();
    } catch (error) {
      if (except !== null && error instanceof except) throw error;
      return this.#broken(error);
    }
  }

  #await(id) {
    while (!this.#answers.has(id)) this.#receive();
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    return answer;
  }

  #receive() {
    const { rung, message } = this.#transport.receive();
    if (rung) this.#rung++;
    switch (message[0]) {
      case "answer":
        requireValid(message.length === 6 && isCount(message[1], this.#asked + 1) && !this.#answers.has(message[1]), "answer");
        return this.#answers.set(message[1], message);
      case "ask":
        requireValid(message.length === 8 && Array.isArray(message[6]), "request");
        return this.#serve(message);
      case "rest":
        requireValid(message.length === 2 && isCount(message[1], Number.MAX_SAFE_INTEGER), "rest");
        this.#rested = message[1];
        return;
      default:
        return this.#noted(message);
    }
  }

  #hear(times) {
    this.#heard += times;
    this.#receiveAll();
  }

  // Reads what was rung for, and on the side that is led all that the other one says before it rests; loading a module, it has to go on by itself.
  #receiveAll() {
    this.#orBreak(() => {
      while (this.#rung < this.#heard || (this.#isLed && this.#rested < this.#rung && this.#loading === 0)) this.#receive();
    });
  }

  #take(answer, { mine, about }) {
    const [, , failed, value, changed, extra] = answer;
    const [isError, read, changes] = this.#orBreak(() => {
      requireValid(typeof failed === "boolean" && Array.isArray(changed), "answer");
      const decoder = new Decoder(this.handles, mine);
      const received = this.#side.received(decoder, value, { about, failed });
      decoder.hasOwn = false;
      const refills = this.#changes(changed, decoder);
      const failure = this.#side.changed(decoder, about);
      this.#side.takeExtra(extra, decoder, about);
      return failure === null ? [received.failed, received.value, refills] : [true, failure, refills];
    });
    if (isError === false && mine.length > 0 && isPromiseSlot(value)) this.#lent.set(value[1], mine);
    // A container that was frozen cannot be changed, which is that test's result and not the end of the run.
    for (const [container, values] of changes) refill(container, values);
    if (isError) throw read;
    return read;
  }

  #changes(changed, decoder) {
    requireValid(Array.isArray(changed), "change");
    return changed.map((each) => {
      requireValid(Array.isArray(each) && each.length === 2, "change");
      const container = decoder.mine(each[0]);
      return [container, decoder.itemsFor(container, each[1])];
    });
  }

  #serve(message) {
    const [, id, op, on, key, self, args, extra] = message;
    requireValid(isCount(id, Number.MAX_SAFE_INTEGER), "number of a request");
    const decoder = new Decoder(this.handles);
    const request = this.#side.read({ op, on, key, self, args }, decoder);
    this.#side.takeExtra(extra, decoder, null);
    const before = decoder.containers.map(contentsOf);
    const answer = (failed, value) => this.#answer(id, { failed, value, held: decoder.containers, before, request });
    this.#serving++;
    try {
      const value = this.#side.serve(request);
      // Loading a module takes time; the side that asked for it waits.
      if (op === "import") {
        this.#loading++;
        const loaded = (failed, result) => {
          this.#loading--;
          answer(failed, result);
          this.#receiveAll();
        };
        return void value.then(
          (module) => loaded(false, module),
          (error) => loaded(true, error),
        );
      }
      answer(false, value);
    } catch (error) {
      if (error instanceof Invalid) throw error;
      answer(true, error);
    } finally {
      this.#serving--;
    }
  }

  #answer(id, { failed, value, held, before, request }) {
    const send = (isFailure, result, containers) =>
      this.#send(
        false,
        null,
        (encoder) => {
          const written = encoder.value(result);
          const changed = containers.flatMap((each, n) => (differ(before[n], contentsOf(each)) ? [[n, encoder.items(each)]] : []));
          return ["answer", id, isFailure, written, changed, this.#side.extra(encoder, request)];
        },
        containers,
      );
    try {
      send(failed, value, held);
      const number = held.length > 0 && value instanceof Promise ? this.handles.numberOf(value) : undefined;
      if (number !== undefined) this.#held.set(number, { containers: held, before: held.map(contentsOf) });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      send(true, error, []);
    }
  }

  /** Sends a message that needs no answer: `settle`, `abort` or `fault`. */
  note(kind, number, isGood, value) {
    const { containers, before } = (kind === "settle" ? this.#held.get(number) : undefined) ?? { containers: [], before: [] };
    if (kind === "settle") this.#held.delete(number);
    const send = (good, result) =>
      this.#send(
        this.#serving === 0,
        null,
        (encoder) => {
          const head = [kind, number, good, encoder.value(result)];
          if (kind !== "settle") return head;
          return [...head, containers.flatMap((each, n) => (differ(before[n], contentsOf(each)) ? [[n, encoder.items(each)]] : []))];
        },
        containers,
      );
    try {
      send(isGood, value);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      send(false, error);
    }
  }

  #noted(message) {
    const [kind, number, isGood, value] = message;
    const [, , , , changed = []] = message;
    const length = kind === "settle" ? 5 : 4;
    requireValid(message.length === length && typeof isGood === "boolean" && isCount(number, Number.MAX_SAFE_INTEGER), "note");
    const mine = this.#lent.get(number) ?? [];
    const decoder = new Decoder(this.handles, kind === "settle" ? mine : []);
    const read = this.#side.received(decoder, value, { about: { kind, number }, failed: !isGood });
    if (kind === "settle") {
      for (const [container, values] of this.#changes(changed, decoder)) refill(container, values);
      this.#lent.delete(number);
      this.handles.settle(number, !read.failed, read.value);
    } else if (kind === "abort") this.handles.abort(number, read.value);
    else {
      requireValid(kind === "fault", "note");
      this.#side.fault(isGood, read.value);
    }
  }
}

function isPromiseSlot(slot) {
  return Array.isArray(slot) && slot[0] === "H" && Array.isArray(slot[2]) && slot[2][0] === "promise";
}
