import { InfraError } from "../../core/errors.ts";
import { formatDuration } from "../../core/format.ts";
import { promptTokens, type Usage } from "../../core/model.ts";
import type { Probe } from "../../model/probe/probe-model.ts";
import type { Finding } from "../../report/terminal/table/check-tables.ts";
import { callsOurTool, callsTool, doubtsIn, formatCents, hasReasoning, isStreamed, mistakeIn, troubleIn } from "./probe-words.ts";

type State = Finding["state"];
type Fact = readonly [what: string, state: State, detail: string];

/** Writes what a probe found out as findings, one for each fact. A model that a run could not use has one that is `bad`. */
export function probeFindings(probe: Probe): readonly Finding[] {
  const facts = probe.talk.responses.length > 0 ? answeredFacts(probe) : failedFacts(probe);
  return facts.map(([what, state, detail]) => ({ what: `probe ${probe.spec.name}: ${what}`, state, detail }));
}

function failedFacts(probe: Probe): readonly Fact[] {
  const { spec, talk } = probe;
  const mistake = mistakeIn(probe);
  const wasReached = talk.attempts.some(({ status }) => status !== null) || answersLists(probe);
  const isOut = talk.failure instanceof InfraError && talk.failure.scope === "arm";
  return [
    ["address", wasReached ? "good" : "fair", wasReached ? `${spec.baseUrl} answers` : `${spec.baseUrl} did not answer`],
    listFact(probe, false),
    ["answer", mistake !== null || isOut ? "bad" : "fair", mistake ?? troubleIn(probe) ?? "none came"],
    ...(probe.window ? [windowFact(probe)] : []),
  ];
}

function answeredFacts(probe: Probe): readonly Fact[] {
  const { spec, talk } = probe;
  const [first, second] = talk.responses;
  const doubts = doubtsIn(probe);
  const about = (word: string): string | undefined => doubts.find((doubt) => doubt.includes(word));
  const mistake = mistakeIn(probe);
  const served = first?.served.model;
  return [
    ["address", "good", `${spec.baseUrl} answered in ${formatDuration(first?.durationMs ?? null)}`],
    ["key", "good", spec.apiKeyEnv === null ? "none was sent" : `the one in ${spec.apiKeyEnv} was taken`],
    listFact(probe, true),
    ...(served && served !== spec.model ? [["served as", "good", served] as const] : []),
    [
      "tool calls",
      mistake ? "bad" : callsTool(probe) ? "good" : "fair",
      mistake ?? about("tool call") ?? about("calling the tool") ?? callWords(probe),
    ],
    [
      "answer",
      second ? "good" : "fair",
      second ? "a plain one came after the tool's result" : (about("no answer") ?? "there was no second question"),
    ],
    [
      "streaming",
      about("stream and") ? "fair" : "good",
      spec.stream ? (about("stream and") ?? "the answers came as streams") : streamWords(probe),
    ],
    usageFact(probe),
    ["cached tokens", "good", cacheWords(talk.responses.map(({ usage }) => usage))],
    ["reasoning", "good", reasoningWords(probe)],
    windowFact(probe),
    [
      "cost",
      probe.costUsd === null ? "fair" : "good",
      probe.costUsd === null ? costUnknown(probe) : `this probe cost ${formatCents(probe.costUsd)}`,
    ],
  ];
}

function answersLists({ catalogue }: Probe): boolean {
  return catalogue?.kind === "listed" || (catalogue?.kind === "unlisted" && catalogue.status !== null);
}

function callWords(probe: Probe): string {
  return callsOurTool(probe) ? "they come back" : "one came back, of another tool than the one that was offered";
}

function listFact({ spec, catalogue, offered, nearest }: Probe, hasAnswered: boolean): Fact {
  const name = `"${spec.model}"`;
  if (catalogue?.kind !== "listed")
    return [
      "model name",
      "good",
      `${name}${hasAnswered ? " answers" : ""}; the server lists no models${catalogue ? ` (${catalogue.message})` : ""}`,
    ];
  const count = catalogue.models.length;
  if (offered !== null) return ["model name", "good", `${name} is among the ${count} that the server lists`];
  const near = nearest.length > 0 ? `; the nearest: ${nearest.join(", ")}` : "";
  return ["model name", "fair", `${name}${hasAnswered ? " answers, and" : ""} is not among the ${count} that the server lists${near}`];
}

function streamWords(probe: Probe): string {
  return isStreamed(probe) ? "not asked for, and the server streams all the same" : "not asked for";
}

function usageFact({ talk: { responses } }: Probe): Fact {
  if (responses.some(({ usage }) => !usage.isKnown)) return ["usage", "fair", "no tokens are reported: tokens and cost stay unknown"];
  const odd = responses.find(({ usage }) => usage.inconsistency !== null)?.usage.inconsistency;
  const sums = responses.map(({ usage }) => `${promptTokens(usage)} in and ${usage.outputTokens} out`).join(", then ");
  return ["usage", odd ? "fair" : "good", odd ? `${sums}; ${odd}` : sums];
}

function cacheWords(usages: readonly Usage[]): string {
  const read = usages.reduce((sum, usage) => sum + usage.cacheReadTokens, 0);
  const written = usages.reduce((sum, usage) => sum + usage.cacheWriteTokens, 0);
  if (read + written === 0) return "none reported; a probe is shorter than what most providers cache";
  return `${read} read, ${written} written`;
}

function reasoningWords(probe: Probe): string {
  const { responses } = probe.talk;
  const counted = responses.map(({ usage }) => usage.reasoningTokens).filter((count) => count !== null);
  const hasText = responses.some(({ turn }) => turn.view.reasoning !== "");
  if (!hasReasoning(probe)) return probe.spec.reasoning === null ? "none came back, and none is asked for" : "none came back";
  const tokens = counted.length > 0 ? `${counted.reduce((sum, count) => sum + count, 0)} tokens` : "tokens not counted apart";
  return `${tokens}${hasText ? ", with its text" : ""}`;
}

function windowFact({ spec, window }: Probe): Fact {
  const own = spec.contextWindow;
  if (window === null) return ["context window", "good", `the server does not tell its own; configured: ${own ?? "none"}`];
  const told = `the server ${window.isServed ? "has" : "could have"} ${window.tokens} (${window.statedIn})`;
  if (own === null) return ["context window", "fair", `${told}; set context_window in models.yaml, so that room is made in time`];
  if (own > window.tokens)
    return ["context window", "bad", `${told}, and context_window is ${own}; set it to ${window.tokens}, or start the server with more`];
  if (spec.maxOutputTokens >= window.tokens)
    return ["context window", "bad", `${told}, which max_output_tokens of ${spec.maxOutputTokens} would fill; lower it`];
  return ["context window", "good", `${told}; configured: ${own}`];
}

function costUnknown({ talk }: Probe): string {
  return talk.responses.some(({ usage }) => !usage.isKnown)
    ? "unknown, because no tokens are reported"
    : "unknown, because models.yaml and the bundled list have no price for it; add a price";
}
