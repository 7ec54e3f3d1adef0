import { expect, test } from "vitest";
import { schemaOf } from "../../../../src/agent/loop/tool/tool.ts";
import { toolSet } from "../../../../src/agent/loop/tool/tool-set.ts";
import type { ToolProfile } from "../../../../src/core/agent.ts";
import type { Web, WebRead } from "../../../../src/core/web.ts";
import { LIMITS } from "../../../fixtures/agent-settings.ts";
import { openFolderSandbox } from "../../../fixtures/folder-sandbox.ts";

const webOf = (read: WebRead | ((signal: AbortSignal) => Promise<WebRead>)): Web => ({
  allow: ["docs.test", "https://a.test/x/"],
  read: async (_, signal) => (typeof read === "function" ? read(signal) : read),
});
const page = (text: string, more: Partial<Extract<WebRead, { kind: "page" }>> = {}): WebRead => ({
  kind: "page",
  url: "https://docs.test/a",
  status: 200,
  contentType: "text/plain",
  text,
  isCut: false,
  ...more,
});

async function use(
  web: Web,
  args: Readonly<Record<string, string | number>> = {},
  { leftMs = 60_000, signal = new AbortController().signal } = {},
) {
  const sandbox = await openFolderSandbox();
  const tool = toolSet("full", 30, { web }).offered.at(-1);
  const outcome = await tool?.run({ url: "https://docs.test/a", ...args }, { sandbox, limits: LIMITS, signal, remainingMs: () => leftMs });
  await sandbox.close();
  return outcome;
}

test("the tool is there for tasks that allow something, and not for a bare shell; without a list no word differs", () => {
  const web = webOf(page(""));
  const names = (profile: ToolProfile, given?: Web) => toolSet(profile, 30, { web: given }).offered.map(({ name }) => name);

  for (const profile of ["full", "no-exec", "read-only", "apply-patch"] as const) {
    expect(names(profile, web)).toEqual([...names(profile), "web_fetch"]);
    expect(JSON.stringify(toolSet(profile, 30).offered.map(schemaOf))).not.toContain("web");
  }
  expect(names("bash-only", web)).toEqual(["run_command"]);
  expect(toolSet("full", 30, { web }).offered.at(-1)?.description).toContain("docs.test, https://a.test/x/");
});

test("a page is shown in parts that fit, each of which names the next", async () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index + 1} ${"x".repeat(30)}`);
  const web = webOf(page(lines.join("\n")));
  const seen: string[] = [];
  for (let start: number | undefined = 1; start !== undefined; ) {
    const outcome = await use(web, { start_line: start });
    expect(Buffer.byteLength(outcome?.text ?? "")).toBeLessThanOrEqual(LIMITS.maxResultBytes);
    const [head, empty, ...rest] = (outcome?.text ?? "").split("\n");
    expect([head, empty]).toEqual(["status 200: https://docs.test/a", ""]);
    const next = /continue with start_line=(\d+)\]$/.exec(rest.at(-1) ?? "")?.[1];
    seen.push(...(next === undefined ? rest : rest.slice(0, -1)));
    start = next === undefined ? undefined : Number(next);
  }
  expect(seen).toEqual(lines);
});

test.for<{ title: string; read: WebRead; args?: Record<string, number>; shown: string; isError?: boolean }>([
  { title: "an error of the server", read: page("gone", { status: 404 }), shown: "status 404: https://docs.test/a\n\ngone" },
  { title: "an empty page", read: page(""), shown: "status 200: https://docs.test/a\n\n(empty page)" },
  {
    title: "a page that was cut",
    read: page("x", { isCut: true }),
    shown: "status 200: https://docs.test/a\n\nx\n[the page is longer; the rest was not read]",
  },
  {
    title: "a part that is not there",
    read: page("x"),
    args: { start_line: 9 },
    shown: "Error: invalid_arguments: start_line 9 is past the end (1 lines).",
    isError: true,
  },
  { title: "a refusal", read: { kind: "refused", reason: "no" }, shown: "Error: policy_denied: no.\nNothing was fetched.", isError: true },
  { title: "a failure", read: { kind: "failed", reason: "it is down" }, shown: "Error: environment: it is down.", isError: true },
])("$title is told", async ({ read, args, shown, isError = false }) => {
  const outcome = await use(webOf(read), args);

  expect(outcome?.text).toBe(shown);
  expect(outcome?.errorKind !== null).toBe(isError);
});

test("a line that fits into no part is cut, and the next part goes on behind it", async () => {
  const outcome = await use(webOf(page(`${"é".repeat(10_000)}\nnext`)));

  expect(outcome?.text).toContain(" [line cut]\n[lines 1-1 of 2; continue with start_line=2]");
  expect(Buffer.byteLength(outcome?.text ?? "")).toBeLessThanOrEqual(LIMITS.maxResultBytes);
});

const waiting = webOf((signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))));

test("the time limit of the trial ends a fetch, and an interrupt is an interrupt", async () => {
  expect((await use(waiting, {}, { leftMs: 20 }))?.errorKind).toBe("timeout");
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(new Error("stop")), 20);
  await expect(use(waiting, {}, { signal: interrupt.signal })).rejects.toThrow("stop");
});
