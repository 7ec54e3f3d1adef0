import { currentOwner, hasGone, ownerFromText } from "../owner.ts";
import { OWNER_LABEL, RUN_LABEL, SANDBOX_LABEL } from "./container.ts";
import { askEngine, type Engine } from "./engine.ts";
import { hostOn } from "./engine-access.ts";
import { removeContainer } from "./remove.ts";

/** A sandbox that an engine has: its short id, its run, and whether the process that opened it has certainly gone. */
export type FoundSandbox = { readonly id: string; readonly runId: string | null; readonly isAbandoned: boolean };

/** Which sandboxes to remove: those whose process has gone, or `all`, which ends runs that are under way; with `labels`, only those that bear them. */
export type SweepFilter = { readonly which: "abandoned" | "all"; readonly labels?: Readonly<Record<string, string>> };

/** Finds the sandboxes that bear the labels. Containers of anybody else are never among them. Throws InfraError when the engine fails. */
export async function findSandboxes(engine: Engine, labels: Readonly<Record<string, string>> = {}): Promise<readonly FoundSandbox[]> {
  const label = [`${SANDBOX_LABEL}=1`, OWNER_LABEL, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)];
  const found = await askEngine("list sandboxes", () => engine.listContainers({ all: true, filters: { label } }));
  const viewer = currentOwner();
  return found.map(({ Id, Labels }) => {
    const owner = ownerFromText(Labels[OWNER_LABEL] ?? "");
    return { id: Id.slice(0, 12), runId: Labels[RUN_LABEL] ?? null, isAbandoned: owner !== null && hasGone(owner, viewer) };
  });
}

/** Removes sandboxes; one that fails keeps none of the others. Throws InfraError, at the end, when the engine failed. */
export async function removeSandboxes(engine: Engine, sandboxes: readonly FoundSandbox[]): Promise<void> {
  // Whoever sweeps wants to know now that the engine has gone.
  const host = hostOn(engine, { awayMs: 0 });
  const ends = await Promise.allSettled(sandboxes.map(({ id }) => removeContainer(host, id, new AbortController().signal)));
  const failure = ends.find((end) => end.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/**
 * Removes sandboxes that were left behind, by a harness that was killed for instance, and returns their short ids.
 *
 * One whose process may live, on this machine or another that shares the engine, is left alone unless `all` is asked for.
 * Throws InfraError when the engine fails.
 */
export async function sweepSandboxes(engine: Engine, filter: SweepFilter): Promise<readonly string[]> {
  const found = await findSandboxes(engine, filter.labels);
  const doomed = found.filter(({ isAbandoned }) => isAbandoned || filter.which === "all");
  await removeSandboxes(engine, doomed);
  return doomed.map(({ id }) => id);
}
