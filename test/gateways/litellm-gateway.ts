import { TempFolder } from "../fixtures/temp-folder.ts";
import { GATEWAY_KEY, PRICE } from "./gateway-run.ts";
import { type ServerProcess, startLitellm } from "./server-process.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

/** How LiteLLM asks the upstream: by OpenAI's own two APIs, by Chat Completions alone, or by Anthropic's. */
export const ROUTES = ["openai", "chat", "anthropic"] as const;

/** LiteLLM's proxy with the scripted upstream behind it; a model is named ROUTE/SITUATION. */
export type Gateway = { readonly litellm: ServerProcess; readonly upstream: Upstream; close(): Promise<void> };

/**
 * Starts both. The routes are those of ROUTES, `priced` (as `openai`, with a price that LiteLLM knows) and, with the address of a server, `real`.
 */
export async function startGateway(real = ""): Promise<Gateway> {
  const upstream = await startUpstream();
  const folder = new TempFolder();
  const route = (name: string, provider: string, base: string, more = ""): string =>
    `  - { model_name: "${name}/*", litellm_params: { model: "${provider}/*", api_base: "${base}", api_key: sk-upstream${more} } }\n`;
  const each = (usd: number): number => usd / 1e6;
  const price = `, input_cost_per_token: ${each(PRICE.input)}, output_cost_per_token: ${each(PRICE.output)}, cache_read_input_token_cost: ${each(PRICE.cacheRead)}`;
  const models = [
    route("openai", "openai", `${upstream.url}/v1`),
    route("chat", "hosted_vllm", `${upstream.url}/v1`),
    route("anthropic", "anthropic", upstream.url),
    route("priced", "openai", `${upstream.url}/v1`, price),
    ...(real === "" ? [] : [route("real", "lm_studio", `${real}/v1`)]),
  ];
  folder.write({
    "litellm.yaml": `model_list:\n${models.join("")}litellm_settings: { num_retries: 0 }\ngeneral_settings: { master_key: ${GATEWAY_KEY} }\n`,
  });
  const litellm = await startLitellm(folder.at("litellm.yaml"));
  return {
    litellm,
    upstream,
    async close() {
      await litellm.kill();
      await upstream.close();
      folder[Symbol.dispose]();
    },
  };
}
