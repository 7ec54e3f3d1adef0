import { toolSet } from "../../agent/loop/tool/tool-set.ts";
import { InfraError } from "../../core/errors.ts";
import { clipped, oneLine } from "../../core/printable.ts";
import { noToolParser } from "../../model/answer/tool-parser-watch.ts";
import { writtenCalls } from "../../model/answer/written-calls.ts";
import type { Probe } from "../../model/probe/probe-model.ts";
import { isRejected, PROBE_TOOL } from "../../model/probe/talk.ts";

const OUR_TOOLS = toolSet("full", 1).offered.map(({ name }) => name);
const MAX_LINE = 1_000;

/** Returns the line for a mistake in the configuration of a model that a probe found, naming what to change; null when it found none. */
export function mistakeIn(probe: Probe): string | null {
  const line = mistakeOf(probe);
  return line && clipped(oneLine(line), MAX_LINE);
}

function mistakeOf(probe: Probe): string | null {
  const { spec, talk } = probe;
  const who = `model "${spec.name}"`;
  const { failure, rejection, responses } = talk;
  const [answer] = responses;
  if (answer !== undefined) {
    // Of our other tools, too: some servers have examples of their own that models follow.
    const [call] = callsTool(probe) ? [] : writtenCalls(answer.turn.view.text, OUR_TOOLS);
    return call === undefined ? null : noToolParser(spec, call, { attempts: [], costUsd: null }).message;
  }
  if (rejection?.kind === "context-exhausted")
    return `Cannot use ${who}: its context window does not hold even a short question (${rejection.message}); lower its max_output_tokens in models.yaml, or start its server with a larger window`;
  if (!(failure instanceof InfraError)) return null;
  if (probe.lacksV1)
    return `Cannot use ${who}: its server answers below /v1 only; set its base_url to ${spec.baseUrl.replace(/\/$/, "")}/v1 in models.yaml`;
  if (failure.isConfiguration) return failure.message + offersIn(probe);
  return isRejected(talk) ? `${failure.message}: correct its entry in models.yaml${offersIn(probe)}` : null;
}

/** What the server offers instead of a model that it does not have; nothing where the name is not what is wrong. */
function offersIn({ catalogue, offered, nearest, talk }: Probe): string {
  const status = talk.attempts.at(-1)?.status;
  const isAboutName = status === 404 || (status === 400 && nearest.length > 0);
  if (!isAboutName || catalogue?.kind !== "listed" || offered !== null || catalogue.models.length === 0) return "";
  const names = nearest.length > 0 ? nearest : catalogue.models.slice(0, 3).map(({ id }) => id);
  return `; of the ${catalogue.models.length} models that the server offers, the nearest: ${names.join(", ")}`;
}

/** What an error says about the run that it usually ends: before the moment until which a provider wants to be left alone, and at its end. */
const BEFORE_MOMENT = /, and a run waits \d{1,6} \w{1,10} at most: resume it after/;
const GAVE_UP = /; gave up after \d{1,6} requests? in \d{1,6} s; resume the run later$/;

/** Returns why a probe could not tell whether a model works, where that is not the configuration's fault; null when it could. */
export function troubleIn({ talk: { responses, rejection, failure } }: Probe): string | null {
  if (responses.length > 0) return null;
  if (rejection !== null)
    return `${rejection.kind === "refused" ? "it refused the question" : "it answered with a broken tool call"}: ${rejection.message}`;
  return failure === null
    ? null
    : failure.message
        .replace(/^Cannot get an answer from "[^"]{0,300}": /, "")
        .replace(BEFORE_MOMENT, ", until")
        .replace(GAVE_UP, "");
}

/** Lists what works but may spoil results, in words that go into one line. */
export function doubtsIn(probe: Probe): readonly string[] {
  const { spec, talk, window } = probe;
  const [first, second] = talk.responses;
  const doubts: string[] = [];
  if (first === undefined) return doubts;
  const isSpent = first.finish === "length" && first.turn.view.calls.length === 0;
  if (isSpent) doubts.push(`its max_output_tokens of ${spec.maxOutputTokens} were used up without a tool call`);
  else if (!callsTool(probe)) doubts.push("it answered without calling the tool: a weak model, or a server that drops tools");
  if (callsTool(probe) && second === undefined) doubts.push(`after the tool's result there was no answer (${endOf(probe)})`);
  if (talk.responses.some(({ usage }) => !usage.isKnown))
    doubts.push(`no tokens are reported, so its cost is unknown${spec.stream ? "; stream: false may bring them" : ""}`);
  if (spec.stream && !isStreamed(probe)) doubts.push("it was asked for a stream and answered whole");
  const tooWide = window && spec.contextWindow !== null && spec.contextWindow > window.tokens;
  if (tooWide) doubts.push(`its context_window is ${spec.contextWindow}, and the server has ${window.tokens} (${window.statedIn})`);
  if (window && spec.maxOutputTokens >= window.tokens)
    doubts.push(`its max_output_tokens of ${spec.maxOutputTokens} leave no room in the server's window of ${window.tokens}`);
  return doubts;
}

function endOf({ talk: { rejection, failure } }: Probe): string {
  return clipped(oneLine(rejection?.message ?? failure?.message ?? "none came"), 200);
}

/** Returns whether tool calls come back; a call of another tool than ours shows it too. */
export function callsTool({ talk: { responses } }: Probe): boolean {
  return (responses[0]?.turn.view.calls.length ?? 0) > 0;
}

/** Returns whether the tool that was called is the one that was offered. */
export function callsOurTool({ talk: { responses } }: Probe): boolean {
  return responses[0]?.turn.view.calls.some(({ name }) => name === PROBE_TOOL.name) ?? false;
}

/** Returns whether the answers came as streams. */
export function isStreamed({ talk: { responses } }: Probe): boolean {
  return responses.some(({ rawBody }) => /^\s{0,100}(?:data|event|id|retry)?:/.test(rawBody));
}

/** Writes the line about a model that answered. */
export function successLine(probe: Probe): string {
  const { spec, talk } = probe;
  const facts = [
    ...(callsTool(probe) ? ["tool calls"] : []),
    ...(isStreamed(probe) ? ["stream"] : []),
    ...(talk.responses.every(({ usage }) => usage.isKnown) ? ["usage"] : []),
    ...(hasReasoning(probe) ? ["reasoning"] : []),
    probe.costUsd === null ? "cost unknown" : formatCents(probe.costUsd),
  ];
  const doubts = doubtsIn(probe).map((doubt) => `; note: ${doubt}`);
  return oneLine(`Probe ${spec.name}: ${facts.join(", ")}${doubts.join("")}`);
}

/** Returns whether reasoning came back, as text or as a count. */
export function hasReasoning({ talk: { responses } }: Probe): boolean {
  return responses.some(({ usage, turn }) => (usage.reasoningTokens ?? 0) > 0 || turn.view.reasoning !== "");
}

/** Writes a small amount in cents, with the two digits that matter. */
export function formatCents(usd: number): string {
  const cents = usd * 100;
  if (cents > 0 && cents < 0.0001) return "less than 0.0001 cents";
  return `${Number(cents.toPrecision(2))} cents`;
}
