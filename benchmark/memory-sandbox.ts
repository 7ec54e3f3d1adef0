import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { compileRule, isAllowed } from "../src/core/glob.ts";
import type { CommandResult, Sandbox, SandboxProvider } from "../src/core/sandbox.ts";
import type { SourceFile } from "../src/core/task.ts";

/**
 * Opens sandboxes that are only a table of files, so that only the harness is measured. Every command ends immediately and prints `output`; a test run ends
 * immediately, too, and passes if there is the line "yes" in answer.txt. Every answer comes in a later turn of the event loop, like one that comes over a connection.
 */
export function memorySandboxes(output = ""): SandboxProvider {
  let count = 0;
  return {
    image: (name) => ({ name: name ?? "none", id: name ?? "none" }),
    open: async () => {
      count += 1;
      await turn();
      return memorySandbox(`memory-${count}`, Buffer.from(output));
    },
  };
}

function memorySandbox(id: string, output: Uint8Array): Sandbox {
  const files = new Map<string, SourceFile>();
  const name = (path: string): string => path.replace(/^\/workspace\//, "");
  return {
    id,
    workspace: "/workspace",
    run: async ({ stdin }) => {
      await turn();
      if (stdin === undefined) return ended(0, output);
      const plan = JSON.parse(Buffer.from(stdin).toString()) as Plan;
      const answer = Buffer.from(files.get("answer.txt")?.bytes ?? []).toString();
      files.set(plan.report, { path: plan.report, bytes: Buffer.from(reportOn(plan, answer === "yes\n")), executable: false });
      return ended(1, new Uint8Array());
    },
    readFile: async ({ path }) => {
      await turn();
      const file = files.get(name(path));
      return file ? { kind: "read", path: name(path), bytes: file.bytes } : { kind: "not-found", suggestions: [] };
    },
    writeFile: async ({ path }, { bytes, executable }) => {
      await turn();
      const created = !files.has(name(path));
      files.set(name(path), { path: name(path), bytes, executable: executable ?? false });
      return { kind: "written", path: name(path), created };
    },
    changeFiles: async (_root, changes) => {
      await turn();
      for (const change of changes) {
        const path = name(change.path);
        if (change.kind === "write") files.set(path, { path, bytes: change.bytes, executable: false });
        else files.delete(path);
      }
      return { kind: "changed" };
    },
    list: async () => ({
      kind: "listed",
      entries: [...files.values()].map(({ path, bytes }) => ({ path, kind: "file", sizeBytes: bytes.length })),
      omitted: 0,
    }),
    putFiles: async (_root, sources) => {
      for (const file of sources) files.set(file.path, file);
    },
    exportFiles: async ({ rule }) => {
      await turn();
      const filter = compileRule(rule);
      return { files: [...files.values()].filter(({ path }) => isAllowed(filter, path)), refused: [], held: [], unnamed: [] };
    },
    fingerprint: async () => {
      const hash = createHash("sha256");
      for (const { path, bytes } of files.values()) hash.update(path).update(bytes);
      return hash.digest("hex");
    },
    serve: () => Promise.reject(new Error("A sandbox in memory has no ports")),
    close: async () => files.clear(),
  };
}

type Plan = { readonly report: string; readonly files: readonly string[]; readonly canaries: readonly string[] };

function reportOn({ files, canaries }: Plan, passed: boolean): string {
  const test = (name: string, hasPassed: boolean) => ({ name, status: hasPassed ? "passed" : "failed", message: null, durationMs: 1 });
  const tests = [...canaries.map((name) => test(name, false)), ...files.map((name) => test(name, passed))];
  return JSON.stringify({ end: { kind: "exited", code: 1 }, finished: true, strays: 0, outOfMemory: false, tests });
}

function ended(code: number, head: Uint8Array): CommandResult {
  return { exit: { kind: "exited", code }, head, tail: new Uint8Array(), omittedBytes: 0, omittedLines: 0, durationMs: 0 };
}
