import OpenAI from "openai";
import type { ModelSpec } from "../../core/model.ts";
import { REQUEST_TIMEOUT_MS, type Transport } from "../protocol.ts";

/**
 * Makes the official client for one request. Everything it would take from the environment is set here, so that a run depends on models.yaml
 * alone; a host without a key is sent none.
 */
export function openAiClient(spec: ModelSpec, transport: Transport): OpenAI {
  return new OpenAI({
    apiKey: transport.key ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL: spec.baseUrl,
    defaultHeaders: { ...(transport.key === null && { Authorization: null }), ...spec.headers },
    fetch: transport.fetch,
    maxRetries: 0,
    timeout: REQUEST_TIMEOUT_MS,
    logLevel: "off",
  });
}
