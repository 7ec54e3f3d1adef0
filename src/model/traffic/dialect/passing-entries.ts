import { anthropic, type DialectEntry, google, openAi } from "./entry.ts";

/** Limits of a minute or so. */
// biome-ignore format: one entry a line
export const LIMITS: readonly DialectEntry[] = [
  { by: "many hosts", codes: ["rate_limit_exceeded", "rate_limit_error", "rate_limit_reached_error", "rate_limited", "throttlingexception", "throttling", "too_many_requests", "limit_requests", "limit_burst_rate", "ratelimitreached", "slow_down"], source: "platform.openai.com/docs/guides/error-codes", example: [429, openAi("Rate limit reached for gpt-5.4 in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 4000. Please try again in 7.2s.", "rate_limit_exceeded", "tokens")] },
  { by: "Groq", words: ["rate limit reached"], source: "danielmiessler/Fabric#364", example: [429, openAi("Rate limit reached for model `llama3-70b-8192` in organization `org_1` on tokens per minute (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 50.597142857s.", "rate_limit_exceeded", "tokens")] },
  { by: "many hosts", words: ["rate limit"], source: "docs.anthropic.com/en/api/errors", example: [400, anthropic("This request would exceed your organization's rate limit of 40,000 input tokens per minute.", "invalid_request_error")] },
  { by: "many hosts", words: ["per minute"], source: "continuedev/continue#9800", example: [429, openAi("Tokens per minute limit exceeded - too many tokens processed.", "token_quota_exceeded", "too_many_tokens_error")] },
  { by: "many hosts", words: ["too many requests"], source: "MoonshotAI/kimi-cli#901", example: [503, openAi("We're receiving too many requests at the moment. Please wait a moment and try again.", null, null)] },
  { by: "Google", codes: ["resource_exhausted"], source: "ai.google.dev/gemini-api/docs/rate-limits", example: [429, google(429, "You exceeded your current quota, please check your plan and billing details.", "RESOURCE_EXHAUSTED", [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }])] },
  { by: "Moonshot", words: ["request reached organization max rpm"], source: "MoonshotAI/Kimi-K2#34", example: [429, openAi("request reached organization max RPM: 3, please try again after 1 seconds", null, "rate_limit_reached_error")] },
  { by: "MiniMax", codes: ["minimax-1002", "minimax-1039", "minimax-1041"], source: "platform.minimax.io/docs/api-reference/errorcode", example: [null, { base_resp: { status_code: 1002, status_msg: "rate limit exceeded(RPM)" } }] },
  { by: "z.ai", codes: ["1302", "1303", "1305"], source: "kaitranntt/ccs#402", example: [429, openAi("High concurrency usage of this API, please reduce concurrency or contact customer service to increase limits", "1302", null)] },
  { by: "Azure", on: [429], words: ["please retry after"], source: "learn.microsoft.com/azure/ai-services/openai", example: [429, openAi("Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current pricing tier. Please retry after 20 seconds.", "429", null)] },
  { by: "DashScope", words: ["requests throttling triggered"], source: "help.aliyun.com/zh/model-studio/error-code", example: [429, openAi("Requests throttling triggered due to exceeding the concurrency limit", "limit_requests", null)] },
  { by: "Bedrock", words: ["too many tokens, please wait"], source: "docs.aws.amazon.com/bedrock: quotas", example: [400, { message: "Too many tokens, please wait before trying again." }] },
  { by: "Cloudflare", words: ["you are being rate limited"], source: "developers.cloudflare.com: error 1015", example: [429, "<!DOCTYPE html><html><head><title>Access denied | x used Cloudflare to restrict access</title></head><body>Error 1015: You are being rate limited</body></html>"] },
  { by: "LiteLLM", words: ["no deployments available for selected model"], source: "docs.litellm.ai/docs/routing", example: [429, openAi("No deployments available for selected model, Try again in 5 seconds. Passed model=x.", "429", "None")] },
];

/** Models that a server is putting into memory. */
// biome-ignore format: one entry a line
export const LOADING: readonly DialectEntry[] = [
  { by: "llama.cpp", on: [503], words: ["loading model"], source: "ggml-org/llama.cpp: tools/server", example: [503, { error: { code: 503, message: "Loading model", type: "unavailable_error" } }] },
  { by: "Ollama", words: ["llm server loading model"], source: "ollama/ollama: llm/server.go", example: [503, { error: "llm server loading model" }] },
  { by: "Ollama", words: ["timed out waiting for llama runner to start"], source: "ollama/ollama: llm/server.go", example: [500, { error: "timed out waiting for llama runner to start - progress 0.31" }] },
  { by: "Hugging Face, TGI", words: ["is currently loading"], source: "huggingface.co/docs/api-inference", example: [503, { error: "Model x is currently loading", estimated_time: 20.5 }] },
  { by: "SGLang, vLLM", on: [503], words: ["warming up"], source: "docs.sglang.ai", example: [503, "Server is warming up"] },
  { by: "LM Studio, others", on: [503], words: ["model is loading"], source: "lmstudio.ai/docs: server", example: [503, { error: "The model is loading" }] },
  { by: "Bedrock", codes: ["modelnotreadyexception"], source: "docs.aws.amazon.com/bedrock: common errors", example: [429, { code: "ModelNotReadyException", message: "The model is not ready to serve inference requests." }] },
  { by: "llama-swap", words: ["model is starting"], source: "mostlygeek/llama-swap", example: [503, { error: "the model is starting" }] },
];

const FAILURES = [429, 500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 525, 529, 530];

/** What passes by itself. */
// biome-ignore format: one entry a line
export const PASSING: readonly DialectEntry[] = [
  { by: "Groq", codes: ["capacity_exceeded"], source: "groq.com/docs/flex-processing", example: [498, openAi("Flex tier capacity exceeded, please try again later", "capacity_exceeded", "capacity_exceeded")] },
  { by: "Anthropic, Moonshot", codes: ["overloaded_error", "engine_overloaded_error", "overloaded", "server_overloaded", "service_unavailable", "serviceunavailableexception"], source: "docs.anthropic.com/en/api/errors, MoonshotAI/kimi-code#2152", example: [529, anthropic("Overloaded", "overloaded_error")] },
  { by: "Moonshot", words: ["engine is currently overloaded"], source: "earendil-works/pi#3494", example: [429, openAi("The engine is currently overloaded, please try again later", null, "x")] },
  { by: "Google", words: ["the model is overloaded"], source: "ai.google.dev/gemini-api/docs/troubleshooting", example: [503, google(503, "The model is overloaded. Please try again later.", "UNAVAILABLE")] },
  { by: "OpenRouter", on: FAILURES, words: ["provider returned error"], source: "openrouter.ai/docs/api-reference/errors", example: [null, { code: 502, message: "Provider returned error", metadata: { provider_name: "x" } }] },
  { by: "OpenAI", on: FAILURES, codes: ["server_error", "internal_server_error", "internalservererror", "api_error", "internal_error", "timeout", "timeout_error"], source: "platform.openai.com/docs/guides/error-codes", example: [500, openAi("The server had an error while processing your request. Sorry about that!", null, "server_error")] },
  { by: "MiniMax", codes: ["minimax-1000", "minimax-1001", "minimax-1013", "minimax-1024", "minimax-1033"], source: "platform.minimax.io/docs/api-reference/errorcode", example: [null, { base_resp: { status_code: 1033, status_msg: "system error / mysql failed" } }] },
  { by: "z.ai", codes: ["1200", "1230", "1234", "1312"], source: "docs.z.ai/api-reference/api-code", example: [500, openAi("Network error, please try again later", "1234", null)] },
  { by: "Cloudflare", on: [520, 521, 522, 523, 524, 525, 526, 527, 530], codes: ["html"], source: "developers.cloudflare.com: 5xx errors", example: [530, "<!DOCTYPE html><html><head><title>x | 530 Origin DNS error | Cloudflare</title></head><body>Error 1016 Origin DNS error</body></html>"] },
  { by: "nginx", on: [499, 502, 503, 504], codes: ["html"], source: "nginx.org", example: [502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"] },
  { by: "a gateway whose client left", on: [499], words: ["client"], source: "laravel/ai#925", example: [499, openAi("Client closed request", null, null)] },
];
