import type { ModelSpec } from "../../core/model.ts";
import { BadAnswer, JSON_TEXT, type Protocol } from "../protocol.ts";
import { decodeGemini } from "./decode.ts";
import { encodeGemini } from "./encode.ts";
import { collectGemini } from "./stream.ts";

const VERSION = "v1beta";

/**
 * Google's generateContent, of the Gemini API and of gateways that speak it. It is asked without the official client, which holds bodies of any size and takes its address
 * and its key from the environment; all that it adds is the path and a header.
 *
 * @see https://ai.google.dev/api/generate-content
 */
export const gemini: Protocol = {
  encode: encodeGemini,
  decode: decodeGemini,
  collect: collectGemini,
  async send(spec, body, { fetch, signal, key }) {
    const headers = { ...JSON_TEXT, ...(key !== null && { "x-goog-api-key": key }), ...spec.headers };
    const response = await fetch(geminiAddress(spec, spec.stream), { method: "POST", headers, body, signal });
    if (!response.ok) throw new BadAnswer(`http-${response.status}`, "the provider answered with an error");
  },
};

/** The address at which an answer of the entry's model is asked for. */
export function geminiAddress({ baseUrl, model }: Pick<ModelSpec, "baseUrl" | "model">, isStreamed: boolean): string {
  return `${geminiRoot(baseUrl)}/models/${encodeURIComponent(geminiModel(model))}:${isStreamed ? "streamGenerateContent?alt=sse" : "generateContent"}`;
}

/** The address of the API below a base URL, which may be named with its version or without. */
export function geminiRoot(baseUrl: string): string {
  const base = baseUrl.replace(/\/$/, "");
  return /\/v\d\w{0,20}$/.test(base) ? base : `${base}/${VERSION}`;
}

/** The plain name of a model, which the API also writes with its folder. */
export function geminiModel(model: string): string {
  return model.replace(/^models\//, "");
}
