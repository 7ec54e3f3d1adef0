import type { PlannedTrial } from "./planned-trial.ts";

/** Told which trials will ask for sandboxes, so that some can be opened ahead, and which no longer will. */
export type Announcements = {
  readonly expect: (trials: readonly PlannedTrial[]) => void;
  readonly withdraw: (trials: readonly PlannedTrial[]) => void;
};

/** Thrown by a trial that opened no sandbox because its arm was suspended before; it continues when the run is resumed. */
export class ArmLeft extends Error {
  override readonly name = "ArmLeft";
}

// An arm nobody has tried, one whose first trial has no answer yet, one that works, and one whose trials cannot succeed.
type State = "untried" | "trying" | "open" | "suspended";

type Entry = {
  state: State;
  /** The trial that finds out whether the arm works. */
  first: PlannedTrial | null;
  readonly wake: Set<() => void>;
  /** Trials that have not asked for a sandbox yet. */
  readonly unopened: Set<PlannedTrial>;
  readonly leaving: AbortController;
};

const SILENT: Announcements = { expect: () => {}, withdraw: () => {} };

/**
 * Decides which trials of each arm may start. Of an arm that nobody has tried, one trial works alone until its first answer and the others wait without a sandbox: a wrong key or
 * name is found out by one. A trial of an arm that has been suspended opens no sandbox any more, wherever it waits.
 */
export class ArmEntry {
  readonly #untried: ReadonlySet<string>;
  readonly #announcements: Announcements;
  readonly #entries = new Map<string, Entry>();

  constructor(untriedArmIds: ReadonlySet<string> = new Set(), announcements: Announcements = SILENT) {
    this.#untried = untriedArmIds;
    this.#announcements = announcements;
  }

  /** Announces trials that will be started. */
  plan(trials: readonly PlannedTrial[]): void {
    for (const planned of trials) this.#of(planned.arm.id).unopened.add(planned);
    this.#announcements.expect(trials.filter(({ arm }) => this.#of(arm.id).state === "open"));
  }

  /** Waits until a trial may start; returns whether it may. False when its arm is suspended, or the signal was aborted while it waited. */
  async enter(planned: PlannedTrial, signal: AbortSignal): Promise<boolean> {
    const entry = this.#of(planned.arm.id);
    if (entry.state === "untried") {
      Object.assign(entry, { state: "trying", first: planned });
      this.#announcements.expect([planned]);
      return true;
    }
    if (entry.state === "trying") await change(entry, signal);
    return entry.state === "open";
  }

  /** Notes that a trial asks for its sandbox. Returns a signal that is aborted when its arm is suspended; throws ArmLeft when it is already. */
  opening(planned: PlannedTrial): AbortSignal {
    const { leaving, unopened } = this.#of(planned.arm.id);
    leaving.signal.throwIfAborted();
    unopened.delete(planned);
    return leaving.signal;
  }

  /** Notes that a model answered: its arm works, and the trials that wait may start. */
  answered(armId: string): void {
    const entry = this.#of(armId);
    if (entry.state === "untried" || entry.state === "trying") this.#open(entry);
  }

  /** Notes that a trial has ended. Where the first one ended without suspending its arm, the others may start: what it met is not the same for all. */
  ended(planned: PlannedTrial): void {
    const entry = this.#of(planned.arm.id);
    if (entry.state === "trying" && entry.first === planned) this.#open(entry);
  }

  /** Suspends an arm: none of its trials starts any more. */
  suspend(armId: string, why: string): void {
    const entry = this.#of(armId);
    if (entry.state === "suspended") return;
    const announced = [...entry.unopened].filter((planned) => entry.state === "open" || planned === entry.first);
    entry.state = "suspended";
    entry.leaving.abort(new ArmLeft(why));
    this.#announcements.withdraw(announced);
    for (const wake of entry.wake) wake();
  }

  #open(entry: Entry): void {
    entry.state = "open";
    this.#announcements.expect([...entry.unopened].filter((planned) => planned !== entry.first));
    for (const wake of entry.wake) wake();
  }

  #of(armId: string): Entry {
    const entry = this.#entries.get(armId) ?? {
      state: this.#untried.has(armId) ? "untried" : "open",
      first: null,
      wake: new Set(),
      unopened: new Set(),
      leaving: new AbortController(),
    };
    this.#entries.set(armId, entry);
    return entry;
  }
}

/** Resolves at the next change of an arm's state, or when the signal is aborted. */
function change({ wake }: Entry, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      wake.delete(end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    wake.add(end);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
