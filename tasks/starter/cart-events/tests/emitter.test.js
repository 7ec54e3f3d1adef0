import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "/workspace/src/emitter.js";

/** An emitter and a log that its listeners write to. */
function setUp() {
  const emitter = new Emitter();
  const log = [];
  const say = (word) => (payload) => log.push(payload === undefined ? word : `${word}:${payload}`);
  return { emitter, log, say };
}

test("listeners are called in order, at once, with the payload", () => {
  const { emitter, log, say } = setUp();
  emitter.on("e", say("a"));
  emitter.on("e", say("b"));
  emitter.on("other", say("x"));
  emitter.emit("e", 1);
  log.push("after");
  assert.deepEqual(log, ["a:1", "b:1", "after"]);
});

test("an event without listeners does nothing", () => {
  const { emitter, log } = setUp();
  emitter.emit("nobody", 1);
  emitter.off("nobody", () => {});
  assert.equal(log.length, 0);
});

test("a once listener does not make the next listener miss the event", () => {
  const { emitter, log, say } = setUp();
  emitter.once("e", say("a"));
  emitter.on("e", say("b"));
  emitter.once("e", say("c"));
  emitter.on("e", say("d"));
  emitter.emit("e");
  assert.deepEqual(log, ["a", "b", "c", "d"]);
  emitter.emit("e");
  assert.deepEqual(log.slice(4), ["b", "d"]);
});

test("a listener that removes itself does not make the next one miss the event", () => {
  const { emitter, log, say } = setUp();
  const remove = emitter.on("e", () => {
    log.push("a");
    remove();
  });
  emitter.on("e", say("b"));
  emitter.emit("e");
  emitter.emit("e");
  assert.deepEqual(log, ["a", "b", "b"]);
});

test("a listener added during an emit waits for the next one", () => {
  const { emitter, log, say } = setUp();
  emitter.once("e", () => emitter.on("e", say("late")));
  emitter.on("e", say("b"));
  emitter.emit("e");
  assert.deepEqual(log, ["b"]);
  assert.ok(!log.includes("late"));
  emitter.emit("e");
  assert.deepEqual(log, ["b", "b", "late"]);
});

test("a listener added during an emit is called by a nested emit", () => {
  const { emitter, log, say } = setUp();
  emitter.once("e", () => {
    emitter.on("e", say("late"));
    emitter.emit("e", "inner");
  });
  emitter.on("e", say("b"));
  emitter.emit("e", "outer");
  assert.deepEqual(log, ["b:inner", "late:inner", "b:outer"]);
});

test("a listener removed before its turn is not called", () => {
  const { emitter, log, say } = setUp();
  const b = say("b");
  let removeC = () => {};
  emitter.on("e", () => {
    emitter.off("e", b);
    removeC();
  });
  emitter.on("e", b);
  removeC = emitter.on("e", say("c"));
  emitter.on("e", say("d"));
  emitter.emit("e");
  assert.deepEqual(log, ["d"]);
});

test("a once listener removed before its turn is not called", () => {
  const { emitter, log, say } = setUp();
  const b = say("b");
  emitter.on("e", () => emitter.off("e", b));
  emitter.once("e", b);
  emitter.emit("e");
  emitter.emit("e");
  assert.deepEqual(log, []);
});

test("a listener removed and added again during an emit waits for the next one", () => {
  const { emitter, log, say } = setUp();
  const b = say("b");
  emitter.once("e", () => {
    emitter.off("e", b);
    emitter.on("e", b);
  });
  emitter.on("e", b);
  emitter.emit("e", 1);
  emitter.emit("e", 2);
  assert.deepEqual(log, ["b:2"]);
});

test("removing an earlier listener does not make a later one miss the event", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  emitter.on("e", a);
  emitter.on("e", () => emitter.off("e", a));
  emitter.on("e", say("c"));
  emitter.emit("e");
  assert.deepEqual(log, ["a", "c"]);
});

test("the same function added twice is called twice", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  emitter.on("e", a);
  emitter.on("e", a);
  emitter.emit("e");
  assert.deepEqual(log, ["a", "a"]);
});

test("off removes the earliest registration only", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  emitter.on("e", a);
  emitter.on("e", say("b"));
  emitter.on("e", a);
  emitter.off("e", a);
  emitter.emit("e");
  assert.deepEqual(log, ["b", "a"]);
  emitter.off("e", a);
  emitter.off("e", a);
  emitter.emit("e");
  assert.deepEqual(log, ["b", "a", "b"]);
});

test("off takes a once registration when it is the earliest", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  emitter.once("e", a);
  emitter.on("e", a);
  emitter.off("e", a);
  emitter.emit("e", 1);
  emitter.emit("e", 2);
  assert.deepEqual(log, ["a:1", "a:2"]);
});

test("the returned function removes exactly its own registration", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  emitter.on("e", a);
  emitter.on("e", say("b"));
  const removeSecond = emitter.on("e", a);
  removeSecond();
  emitter.emit("e");
  assert.deepEqual(log, ["a", "b"]);
  assert.notDeepEqual(log, ["b", "a"]);
});

test("calling the returned function again does nothing", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  const remove = emitter.on("e", a);
  remove();
  emitter.on("e", a);
  remove();
  emitter.emit("e");
  assert.deepEqual(log, ["a"]);
});

test("the function that once returned leaves others alone after the call", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  const remove = emitter.once("e", a);
  emitter.emit("e", 1);
  emitter.on("e", a);
  remove();
  emitter.emit("e", 2);
  assert.deepEqual(log, ["a:1", "a:2"]);
  assert.equal(typeof remove, "function");
});

test("off with the original function removes a once listener", () => {
  const { emitter, log, say } = setUp();
  const a = say("a");
  emitter.once("e", a);
  emitter.off("e", a);
  emitter.emit("e");
  assert.equal(log.length, 0);
});

test("a once listener is not called again by a nested emit", () => {
  const { emitter, log } = setUp();
  emitter.once("e", (payload) => {
    log.push(payload);
    if (payload < 3) emitter.emit("e", payload + 1);
  });
  emitter.emit("e", 1);
  assert.deepEqual(log, [1]);
});

test("an exception leaves emit and stops the later listeners", () => {
  const { emitter, log, say } = setUp();
  emitter.on("e", say("a"));
  const remove = emitter.on("e", () => {
    throw new TypeError("broken");
  });
  emitter.on("e", say("c"));
  assert.throws(() => emitter.emit("e"), TypeError);
  assert.deepEqual(log, ["a"]);
  remove();
  emitter.emit("e");
  assert.deepEqual(log, ["a", "a", "c"]);
});

test("a once listener that threw is gone", () => {
  const { emitter, log, say } = setUp();
  emitter.once("e", () => {
    throw new RangeError("broken");
  });
  emitter.on("e", say("b"));
  assert.throws(() => emitter.emit("e"), RangeError);
  emitter.emit("e");
  assert.deepEqual(log, ["b"]);
});
