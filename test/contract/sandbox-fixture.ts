import { afterAll, beforeAll, expect } from "vitest";
import type { CommandRequest, PathQuery, Sandbox, SandboxProvider, SandboxRequest } from "../../src/core/sandbox.ts";
import { WORKSPACE } from "../../src/core/sandbox.ts";
import type { SandboxLimits } from "../../src/core/task.ts";

/** What the contract needs of an adapter: its provider, and what it cannot do, as the reason for each name of a test. The contract closes what it opens. */
export type SandboxAdapter = {
  readonly provider: SandboxProvider;
  readonly cannot?: Readonly<Record<string, string>>;
};

export const noSignal = new AbortController().signal;

export const limits: SandboxLimits = { memoryMb: 512, cpus: 2, pids: 128, workspaceMb: 64, tmpMb: 64 };

/** A request for a sandbox of the default image; limits and purpose may be changed. */
export function requestFor(changed: Partial<SandboxRequest> = {}): SandboxRequest {
  return { image: null, limits, purpose: "agent", ...changed };
}

/** Opens one sandbox for a group of tests that leave it usable. */
export function sharedSandbox(adapter: SandboxAdapter): () => Sandbox {
  let sandbox: Sandbox | null = null;
  beforeAll(async () => {
    sandbox = await adapter.provider.open(requestFor(), noSignal);
  });
  afterAll(() => sandbox?.close());
  return () => {
    if (sandbox === null) throw new Error("the sandbox is not open yet");
    return sandbox;
  };
}

/** Opens a sandbox for one test. */
export async function ownSandbox(adapter: SandboxAdapter, changed: Partial<SandboxLimits> = {}): Promise<Sandbox & AsyncDisposable> {
  const sandbox = await adapter.provider.open(requestFor({ limits: { ...limits, ...changed } }), noSignal);
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
}

/** Runs a command with defaults that suit most tests. */
export async function run(
  sandbox: Sandbox,
  command: string | readonly string[],
  changed: Partial<CommandRequest> = {},
  signal?: AbortSignal,
) {
  const request = { command, cwd: WORKSPACE, env: {}, timeoutMs: 30_000, maxOutputBytes: 100_000, ...changed };
  const result = await sandbox.run(request, signal);
  return { exit: result.exit, text: Buffer.concat([result.head, result.tail]).toString("utf8"), result };
}

/** Runs a command that must succeed and gives what it printed. */
export async function succeed(
  sandbox: Sandbox,
  command: string | readonly string[],
  changed: Partial<CommandRequest> = {},
): Promise<string> {
  const { exit, text } = await run(sandbox, command, changed);
  expect(exit, text).toEqual({ kind: "exited", code: 0 });
  return text;
}

export const at = (path: string, root: string = WORKSPACE): PathQuery => ({ path, root });

export const exited = (code: number) => ({ kind: "exited", code }) as const;
