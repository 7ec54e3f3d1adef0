import { type Oddity, oddity } from "./oddities.ts";

/** What depends on whose turn it is: events after the tests' own turn, changes of arguments before a promise settles, and classes that both sides have. */
export const TURN_ODDITIES: readonly Oddity[] = [
  oddity(
    "events, servers and promises of the solution go on only when the test waits",
    `import { EventEmitter } from "node:events"; import net from "node:net";
export class Ready extends EventEmitter { constructor() { super(); process.nextTick(() => this.emit("ready", 1)); } }
export const later = () => { const e = new EventEmitter(); queueMicrotask(() => e.emit("go")); Promise.resolve().then(() => e.emit("then")); return e; };
export const server = () => net.createServer((c) => c.end("hi"));
export const push = async (log) => { log.push("a"); await null; log.push("b"); return log; };
export class Sub extends EventEmitter {} export const get = async (x) => x;
let n = 0; export const tick = () => { process.nextTick(() => n++); return n; }; export const now = () => n;`,
    `import { once, EventEmitter } from "node:events"; import net from "node:net";
test("ready", async () => { const r = new own.Ready(); const [v] = await once(r, "ready"); assert.equal(v, 1); });
test("later", async () => { const e = own.later(); await Promise.all([once(e, "go"), once(e, "then")]); });
test("server", async () => { const s = own.server().listen(0); await once(s, "listening"); const c = net.connect(s.address().port); const [d] = await once(c, "data"); assert.equal(String(d), "hi"); c.destroy(); s.close(); await once(s, "close"); });
test("push", async () => { const log = []; const r = await own.push(log); assert.deepEqual(log, ["a", "b"]); assert.deepEqual(r, ["a", "b"]); });
test("push not awaited at once", async () => { const log = []; const p = own.push(log); assert.deepEqual(log, ["a"]); await p; assert.deepEqual(log, ["a", "b"]); });
test("emitter", () => { assert.ok(new own.Sub() instanceof EventEmitter); });
test("sync ticks", async () => { const a = own.tick(); const b = own.now(); assert.equal(a, b); await new Promise((r) => setTimeout(r, 5)); assert.equal(own.now(), a + 1); });
test("many", async () => { for (let i = 0; i < 2000; i++) assert.equal(await own.get(i), i); for (let i = 0; i < 3000; i++) own.now(); });`,
  ),
  oddity(
    "functions of fs are replaced",
    "import fs from 'node:fs'; export const lines = (file) => fs.readFileSync(file, 'utf8').split('\\n');",
    `import fs from "node:fs";
test("mocked", (t) => { t.mock.method(fs, "readFileSync", () => "a\\nb"); assert.deepEqual(own.lines("any"), ["a", "b"]); });
test("restored", () => assert.throws(() => own.lines("/no/such"), { code: "ENOENT" }));`,
  ),
];
