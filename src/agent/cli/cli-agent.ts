import type { Agent, AgentContext, AgentEnd, CliSpec, Stop } from "../../core/agent.ts";
import { CannotResume } from "../../core/agent.ts";
import { CapReached, InfraError, UserError } from "../../core/errors.ts";
import { type Gateway, type GatewayModel, hasGateway } from "../../core/gateway.ts";
import { type CommandResult, SandboxLost } from "../../core/sandbox.ts";
import { stopAtCap } from "../cap-stop.ts";
import { howItEnded, LONGEST_MS } from "../long-command.ts";
import { startWorkTimer, type WorkTimer } from "../work-timer.ts";
import { commandOf, filler, PORT } from "./command.ts";
import { layHome } from "./home.ts";
import { Steps } from "./steps.ts";

const MAX_OUTPUT_BYTES = 64 * 1024;
const MAX_SHOWN_CHARS = 500;

/**
 * Makes an agent of another program's command line, which runs in the sandbox of the trial and reaches its model, and nothing else, through a gateway. Every answer is a
 * step. A trial that was interrupted begins anew: nobody can bring such a program back to where it was, and what it had cost stays counted.
 */
export function cliAgent(spec: CliSpec): Agent {
  return {
    work: async (context) => {
      if ((context.past?.answers.length ?? 0) > 0) throw new CannotResume(`${spec.name} cannot be brought back to where it was`);
      if (!hasGateway(context.model))
        throw new UserError(
          `Cannot run agent "${spec.name}" with model "${context.model.spec.name}": it is scripted; use a model with a provider`,
        );
      return new CliTrial(spec, context, context.model).work();
    },
  };
}

/** What ended an agent's work before the program ended by itself. */
type Ending = { readonly kind: "stop"; readonly stop: Stop } | { readonly kind: "failure"; readonly error: unknown };

class CliTrial {
  readonly #spec: CliSpec;
  readonly #context: AgentContext;
  readonly #model: GatewayModel;
  readonly #steps: Steps;
  readonly #over = new AbortController();
  #ending: Ending | null = null;

  constructor(spec: CliSpec, context: AgentContext, model: GatewayModel) {
    this.#spec = spec;
    this.#context = context;
    this.#model = model;
    this.#steps = new Steps(context);
  }

  async work(): Promise<AgentEnd> {
    const { settings, signal } = this.#context;
    signal.throwIfAborted();
    const timer = startWorkTimer(settings.limits.maxWallSeconds * 1000, () =>
      this.#stop({ kind: "budget-time", detail: `worked for ${settings.limits.maxWallSeconds} s` }),
    );
    const gateway = await this.#openGateway(timer);
    try {
      const stop = await this.#stopOf(await this.#run(gateway));
      return { stop, unbilledAttempts: this.#steps.unbilledAttempts, workingMs: timer.workedMs() };
    } finally {
      timer.stop();
      gateway.close();
    }
  }

  #openGateway(timer: WorkTimer): Promise<Gateway> {
    const { signal, spendingLimit } = this.#context;
    return this.#model.openGateway({
      signal: AbortSignal.any([signal, this.#over.signal]),
      ...(spendingLimit === undefined ? {} : { spendingLimit }),
      events: {
        asked: (request) => {
          this.#steps.asked(request);
          return this.#limitReached();
        },
        answered: (request, response) => this.#steps.answered(request, response),
        rejected: (_request, rejection) => this.#steps.rejected(rejection),
        refused: (why) => this.#steps.noted("refused-request", why),
        failed: (error) => this.#end({ kind: "failure", error }),
        waiting: timer.setPaused,
      },
    });
  }

  // The first end counts: what follows it is its consequence.
  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#over.abort(new Error("the agent's work is over"));
  }

  #stop(stop: Stop): void {
    this.#end({ kind: "stop", stop });
  }

  /** Ends the trial when a limit is reached, and says so to the program. */
  #limitReached(): string | null {
    const { maxIterations, maxOutputTokens, maxCostUsd } = this.#context.settings.limits;
    const { iterations, outputTokens, costUsd } = this.#steps;
    if (iterations >= maxIterations) this.#stop({ kind: "max-iterations", detail: `used all ${maxIterations} responses` });
    else if (maxOutputTokens !== null && outputTokens >= maxOutputTokens)
      this.#stop({ kind: "budget-tokens", detail: `wrote ${outputTokens} of ${maxOutputTokens} output tokens` });
    else if (maxCostUsd !== null && costUsd >= maxCostUsd)
      this.#stop({ kind: "budget-cost", detail: `cost $${costUsd.toFixed(4)} of $${maxCostUsd}` });
    return this.#ending === null ? null : "the trial has reached a limit";
  }

  async #run(gateway: Gateway): Promise<CommandResult | null> {
    const { sandbox, signal } = this.#context;
    await sandbox.serve(PORT, (connection) => gateway.accept(connection));
    await layHome(sandbox, this.#spec, filler(this.#context));
    const command = commandOf(this.#spec, this.#context);
    const over = AbortSignal.any([signal, this.#over.signal]);
    try {
      return await sandbox.run({ ...command, cwd: sandbox.workspace, timeoutMs: LONGEST_MS, maxOutputBytes: MAX_OUTPUT_BYTES }, over);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SandboxLost) {
        this.#stop({ kind: "sandbox-lost", detail: error.message });
        return null;
      }
      if (this.#ending === null) throw error;
      return null;
    }
  }

  async #stopOf(result: CommandResult | null): Promise<Stop> {
    if (result !== null) this.#steps.noted("agent-output", outputOf(result));
    if (this.#ending?.kind === "stop") return this.#ending.stop;
    if (this.#ending !== null) return stopOfFailure(this.#ending.error);
    return this.#stopByItself(result);
  }

  /** What the traffic says comes first: programs end with 0 after errors, and with 1 after work that is done. */
  #stopByItself(result: CommandResult | null): Stop {
    const how = result === null ? "it ended" : howItEnded(result);
    const { lastRejection } = this.#steps;
    if (lastRejection !== null)
      return { kind: STOPS[lastRejection.kind], detail: `${lastRejection.message.slice(0, MAX_SHOWN_CHARS)}; ${how}` };
    if (this.#steps.iterations > 0) return { kind: "completed", detail: how };
    const said = result === null ? "" : `: ${outputOf(result).trim().slice(-MAX_SHOWN_CHARS)}`;
    throw new InfraError(
      "harness",
      `Cannot run agent "${this.#spec.name}": ${how} and had no answer of its model${said}; check its command and the image of the task`,
      {
        scope: "arm",
        isConfiguration: true,
      },
    );
  }
}

/** How a trial has ended whose agent gave up after the provider rejected what it asked: all of these are graded, as for the loop. */
const STOPS = { refused: "refused", "context-exhausted": "context-exhausted", "bad-tool-call": "protocol-errors" } as const;

function stopOfFailure(error: unknown): Stop {
  if (error instanceof CapReached && error.scope === "trial") return stopAtCap(error);
  throw error;
}

function outputOf({ head, tail, omittedBytes }: CommandResult): string {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
  return omittedBytes === 0 ? text(head) + text(tail) : `${text(head)}\n[${omittedBytes} bytes left out]\n${text(tail)}`;
}
