import { environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { oneLine } from "../../core/printable.ts";
import type { Arm } from "../../core/trial.ts";
import type { Probe, Prober } from "../../model/probe/probe-model.ts";
import type { Spent } from "../../store/execution/spending-table.ts";
import type { Store } from "../../store/store.ts";
import type { RunFlags } from "../run/run-settings.ts";
import type { Terminal } from "../terminal.ts";
import { type ProbeCaps, ProbeSpending } from "./probe-spending.ts";
import { mistakeIn, successLine, troubleIn } from "./probe-words.ts";

/** A run whose models are to be tried out; `runId` is that of a run that is resumed. */
export type RunToProbe = {
  readonly arms: readonly Arm[];
  readonly flags: Pick<RunFlags, "probe" | "maxCost" | "maxTokens">;
  readonly store: Store;
  readonly runId?: string;
};

/** What came of the probes: the arms whose models have not answered yet, and what was spent, to be saved with the run. */
export type Probed = { readonly untriedArmIds: ReadonlySet<string>; readonly spending: Pick<ProbeSpending, "save"> };

/**
 * Tries out every model that this database has no answer of: a mistake in the configuration of one is found before anything is run or stored. Prints a line for each. A provider
 * that is down or refuses is no mistake, and the run finds out by itself.
 *
 * Throws UserError for a mistake, naming the field to change; several are printed first, one line each.
 */
export async function probeBeforeRun(
  { arms, flags, store, runId }: RunToProbe,
  { notify }: Pick<Terminal, "notify">,
  signal: AbortSignal = new AbortController().signal,
): Promise<Probed> {
  const unseen = arms.filter(({ model }) => model.api !== "scripted" && !store.arms.hasAnswered(model));
  const spending = new ProbeSpending(capsOf(flags, runId === undefined ? null : store.spending.spent({ runId })));
  if (flags.probe === false || unseen.length === 0) return { untriedArmIds: new Set(unseen.map(({ id }) => id)), spending };

  const prober = await loadProber(notify);
  // Several prompts of one model are several arms, and one question.
  const firstArms = [...new Map(unseen.map((arm) => [arm.model.name, arm])).values()];
  const probes = await Promise.all(
    firstArms.map((arm) => prober.probe(arm.model, { signal, spendingLimit: spending.limitFor(arm.id), depth: "short" })),
  );
  for (const probe of probes) if (mistakeIn(probe) === null) notify(lineOf(probe));
  refuseMistakes(probes, notify);
  const answered = new Set(probes.flatMap(({ spec, talk }) => (talk.responses.length > 0 ? [spec.name] : [])));
  return { untriedArmIds: new Set(unseen.filter(({ model }) => !answered.has(model.name)).map(({ id }) => id)), spending };
}

/** Tries out the models of a run that is resumed as `probeBeforeRun` does, and stores what that cost; returns the arms that have not answered yet. */
export async function probeResumed(
  resumed: RunToProbe & { readonly runId: string },
  terminal: Pick<Terminal, "notify">,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { untriedArmIds, spending } = await probeBeforeRun(resumed, terminal, signal);
  spending.save(resumed.store.spending, resumed.runId);
  return untriedArmIds;
}

// The adapters of models take a tenth of a second to load.
async function loadProber(notice: (text: string) => void): Promise<Prober> {
  const { openProber } = await import("../../model/probe/probe-model.ts");
  return openProber({ key: environmentVariable, now: () => new Date(), notice });
}

/** What is left of the limits of a run that has spent something already. */
function capsOf({ maxCost, maxTokens }: RunToProbe["flags"], spent: Spent | null): ProbeCaps {
  const left = (cap: number | undefined, used: number): number | null => (cap === undefined ? null : Math.max(0, cap - used));
  return {
    maxCostUsd: left(maxCost, (spent?.knownUsd ?? 0) + (spent?.assumedUsd ?? 0)),
    maxTokens: left(maxTokens, (spent?.knownTokens ?? 0) + (spent?.assumedTokens ?? 0)),
  };
}

function lineOf(probe: Probe): string {
  const trouble = troubleIn(probe);
  return trouble === null
    ? successLine(probe)
    : oneLine(`Probe ${probe.spec.name}: not checked, and the run starts all the same: ${trouble}`);
}

function refuseMistakes(probes: readonly Probe[], notify: (text: string) => void): void {
  const mistakes = probes.flatMap((probe) => mistakeIn(probe) ?? []);
  const [only, ...others] = mistakes;
  if (only === undefined) return;
  if (others.length === 0) throw new UserError(only);
  for (const line of mistakes) notify(line);
  throw new UserError(
    `Cannot start: ${mistakes.length} of ${probes.length} models cannot be used as models.yaml has them; nothing was run`,
  );
}
