import type { Opening } from "./agent.ts";
import type { Model, ModelRejection, ModelResponse, ToolResult } from "./model.ts";
import type { Connection } from "./sandbox.ts";
import type { SpendingLimit } from "./spending.ts";

/** A request of a program to its model, as far as the harness reads it. */
export type PassedRequest = {
  readonly opening: Opening;
  /** Whether it offers tools: titles, summaries and the like are asked for without any. */
  readonly hasTools: boolean;
  /** The results of calls that have come since the model's last turn. */
  readonly results: readonly ToolResult[];
};

/** What is done with what passes through a gateway. None of these may take long. */
type GatewayEvents = {
  /** Called before a request is sent. A reason refuses it: the program is told, and nothing is sent. */
  readonly asked: (request: PassedRequest) => string | null;
  /** Called with each answer before the program gets it. */
  readonly answered: (request: PassedRequest, response: ModelResponse) => void;
  /** Called for what the provider rejected because of what the program asked; the program gets the provider's words. */
  readonly rejected: (request: PassedRequest, rejection: ModelRejection) => void;
  /** Called for what the gateway itself refused, with a sentence about it. */
  readonly refused: (why: string) => void;
  /** Called with what ends the trial: an InfraError, a CapReached, or whatever else the model's adapter throws. */
  readonly failed: (error: unknown) => void;
  /** Called with true when all requests under way begin to wait for the provider's limits, and with false when one continues. */
  readonly waiting: (isWaiting: boolean) => void;
};

/** What a gateway is opened with; `signal` ends all its requests. */
export type GatewayOptions = {
  readonly events: GatewayEvents;
  readonly signal: AbortSignal;
  readonly spendingLimit?: SpendingLimit;
};

/**
 * Stands between a program that speaks its provider's API and that provider, for one trial.
 *
 * Contract: the program sees no key and reaches no other host, path or model; every request reserves what it may cost before it is sent, waits for the limits of its
 * key, and is retried, as those of the harness's own loop are; what is answered goes to the program unchanged.
 */
export interface Gateway {
  /** Answers what comes over a connection, in HTTP. */
  accept(connection: Connection): void;
  /** Ends all connections. */
  close(): void;
}

/** A model that programs may speak to by themselves, as every one is that is reached over HTTP. */
export interface GatewayModel extends Model {
  openGateway(options: GatewayOptions): Promise<Gateway>;
}

/** Checks whether programs may speak to a model by themselves. */
export function hasGateway(model: Model): model is GatewayModel {
  return "openGateway" in model;
}
