import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Sandbox, SandboxRequest } from "../../src/core/sandbox.ts";
import { SandboxPool } from "../../src/run/sandbox-pool.ts";
import { folderSandboxProvider, openFolderSandbox } from "../fixtures/folder-sandbox.ts";
import { until } from "../fixtures/until.ts";

const LIMITS = { memoryMb: 64, cpus: 1, pids: 32, workspaceMb: 8, tmpMb: 8 };
const REQUEST: SandboxRequest = { image: "one", limits: LIMITS, purpose: "agent" };
const NEVER = new AbortController().signal;

type Setting = { readonly spares?: number; readonly signal?: AbortSignal; readonly closeFails?: boolean };

/** A pool of folders, with what was opened and what was closed of it. */
function aPool({ spares = 2, signal = NEVER, closeFails = false }: Setting = {}) {
  const opened: Sandbox[] = [];
  const closed: string[] = [];
  const notices: string[] = [];
  const open = async (): Promise<Sandbox> => {
    const sandbox = await openFolderSandbox();
    const close = async (): Promise<void> => {
      await sandbox.close();
      closed.push(sandbox.id);
      if (closeFails) throw new Error("it will not go");
    };
    opened.push(sandbox);
    return { ...sandbox, close };
  };
  return {
    pool: new SandboxPool({ provider: folderSandboxProvider(open), signal, spares, notify: (text) => notices.push(text) }),
    opened,
    closed,
    notices,
  };
}

function expectMany(pool: SandboxPool, sandboxes: number): void {
  for (let sandbox = 0; sandbox < sandboxes; sandbox++) pool.expect(REQUEST);
}

/** Waits until so many were opened, and then as long as one more would take, were one opened too many. */
async function settled(opened: readonly Sandbox[], atLeast: number): Promise<void> {
  await until(() => opened.length >= atLeast);
  await sleep(30);
}

test("the next sandbox is ready as long as more are expected, and none is opened that no trial needs", async () => {
  const { pool, opened, closed } = aPool();
  expectMany(pool, 3);

  const first = await pool.open(REQUEST, NEVER);
  await settled(opened, 3);
  expect(opened).toHaveLength(3);
  const second = await pool.open(REQUEST, NEVER);
  const third = await pool.open(REQUEST, NEVER);
  await settled(opened, 3);

  expect(opened).toHaveLength(3);
  expect(new Set([first, second, third].map(({ id }) => id)).size).toBe(3);
  for (const sandbox of [first, second, third]) await sandbox.close();
  await pool.drain();
  expect(closed).toHaveLength(3);
});

test("no more sandboxes are ready than the spares", async () => {
  const { pool, opened } = aPool({ spares: 2 });
  expectMany(pool, 50);

  await pool.open(REQUEST, NEVER);
  await settled(opened, 3);

  expect(opened).toHaveLength(3);
  await pool.drain();
});

test("a request with other limits gets another sandbox", async () => {
  const { pool, opened } = aPool();
  expectMany(pool, 5);
  await pool.open(REQUEST, NEVER);
  await settled(opened, 3);
  const before = opened.length;

  await pool.open({ ...REQUEST, limits: { ...LIMITS, memoryMb: 128 } }, NEVER);

  expect(opened.length).toBe(before + 1);
  await pool.drain();
});

test("a sandbox that ended while it was ready is skipped", async () => {
  const { pool, opened } = aPool({ spares: 1 });
  expectMany(pool, 3);
  await pool.open(REQUEST, NEVER);
  await settled(opened, 2);
  await opened[1]?.close();

  const sandbox = await pool.open(REQUEST, NEVER);

  expect(sandbox.id).not.toBe(opened[1]?.id);
  expect((await sandbox.run({ command: ["true"], cwd: "/workspace", env: {}, timeoutMs: 5_000, maxOutputBytes: 100 })).exit).toEqual({
    kind: "exited",
    code: 0,
  });
  await pool.drain();
});

test("drain removes ready sandboxes and waits for those being removed", async () => {
  const { pool, opened, closed } = aPool();
  expectMany(pool, 9);
  const sandbox = await pool.open(REQUEST, NEVER);
  await settled(opened, 3);
  await sandbox.close();

  await pool.drain();

  expect(closed.toSorted()).toEqual(opened.map(({ id }) => id).toSorted());
});

test("a sandbox that cannot be removed is reported and does not fail its trial", async () => {
  const { pool, notices } = aPool({ closeFails: true });
  const sandbox = await pool.open(REQUEST, NEVER);

  await sandbox.close();
  await pool.drain();

  expect(notices).toEqual(["A sandbox could not be removed and is left for the next run to remove: it will not go"]);
});

test("nothing is opened ahead once the run is aborted", async () => {
  const stop = new AbortController();
  const { pool, opened } = aPool({ signal: stop.signal });
  expectMany(pool, 9);
  stop.abort(new Error("enough"));

  await pool.open(REQUEST, NEVER);
  await settled(opened, 1);
  await expect(pool.open(REQUEST, stop.signal)).rejects.toThrow("enough");

  expect(opened).toHaveLength(1);
  await pool.drain();
});
