import { ownerLabel, sandboxLabel } from "./container.ts";
import { askEngine, type Engine } from "./engine.ts";
import { currentOwner, hasGone, type Owner, ownerFromText } from "./owner.ts";
import { removeContainer } from "./remove.ts";

/** Which sandboxes to remove: those whose process has gone, or `all`, which ends runs that are under way; with `labels`, only those that bear them. */
export type SweepFilter = { readonly which: "abandoned" | "all"; readonly labels?: Readonly<Record<string, string>> };

/**
 * Removes sandboxes that were left behind, by a harness that was killed for instance, and returns their short ids.
 *
 * One whose process may live, on this machine or another that shares the engine, is left alone unless `all` is asked for.
 * Throws InfraError when the engine fails.
 */
export async function sweepSandboxes(engine: Engine, filter: SweepFilter): Promise<readonly string[]> {
  const labels = [`${sandboxLabel}=1`, ...Object.entries(filter.labels ?? {}).map(([name, value]) => `${name}=${value}`)];
  const found = await askEngine("list sandboxes", () => engine.listContainers({ all: true, filters: { label: labels } }));
  const viewer = currentOwner();
  const doomed = found.filter(({ Labels }) => filter.which === "all" || isAbandoned(Labels[ownerLabel] ?? "", viewer));
  await Promise.all(doomed.map(({ Id }) => removeContainer(engine.getContainer(Id))));
  return doomed.map(({ Id }) => Id.slice(0, 12));
}

function isAbandoned(label: string, viewer: Owner): boolean {
  const owner = ownerFromText(label);
  return owner !== null && hasGone(owner, viewer);
}
