import { currentOwner, hasEnded, ownerFromText } from "../owner.ts";
import { OWNER_LABEL, RUN_LABEL, SANDBOX_LABEL, STATE_LABEL } from "./container.ts";
import { askEngine, type Engine } from "./engine.ts";
import { engineClient } from "./engine-client.ts";
import { statusOf } from "./engine-fault.ts";
import { removeContainer } from "./remove.ts";

/** A sandbox on an engine: its short id, its run, and whether the process that opened it has certainly ended. */
export type FoundSandbox = { readonly id: string; readonly runId: string | null; readonly isAbandoned: boolean };

/** Which sandboxes to remove: those whose process has ended, or `all`, which ends runs in progress; with `labels`, only those that have them. */
export type SweepFilter = { readonly which: "abandoned" | "all"; readonly labels?: Readonly<Record<string, string>> };

/** Finds the sandboxes that have the labels; never finds other containers. Throws InfraError when the engine fails. */
export async function findSandboxes(engine: Engine, labels: Readonly<Record<string, string>> = {}): Promise<readonly FoundSandbox[]> {
  const label = [`${SANDBOX_LABEL}=1`, OWNER_LABEL, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)];
  const found = await askEngine("list sandboxes", () => engine.listContainers({ all: true, filters: { label } }));
  const viewer = currentOwner();
  return found.map(({ Id, Labels }) => {
    const owner = ownerFromText(Labels[OWNER_LABEL] ?? "");
    return { id: Id.slice(0, 12), runId: Labels[RUN_LABEL] ?? null, isAbandoned: owner !== null && hasEnded(owner, viewer) };
  });
}

/** Removes sandboxes; one failure does not keep the others. Throws InfraError, at the end, when the engine failed. */
export async function removeSandboxes(engine: Engine, sandboxes: readonly FoundSandbox[]): Promise<void> {
  // A sweep reports at once that the engine does not answer.
  const client = engineClient(engine, { awayMs: 0 });
  const removals = await Promise.allSettled(sandboxes.map(({ id }) => removeContainer(client, id, new AbortController().signal)));
  const failure = removals.find((removal) => removal.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/**
 * Removes sandboxes that were left behind, for instance by a harness that was killed, and returns their short ids.
 *
 * A sandbox whose process may still run, on this machine or another that shares the engine, is kept unless `all` is asked for.
 * Throws InfraError when the engine fails.
 */
export async function sweepSandboxes(engine: Engine, filter: SweepFilter): Promise<readonly string[]> {
  const found = await findSandboxes(engine, filter.labels);
  const removable = found.filter(({ isAbandoned }) => isAbandoned || filter.which === "all");
  await removeSandboxes(engine, removable);
  await removeStates(engine, await findStates(engine, filter));
  return removable.map(({ id }) => id);
}

/** The image of a frozen machine that was left behind, by its id. */
export type FoundState = { readonly id: string; readonly runId: string | null };

/** Finds the images of frozen machines whose process has ended, or all of them, with these labels. Throws InfraError when the engine fails. */
export async function findStates(engine: Engine, { which, labels = {} }: SweepFilter): Promise<readonly FoundState[]> {
  const label = [`${STATE_LABEL}=1`, OWNER_LABEL, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)];
  const found = await askEngine("list frozen machines", () => engine.listImages({ filters: { label } }));
  const viewer = currentOwner();
  return found.flatMap(({ Id, Labels }) => {
    const owner = ownerFromText(Labels?.[OWNER_LABEL] ?? "");
    const isAbandoned = owner !== null && hasEnded(owner, viewer);
    return isAbandoned || which === "all" ? [{ id: Id, runId: Labels?.[RUN_LABEL] ?? null }] : [];
  });
}

/** Removes the images of frozen machines; one that a container still uses stays. Throws InfraError when the engine fails otherwise. */
export async function removeStates(engine: Engine, states: readonly FoundState[]): Promise<void> {
  for (const { id } of states) {
    const remove = async () => {
      try {
        await engine.getImage(id).remove({ force: true });
      } catch (error) {
        if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
      }
    };
    await askEngine("remove a frozen machine", remove);
  }
}
