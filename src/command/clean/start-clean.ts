import { RUN_LABEL } from "../../sandbox/docker/container.ts";
import { connectEngine } from "../../sandbox/docker/engine.ts";
import { type FoundSandbox, findSandboxes, removeSandboxes } from "../../sandbox/docker/sweep.ts";
import type { Terminal } from "../terminal.ts";

/** The flags of `bench clean`. */
export type CleanFlags = { readonly run?: string; readonly all?: true; readonly dryRun?: true; readonly json?: true };

/** Removes what was left behind and says what that was. Throws InfraError when the engine does not answer or cannot. */
export async function startClean(flags: CleanFlags, terminal: Terminal): Promise<void> {
  const engine = connectEngine();
  const found = await findSandboxes(engine, flags.run === undefined ? {} : { [RUN_LABEL]: flags.run });
  const doomed = found.filter(({ isAbandoned }) => isAbandoned || flags.all === true);
  const left = found.filter((one) => !doomed.includes(one));
  if (!flags.dryRun) await removeSandboxes(engine, doomed);
  if (flags.json) terminal.print(JSON.stringify({ dryRun: flags.dryRun === true, removed: doomed, left }, null, 2));
  else for (const line of linesOf({ doomed, left }, flags)) terminal.print(line);
}

type Cleaning = { readonly doomed: readonly FoundSandbox[]; readonly left: readonly FoundSandbox[] };

function linesOf({ doomed, left }: Cleaning, flags: CleanFlags): readonly string[] {
  const where = flags.run === undefined ? "" : ` of run ${flags.run}`;
  const lines = doomed.length === 0 ? [`Nothing to remove${where}`] : [`${flags.dryRun ? "Would remove" : "Removed"} ${counted(doomed)}`];
  if (flags.dryRun)
    lines.push(...doomed.map(({ id, runId, isAbandoned }) => `  ${id}  ${runOf(runId)}  process ${isAbandoned ? "gone" : "may live"}`));
  const ended = doomed.filter(({ isAbandoned }) => !isAbandoned);
  if (ended.length > 0)
    lines.push(
      `${flags.dryRun ? "That would end" : "That ended"} what may have been under way: ${counted(ended)}; such runs can be resumed`,
    );
  if (left.length > 0)
    lines.push(`Left alone ${counted(left)}: the process may still be at work; --all removes these too and ends what is under way`);
  return lines;
}

/** How many there are, and of which runs. */
function counted(sandboxes: readonly FoundSandbox[]): string {
  const perRun = new Map<string, number>();
  for (const { runId } of sandboxes) perRun.set(runOf(runId), (perRun.get(runOf(runId)) ?? 0) + 1);
  const runs = [...perRun].toSorted(([a], [b]) => a.localeCompare(b)).map(([run, count]) => `${count} of ${run}`);
  return `${sandboxes.length} ${sandboxes.length === 1 ? "sandbox" : "sandboxes"} (${runs.join(", ")})`;
}

function runOf(runId: string | null): string {
  return runId === null ? "no run" : `run ${runId}`;
}
