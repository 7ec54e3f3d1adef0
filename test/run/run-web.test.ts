import { describe, expect, onTestFinished, test } from "vitest";
import type { FetchOnce, WebAnswer, WebRefusal } from "../../src/core/web.ts";
import { RunWeb } from "../../src/run/run-web.ts";
import { Store } from "../../src/store/store.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const signal = new AbortController().signal;
const page = (text: string): WebAnswer => ({ kind: "page", status: 200, contentType: "text/plain", text, isCut: false });
const to = (address: string): WebAnswer => ({ kind: "redirect", status: 302, to: address });

/** A web of a few addresses, which counts what is asked of it; each answer of a list comes once. */
function webOf(pages: Readonly<Record<string, readonly (WebAnswer | WebRefusal)[]>>) {
  const asked: string[] = [];
  const fetchOnce: FetchOnce = async ({ href }, { mayBePrivate }) => {
    const before = asked.filter((one) => one.startsWith(`${href} `)).length;
    asked.push(`${href} ${mayBePrivate}`);
    await new Promise(setImmediate);
    const answers = pages[href] ?? [];
    return answers[Math.min(before, answers.length - 1)] ?? { kind: "failed", reason: "it is not there" };
  };
  return { asked, fetchOnce };
}

function open(
  { fetchOnce }: { readonly fetchOnce: FetchOnce | null },
  runId = "run",
  hasKey: (text: string) => boolean = () => false,
  store = newStore(),
) {
  const web = new RunWeb({ table: store.web, runId, fetchOnce, signal, hasKey });
  return {
    store,
    of: (allow: readonly string[], privateHosts: readonly string[] = []) => web.of({ web: { allow, private: privateHosts } }),
  };
}

function newStore(): Store {
  const folder = new TempFolder();
  const store = new Store(folder.at("bench.db"), () => new Date("2026-01-02T03:04:05.000Z"));
  const run = {
    createdAt: "2026-01-01T00:00:00.000Z",
    suite: "s",
    suiteDigest: "d",
    attempts: 1,
    harnessVersion: "1",
    image: "i",
    imageId: "i",
    settings: {},
  };
  for (const id of ["run", "other"]) store.saveRun({ run: { ...run, id }, arms: [], tasks: [] });
  onTestFinished(() => {
    store.close();
    folder[Symbol.dispose]();
  });
  return store;
}

test("an address is fetched once in a run, and then the same for all, also where the page has changed", async () => {
  const { asked, fetchOnce } = webOf({ "https://a.test/": [page("first"), page("second")] });
  const { store, of } = open({ fetchOnce });

  const reads = await Promise.all([1, 2, 3].map(async () => of(["a.test"])?.read("https://a.test/#part", signal)));
  expect(reads.map((read) => read?.kind === "page" && [read.text, read.url])).toEqual(Array(3).fill(["first", "https://a.test/"]));
  expect(asked).toEqual(["https://a.test/ false"]);

  // A resumed run, and one without the web.
  for (const again of [fetchOnce, null]) {
    expect(await open({ fetchOnce: again }, "run", undefined, store).of(["a.test"])?.read("https://a.test", signal)).toMatchObject({
      text: "first",
    });
  }
  // Another run has its own.
  expect(await open({ fetchOnce }, "other", undefined, store).of(["a.test"])?.read("https://a.test", signal)).toMatchObject({
    text: "second",
  });
});

test("failures are stored too, so that no arm sees a page that another did not", async () => {
  const { asked, fetchOnce } = webOf({ "https://a.test/": [{ kind: "failed", reason: "it is down" }, page("up")] });
  const { of } = open({ fetchOnce });

  for (const _ of [1, 2]) expect(await of(["a.test"])?.read("https://a.test/", signal)).toEqual({ kind: "failed", reason: "it is down" });
  expect(asked).toHaveLength(1);
});

test("a page that was not fetched in the run is no part of its replay", async () => {
  expect(await open({ fetchOnce: null }).of(["a.test"])?.read("https://a.test/", signal)).toEqual({
    kind: "failed",
    reason: "the page is not stored with the run",
  });
});

describe("redirects", () => {
  const pages = {
    "https://a.test/in": [to("https://a.test/next")],
    "https://a.test/next": [page("here")],
    "https://a.test/out": [to("https://evil.test/?stolen")],
    "https://a.test/private": [to("http://127.0.0.1/")],
    "https://a.test/file": [to("file:///etc/passwd")],
    "https://a.test/login": [to("https://u:p@a.test/next")],
    "https://a.test/round": [to("https://a.test/round")],
    "https://evil.test/?stolen": [page("outside")],
  };

  test("inside the list are followed", async () => {
    expect(await open(webOf(pages)).of(["a.test"])?.read("https://a.test/in", signal)).toMatchObject({
      kind: "page",
      text: "here",
      url: "https://a.test/next",
    });
  });

  test("out of the list are followed by who allows the target, and not by who does not, whatever is stored", async () => {
    const web = webOf(pages);
    const { of } = open(web);

    // Without the defence: with the target in the list, the same address gives the page outside.
    expect(await of(["a.test", "evil.test"])?.read("https://a.test/out", signal)).toMatchObject({ kind: "page", text: "outside" });
    expect(await of(["a.test"])?.read("https://a.test/out", signal)).toEqual({
      kind: "refused",
      reason: "the page redirects to https://evil.test/?stolen, which is not one of the allowed addresses: a.test",
    });
    expect(web.asked.filter((address) => address.startsWith("https://evil"))).toHaveLength(1);
  });

  test.for(["private", "file", "login"])("to a %s address are refused", async (path) => {
    const web = webOf(pages);

    expect(await open(web).of(["a.test"])?.read(`https://a.test/${path}`, signal)).toMatchObject({ kind: "refused" });
    expect(web.asked).toHaveLength(1);
  });

  test("without end are a failure", async () => {
    expect(await open(webOf(pages)).of(["a.test"])?.read("https://a.test/round", signal)).toEqual({
      kind: "failed",
      reason: "the address redirects more than 5 times",
    });
  });
});

test("only hosts that the task names as private may be so, and a refusal is not stored", async () => {
  const refused: WebRefusal = { kind: "refused", reason: "private" };
  const web = webOf({ "http://localhost/": [refused, page("inside")] });
  const { of } = open(web);

  expect(await of(["localhost"])?.read("http://localhost/", signal)).toEqual(refused);
  expect(await of(["localhost"], ["localhost"])?.read("http://localhost/", signal)).toMatchObject({ text: "inside" });
  expect(web.asked).toEqual(["http://localhost/ false", "http://localhost/ true"]);
});

describe("a key in an address", () => {
  const KEY = "sk-test+0123456789/abc";
  const hasKey = (text: string): boolean => text.includes(KEY);

  test.for([
    `https://a.test/?q=${KEY}`,
    `https://a.test/?q=${encodeURIComponent(KEY)}`,
    `https://a.test/${KEY.split("")
      .map((c) => `%${c.charCodeAt(0).toString(16)}`)
      .join("")}`,
  ])("is sent without the check, and refused with it: %s", async (address) => {
    const undefended = webOf({});
    await open(undefended).of(["a.test"])?.read(address, signal);
    expect(undefended.asked).toHaveLength(1);

    const web = webOf({});
    const read = await open(web, "run", hasKey).of(["a.test"])?.read(address, signal);
    expect(read).toEqual({ kind: "refused", reason: "the address contains a key, which must not leave this machine" });
    expect(web.asked).toEqual([]);
  });

  test("that a page redirects to is not followed", async () => {
    const web = webOf({ "https://a.test/": [to(`https://a.test/?q=${KEY}`)] });

    expect(await open(web, "run", hasKey).of(["a.test"])?.read("https://a.test/", signal)).toMatchObject({ kind: "refused" });
    expect(web.asked).toHaveLength(1);
  });
});

test("other addresses, and what is none, are refused before anything is asked", async () => {
  const web = webOf({});
  const of = open(web).of(["https://a.test/docs/"]);

  for (const address of [
    "docs",
    "https://b.test/",
    "https://a.test/",
    "file:///a",
    "ftp://a.test/docs/",
    "https://u:p@a.test/docs/",
    `https://a.test/docs/${"x".repeat(2000)}`,
  ])
    expect(await of?.read(address, signal)).toMatchObject({ kind: "refused" });
  expect(web.asked).toEqual([]);
});

test("a task without a list has no web, and an interrupt does not wait for a page", async () => {
  const never: FetchOnce = () => new Promise(() => {});
  const store = newStore();
  expect(new RunWeb({ table: store.web, runId: "run", fetchOnce: never, signal, hasKey: () => false }).of({})).toBeUndefined();

  const interrupt = new AbortController();
  const reading = open({ fetchOnce: never }, "run", undefined, store).of(["a.test"])?.read("https://a.test/", interrupt.signal);
  interrupt.abort(new Error("stop"));
  await expect(reading).rejects.toThrow("stop");
});
