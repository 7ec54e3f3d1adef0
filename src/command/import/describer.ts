import { environmentVariable } from "../../config/environment.ts";
import { chooseModels, loadModels } from "../../config/models.ts";
import { CapReached, InfraError, UserError } from "../../core/errors.ts";
import { counted, formatUsd } from "../../core/format.ts";
import { assumedUsd, type Model, type ModelSpec } from "../../core/model.ts";
import { oneLine, printable } from "../../core/printable.ts";
import type { Task } from "../../core/task.ts";
import { DESCRIBE_INSTRUCTION, type DescribedChange, describeQuestion, readDescription } from "../../import/git/describe.ts";
import { openModels } from "../../model/open-model.ts";
import { ProbeSpending } from "../probe/probe-spending.ts";
import { checkCaps } from "../run/cap-check.ts";
import type { Terminal } from "../terminal.ts";
import { keyPairs, keyRequests, pairWords } from "../trust/keys.ts";
import { keyRedactor } from "../trust/keys-in-texts.ts";
import type { Trust } from "../trust/trust.ts";

/** The flags that let a model write prompts. */
export type DescribeFlags = {
  readonly describe?: string;
  readonly models: string;
  readonly maxCost: number;
  readonly allowUnknownPrices?: true;
};

/** A description of a change, or why there is none. */
export type Description = { readonly kind: "described"; readonly text: string } | { readonly kind: "undescribed"; readonly reason: string };

type Deps = { readonly terminal: Terminal; readonly trust: Trust; readonly signal: AbortSignal };

const MAX_REASON = 200;

/** Lets one model of models.yaml write prompts, within a limit on what all of them may cost. */
export class Describer {
  readonly #spec: ModelSpec;
  readonly #open: (task: Task) => Model;
  readonly #redact: (text: string) => string;
  readonly #spending: ProbeSpending;
  readonly #signal: AbortSignal;
  #costUsd: number | null = 0;
  #prompts = 0;

  private constructor(spec: ModelSpec, flags: DescribeFlags, { terminal, signal }: Deps) {
    const opener = openModels({ key: environmentVariable, now: () => new Date(), notice: (text) => terminal.notify(text) })(spec);
    this.#spec = spec;
    this.#open = (task) => opener({ task, attempt: 1 });
    this.#redact = keyRedactor([{ model: spec }]);
    this.#spending = new ProbeSpending({ maxCostUsd: flags.maxCost, maxTokens: null });
    this.#signal = signal;
  }

  /** Opens the model that --describe names; null where it names none. Throws UserError when it cannot be used, its key may not be sent, or the limit cannot be kept. */
  static async open(flags: DescribeFlags, deps: Deps): Promise<Describer | null> {
    if (flags.describe === undefined) return null;
    const { chosen } = chooseModels(loadModels(flags.models), [flags.describe], environmentVariable);
    const [spec, second] = chosen.map((entry) => entry.spec);
    if (spec === undefined || second !== undefined)
      throw new UserError(`Cannot describe with "${printable(flags.describe)}": it names ${counted(chosen.length, "model")}; name one`);
    if (spec.api === "scripted")
      throw new UserError(
        `Cannot describe with "${spec.name}": a scripted model writes no text; name another of ${printable(flags.models)}`,
      );
    checkCaps([{ model: spec, settings: { limits: { maxCostUsd: null } } }], flags);
    const pairs = keyPairs([spec]);
    await deps.trust.confirm(keyRequests(pairs, flags.models));
    if (pairs.length > 0) deps.terminal.notify(`Keys: ${pairs.map(pairWords).join(", ")}`);
    return new Describer(spec, flags, deps);
  }

  /** Asks the model for a description. Keys that stand in the commit are taken out before it is sent. A failure of the provider and a limit that is reached are reasons, not errors. */
  async describe(task: Task, change: DescribedChange): Promise<Description> {
    try {
      const answer = await this.#open(task).generate({
        system: DESCRIBE_INSTRUCTION,
        turns: [{ kind: "user", text: this.#redact(describeQuestion(change)) }],
        tools: [],
        cacheKey: "describe",
        signal: this.#signal,
        spendingLimit: this.#spending.limitFor(this.#spec.name),
      });
      this.#addCost(answer.kind === "response" ? answer.cost.costUsd : 0, assumedUsd(answer.attempts));
      if (answer.kind !== "response") return undescribed(answer.message);
      if (answer.finish === "length" || answer.finish === "cap")
        return undescribed("its answer was cut; raise max_output_tokens or --max-cost");
      const found = readDescription(answer.turn.view.text, change.patch);
      if (found.kind === "unusable") return undescribed(`its answer cannot be used: ${found.reason}`);
      this.#prompts += 1;
      return { kind: "described", text: found.text };
    } catch (error) {
      if (error instanceof CapReached) return undescribed("--max-cost is reached");
      if (!(error instanceof InfraError)) throw error;
      this.#addCost(0, assumedUsd(error.attempts));
      return undescribed(error.message);
    }
  }

  /** Says what the descriptions have cost. */
  summary(): string {
    return `${counted(this.#prompts, "prompt")} written by ${this.#spec.name}, for ${formatUsd(this.#costUsd)}.`;
  }

  #addCost(costUsd: number | null, assumed: number): void {
    this.#costUsd = costUsd === null || this.#costUsd === null ? null : this.#costUsd + costUsd + assumed;
  }
}

function undescribed(reason: string): Description {
  return { kind: "undescribed", reason: printable(oneLine(reason), MAX_REASON) };
}
