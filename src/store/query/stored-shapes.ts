import type { AgentSettings, AgentSpec } from "../../core/agent.ts";
import type { AssistantView, HttpAttempt, ModelSpec, Price, Served } from "../../core/model.ts";
import type { RunListing } from "../../core/record.ts";
import type { SourceFile } from "../../core/task.ts";
import type { HeldBack, Shapes, Verdict } from "../../core/verdict.ts";
import { fields, isBoolean, isNumber, isString, isWhole, listOf, mapOf, oneOf, orAbsent, orNull, type Shape, shape } from "./shape.ts";

/** The settings of a run; what each command needs of its flags is checked where they are used. */
export const SETTINGS: Shape<Readonly<Record<string, unknown>>> = shape(
  "the settings of a run",
  fields({
    flags: orAbsent(fields({})),
    images: orAbsent(mapOf(isString)),
    gate: orAbsent(
      fields({
        maxDrop: isNumber,
        alpha: isNumber,
        mode: isString,
        maxCostIncrease: orAbsent(isNumber),
        rounds: isWhole,
        baseline: fields({ runId: orNull(isString), armId: isString }),
        candidate: isString,
      }),
    ),
  }),
);

/** The digests of the images of a run, by their names. */
export const IMAGES: Shape<Readonly<Record<string, string>>> = shape("digests of images", mapOf(isString));

/** A list of texts. */
export const TEXTS: Shape<readonly string[]> = shape("a list of texts", listOf(isString));

/** The names and interfaces of the arms of a run. */
export const LISTED_ARMS: Shape<RunListing["arms"]> = shape("a list of arms", listOf(fields({ name: isString, api: isString })));

/** The agent of an arm. */
export const AGENT: Shape<AgentSpec> = shape("an agent", (value) => {
  const isLoop = fields({ kind: oneOf(["loop"]), profile: isString, maskAtShare: isNumber, summarizeAfter: orAbsent(isNumber) });
  const isCli = fields({
    kind: oneOf(["cli"]),
    name: isString,
    version: isString,
    command: listOf(isString),
    env: mapOf(isString),
    files: orAbsent(mapOf(isString)),
    config: orAbsent(fields({ name: isString, digest: isString })),
  });
  return isLoop(value) || isCli(value);
});

/** The settings of an arm's agent, without the prompt; versions before the present one stored fewer of them. */
export const AGENT_SETTINGS: Shape<Omit<AgentSettings, "prompt">> = shape(
  "settings of an agent",
  fields({
    limits: orAbsent(mapOf(orNull(isNumber))),
    contextFiles: orAbsent(isBoolean),
    overlay: orAbsent(fields({ name: isString, digest: isString })),
  }),
);

const isPrice = fields({
  input: isNumber,
  output: isNumber,
  cacheRead: orNull(isNumber),
  cacheWrite5m: orAbsent(orNull(isNumber)),
  cacheWrite1h: orAbsent(orNull(isNumber)),
  perRequest: orAbsent(isNumber),
});

/** Prices for a million tokens. */
export const PRICE: Shape<Price> = shape("prices", isPrice);

/** The entry of models.yaml that an arm was run with. */
export const MODEL: Shape<ModelSpec> = shape("a model", fields({ api: isString, model: isString, price: orAbsent(orNull(isPrice)) }));

/** An attempt as it is stored; older versions did not say whether it was billed. */
export type StoredAttempt = Omit<HttpAttempt, "billing" | "assumedUsd"> & Partial<Pick<HttpAttempt, "billing" | "assumedUsd">>;

/** The attempts of an HTTP request. */
export const HTTP_ATTEMPTS: Shape<readonly StoredAttempt[]> = shape(
  "a list of attempts",
  listOf(
    fields({
      status: orNull(isNumber),
      fault: orNull(isString),
      waitedMs: isNumber,
      durationMs: isNumber,
      billing: orAbsent(oneOf(["none", "maybe", "known"])),
      assumedUsd: orAbsent(orNull(isNumber)),
    }),
  ),
);

/** Who answered a request. */
export const SERVED: Shape<Served> = shape("who answered", mapOf(orNull(isString)));

const isView = fields({
  text: isString,
  reasoning: isString,
  refusal: orAbsent(orNull(isString)),
  calls: listOf(fields({ id: isString, name: isString, args: fields({ kind: isString }) })),
});

/** A turn of a model: the provider's own, and the view of it. */
export const TURN: Shape<{ readonly native: unknown; readonly view: AssistantView }> = shape("a turn of a model", fields({ view: isView }));

/** The grader's answer. */
export const VERDICT: Shape<Verdict> = shape(
  "a verdict",
  fields({
    passed: isBoolean,
    tests: listOf(fields({ name: isString, status: isString, message: orNull(isString) })),
    tampering: listOf(fields({ kind: isString, evidence: isString })),
    log: isString,
  }),
);

/** Files that were not graded. */
export const HELD_BACK: Shape<readonly HeldBack[]> = shape(
  "a list of files with reasons",
  listOf(fields({ path: isString, reason: isString })),
);

/** Numbers by name. */
export const REWARDS: Shape<Readonly<Record<string, number>>> = shape("numbers by name", mapOf(isNumber));

/** What the reference solution taught about results that cross to the tests. */
export const SHAPES: Shape<Shapes> = shape("places with shapes", mapOf(oneOf(["data", "own"])));

/** A file of a submission; `digest` is that of its blob. */
export type SubmittedRow = Omit<SourceFile, "bytes"> & { readonly digest: string };

const isSubmitted = listOf(
  fields({ path: isString, digest: isString, executable: isBoolean, kind: orAbsent(oneOf(["folder", "link", "absent"])) }),
);

/** The files of a submission: those that the agent changed, or, in databases of older versions, a list of all that its task's rule allows. */
export const SUBMITTED_FILES: Shape<readonly SubmittedRow[] | { readonly changed: readonly SubmittedRow[] }> = shape(
  "a list of files",
  (value) => isSubmitted(value) || fields({ changed: isSubmitted })(value),
);
