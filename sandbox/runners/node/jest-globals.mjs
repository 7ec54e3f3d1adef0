/** Jest's globals on top of the engine. Skipped tests run: exercise suites ship them skipped so that a learner enables them one by one. */

import { createRequire } from "node:module";
import { requirePlain, requireRejection } from "./decoy.mjs";

const require = createRequire("/opt/bench/js/node_modules/");
const EQUALITY = ["toBe", "toEqual", "toStrictEqual"];
/** Names that older suites use and that Jest 30 dropped. */
const OLD_NAMES = {
  toThrowError: "toThrow",
  toBeCalled: "toHaveBeenCalled",
  toBeCalledTimes: "toHaveBeenCalledTimes",
  toBeCalledWith: "toHaveBeenCalledWith",
  lastCalledWith: "toHaveBeenLastCalledWith",
  nthCalledWith: "toHaveBeenNthCalledWith",
  toReturn: "toHaveReturned",
  toReturnTimes: "toHaveReturnedTimes",
  toReturnWith: "toHaveReturnedWith",
  lastReturnedWith: "toHaveLastReturnedWith",
  nthReturnedWith: "toHaveNthReturnedWith",
};

/** Gives every global by name. */
export function jestGlobals(engine) {
  const test = testFunction(engine);
  const describe = describeFunction(engine);
  const hooks = {
    beforeAll: (body) => engine.hook("before", withDone(body)),
    afterAll: (body) => engine.hook("after", withDone(body)),
    beforeEach: (body) => engine.hook("beforeEach", withDone(body)),
    afterEach: (body) => engine.hook("afterEach", withDone(body)),
  };
  return {
    describe,
    xdescribe: describe,
    fdescribe: describe,
    test,
    it: test,
    xtest: test,
    xit: test,
    fit: test,
    ...hooks,
    expect: checkedExpect(),
    jest: jestObject(),
  };
}

function testFunction(engine) {
  const test = (name, body, timeoutMs) => engine.test(name, body && withDone(body), { timeoutMs });
  test.each = each((name, body, timeoutMs) => test(name, body, timeoutMs));
  test.skip = test.only = test.failing = test.concurrent = test;
  test.todo = (name) => engine.test(name, undefined, { skip: true });
  return test;
}

function describeFunction(engine) {
  const describe = (name, body) => engine.suite(typeof name === "function" ? name.name : name, body);
  describe.each = each(describe);
  describe.skip = describe.only = describe;
  return describe;
}

/** Wraps a body that takes a `done` callback, so that the test waits for the call. */
function withDone(body) {
  if (body.length === 0) return body;
  return () =>
    new Promise((resolve, reject) => {
      const done = (error) => (error === undefined || error === null ? resolve() : reject(error));
      done.fail = (error) => reject(error instanceof Error ? error : new Error(String(error)));
      Promise.resolve(body(done)).catch(reject);
    });
}

function each(declare) {
  return (table, ...values) =>
    (name, body, timeoutMs) => {
      const rows = Array.isArray(table) && table.raw === undefined ? table : templateRows(table, values);
      rows.forEach((row, index) => {
        const args = Array.isArray(row) ? row : [row];
        declare(titleOf(name, args, index), () => body(...args), timeoutMs);
      });
    };
}

function templateRows(strings, values) {
  const keys = strings[0]
    .split("|")
    .map((key) => key.trim())
    .filter((key) => key !== "");
  const rows = [];
  for (let at = 0; at < values.length; at += keys.length) {
    rows.push(Object.fromEntries(keys.map((key, offset) => [key, values[at + offset]])));
  }
  return rows;
}

function titleOf(name, args, index) {
  const left = [...args];
  const filled = String(name).replace(/%([sdifjop#%])/g, (whole, letter) => {
    if (letter === "%") return "%";
    if (letter === "#") return String(index);
    if (left.length === 0) return whole;
    const value = left.shift();
    return typeof value === "string" || letter === "s" ? String(value) : (JSON.stringify(value) ?? String(value));
  });
  const first = args[0];
  if (first === null || typeof first !== "object") return filled;
  return filled.replace(/\$([A-Za-z_]\w*)/g, (whole, key) => (key in first ? String(first[key]) : whole));
}

function checkedExpect() {
  const { expect } = require("expect");
  const checked = (actual, ...rest) => {
    const matchers = expect(actual, ...rest);
    for (const set of everyForm(matchers)) for (const [old, name] of Object.entries(OLD_NAMES)) set[old] = set[name];
    for (const name of EQUALITY) {
      const original = matchers[name];
      matchers[name] = (...args) => {
        original(...args);
        requireHonest(expect, name, actual, args);
      };
      for (const way of ["resolves", "rejects"]) {
        const later = matchers[way][name];
        matchers[way][name] = async (...args) => {
          await later(...args);
          const settled = await Promise.resolve(typeof actual === "function" ? actual() : actual).catch((error) => error);
          requireHonest(expect, name, settled, args);
        };
      }
    }
    return matchers;
  };
  return Object.assign(checked, expect);
}

function everyForm(matchers) {
  const { not, resolves, rejects } = matchers;
  return [matchers, not, resolves, resolves.not, rejects, rejects.not];
}

function requireHonest(expect, name, actual, args) {
  if (args.length === 0) return;
  requirePlain(actual, args[0]);
  requireRejection((decoy) => expect(actual)[name](decoy), args[0]);
}

function jestObject() {
  const { ModuleMocker } = require("jest-mock");
  const mocker = new ModuleMocker(globalThis);
  const jest = {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    isMockFunction: mocker.isMockFunction.bind(mocker),
    ...Object.fromEntries(
      ["clearAllMocks", "resetAllMocks", "restoreAllMocks"].map((name) => [
        name,
        () => {
          mocker[name]();
          return jest;
        },
      ]),
    ),
    setTimeout: () => jest,
  };
  return jest;
}
