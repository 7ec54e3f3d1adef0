import type { ModelRequest, ModelSpec, ToolSchema, Turn } from "../../core/model.ts";
import { pairedTurns } from "../history/paired-turns.ts";
import { wellFormed } from "../history/well-formed.ts";
import { isRecord, type JsonRecord } from "../json.ts";
import type { Rewriting } from "../protocol.ts";
import { geminiCallIds, geminiCallNames, sentId, sentParts, strictTurns } from "./history.ts";

/**
 * Writes a request as a body of generateContent; the model stands in the path. The model's parts are sent back unchanged, with their signatures, where the API takes them,
 * and `rewriting` writes them in their strictest form. The longest answer is that of the entry, whatever `extra_body` says, so that a limit holds.
 */
export function encodeGemini(spec: ModelSpec, request: ModelRequest, rewriting?: Rewriting): JsonRecord {
  const turns = pairedTurns(request.turns, geminiCallIds);
  const { generationConfig, generation_config: alsoConfig, ...extra } = spec.extraBody;
  return {
    contents: wellFormed(contentsOf(rewriting === undefined ? turns : strictTurns(turns, rewriting))),
    systemInstruction: { parts: [{ text: request.system }] },
    ...(request.tools.length > 0 && { tools: [{ functionDeclarations: request.tools.map(declarationOf) }] }),
    generationConfig: {
      ...(spec.temperature !== null && { temperature: spec.temperature }),
      ...thinkingFields(spec),
      ...(isRecord(alsoConfig) && alsoConfig),
      ...(isRecord(generationConfig) && generationConfig),
      maxOutputTokens: spec.maxOutputTokens,
    },
    ...extra,
  };
}

/** An effort is a level of thinking; everything else is sent unchanged, such as `thinkingBudget` or `includeThoughts`. */
function thinkingFields({ reasoning }: ModelSpec): JsonRecord {
  if (reasoning === null) return {};
  const { effort, ...rest } = reasoning;
  return { thinkingConfig: { ...(effort !== undefined && { thinkingLevel: effort }), ...rest } };
}

function declarationOf({ name, description, parameters }: ToolSchema): JsonRecord {
  return { name, description, parametersJsonSchema: parameters };
}

function contentsOf(turns: readonly Turn[]): readonly JsonRecord[] {
  let names: ReadonlyMap<string, string> = new Map();
  return turns.map((turn) => {
    if (turn.kind === "user") return { role: "user", parts: [{ text: turn.text }] };
    if (turn.kind === "assistant") {
      names = geminiCallNames(turn.native);
      return { role: "model", parts: sentParts(turn.native) };
    }
    const parts = turn.results.map(({ callId, name, text, isError }) => ({
      functionResponse: { ...sentId(callId), name: names.get(callId) ?? name, response: isError ? { error: text } : { output: text } },
    }));
    return { role: "user", parts };
  });
}
