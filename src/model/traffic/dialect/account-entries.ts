import { anthropic, type DialectEntry, google, openAi } from "./entry.ts";

/** Credit, a budget or a plan that is used up, and that no waiting brings back. */
// biome-ignore format: one entry a line
export const QUOTAS: readonly DialectEntry[] = [
  { by: "OpenAI", codes: ["insufficient_quota"], source: "platform.openai.com/docs/guides/error-codes", example: [429, openAi("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota")] },
  { by: "OpenAI", codes: ["billing_hard_limit_reached", "billing_not_active", "billing_error", "account_deactivated"], source: "platform.openai.com/docs/guides/error-codes", example: [429, openAi("Your account is not active, please check your billing details on our website.", "billing_not_active", "billing_not_active")] },
  { by: "OpenAI", codes: ["credit_balance_exhausted", "organization_spend_limit_exceeded", "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "spend_limit_exceeded"], source: "help.openai.com/en/articles/6614457, developers.glean.com/errors", example: [429, openAi("You exceeded your current quota, please check your plan and billing details.", "project_spend_limit_exceeded", "billing_error_x")] },
  { by: "Anthropic", codes: ["enforced_spend_limit_reached"], source: "docs.anthropic.com/en/api/errors", example: [429, { type: "error", error: { type: "rate_limit_error", message: "Your organization has reached its monthly limit", details: { error_code: "enforced_spend_limit_reached" } } }] },
  { by: "Bedrock", codes: ["servicequotaexceededexception"], source: "docs.aws.amazon.com/bedrock: common errors", example: [400, { code: "ServiceQuotaExceededException", message: "Your request exceeds the service quota for your account." }] },
  { by: "Anthropic", words: ["credit balance"], source: "anthropics/claude-code#38035", example: [400, anthropic("Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.")] },
  { by: "Anthropic", words: ["reached your specified api usage limits"], source: "docs.anthropic.com/en/api/rate-limits", example: [400, anthropic("You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.")] },
  { by: "Anthropic", words: ["third-party", "extra usage"], source: "anthropics/claude-code: subscription tokens", example: [400, anthropic("Third-party apps now draw from your extra usage, not your plan limits. Add more at claude.ai/settings/usage.")] },
  { by: "DeepSeek", words: ["insufficient balance"], source: "api-docs.deepseek.com/quick_start/error_codes", example: [402, openAi("Insufficient Balance", "invalid_request_error", "unknown_error")] },
  { by: "new-api and others", words: ["insufficient_balance"], source: "Wei-Shaw/sub2api#890", example: [403, { code: "INSUFFICIENT_BALANCE", message: "Your insufficient_balance must be topped up" }] },
  { by: "sub2api", codes: ["insufficient_balance", "insufficient_balance_error", "insufficient_user_quota", "insufficient_funds", "insufficient_credits"], source: "Wei-Shaw/sub2api#890, modelscope/modelscope#1691", example: [403, { code: "INSUFFICIENT_BALANCE", message: "Insufficient account balance" }] },
  { by: "Moonshot", codes: ["exceeded_current_quota_error"], source: "MoonshotAI/Kimi-K2#5, anomalyco/opencode#24462", example: [403, openAi("Your account org-1 is not active, organization org-1 exceeded current quota, please check your plan and billing details", null, "exceeded_current_quota_error")] },
  { by: "Moonshot through a gateway", words: ["suspended due to insufficient"], source: "anomalyco/opencode#24462", example: [429, { error: { message: "Error from provider: Provider returned error", code: 429, metadata: { raw: "{\"error\":{\"message\":\"Your account org-1 is suspended due to insufficient balance, please recharge your account\"}}" } } }] },
  { by: "xAI", words: ["used all available credits"], source: "continuedev/continue#10373, warpdotdev/warp#14867", example: [403, { code: "The caller does not have permission to execute the specified operation", error: "Your team 16f2 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit." }] },
  { by: "xAI", words: ["doesn't have any credits"], source: "docs.x.ai: billing", example: [403, { code: "permission-denied", error: "Your newly created team doesn't have any credits yet. You can purchase credits on https://x.ai" }] },
  { by: "MiniMax", codes: ["minimax-1008", "minimax-2061"], source: "platform.minimax.io/docs/api-reference/errorcode", example: [null, { id: "1", choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } }] },
  { by: "MiniMax", words: ["(1008)"], source: "MiniMax-AI/MiniMax-M2#62", example: [500, anthropic("insufficient balance (1008)", "api_error")] },
  { by: "z.ai", codes: ["1113", "1112", "1309"], source: "zai-org/feedback#789, musistudio/claude-code-router#1071", example: [429, openAi("Insufficient balance or no resource package. Please recharge.", "1113", null)] },
  { by: "z.ai", words: ["no resource package"], source: "zai-org/feedback#789", example: [429, anthropic("[1113][Insufficient balance or no resource package. Please recharge.][20260922]", "rate_limit_error")] },
  { by: "z.ai", words: ["余额不足"], source: "continuedev/continue#10296", example: [429, openAi("余额不足或无可用资源包,请充值。", "1113", null)] },
  { by: "DashScope", codes: ["arrearage"], source: "help.aliyun.com/zh/model-studio/error-code", example: [400, openAi("Access denied, please make sure your account is in good standing.", "Arrearage", "Arrearage")] },
  { by: "DashScope", codes: ["allocationquota.freetieronly"], source: "help.aliyun.com/zh/model-studio/error-code", example: [403, openAi("The free tier of the model has been exhausted.", "AllocationQuota.FreeTierOnly", null)] },
  { by: "OpenRouter", words: ["requires more credits"], source: "QwenLM/qwen-code#73, Gitlawb/openclaude#1125", example: [402, openAi("This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 27342.", 402, null)] },
  { by: "OpenRouter", words: ["insufficient credits"], source: "openrouter.ai/docs/api-reference/errors", example: [null, { code: 402, message: "Insufficient credits. Add more using https://openrouter.ai/settings/credits" }] },
  { by: "OpenRouter", words: ["key limit exceeded"], source: "openrouter.ai/docs/api-reference/limits", example: [403, openAi("Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys", 403, null)] },
  { by: "LiteLLM", codes: ["budget_exceeded"], source: "BerriAI/litellm#18554, #14144", example: [400, openAi("Budget has been exceeded! Current cost: 26.075, Max budget: 0.25", "400", "budget_exceeded")] },
  { by: "LiteLLM", words: ["budget has been exceeded"], source: "BerriAI/litellm#22726", example: [400, openAi("litellm.BadRequestError: OpenAIException - Budget has been exceeded! Current cost: 14.1, Max budget: 10", "400", null)] },
  { by: "LiteLLM", words: ["exceeded budget"], source: "BerriAI/litellm#14144", example: [429, openAi("No deployments available - crossed budget: Exceeded budget for deployment model_name: m: 0.363 >= 0.2", "429", null)] },
  { by: "LiteLLM", words: ["over budget"], source: "docs.litellm.ai/docs/proxy/users", example: [400, openAi("ExceededBudget: End User=a over budget. Spend=0.0008, Budget=0.0001", 400, "auth_error")] },
  { by: "Google", on: [429], words: ["limit: 0,"], source: "continuedev/continue#10062, UKGovernmentBEIS/inspect_ai#5526", example: [429, google(429, "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: gemini-2.5-pro\nPlease retry in 20.04466179s.", "RESOURCE_EXHAUSTED")] },
  { by: "Google", words: ["prepayment credits are depleted"], source: "ai.google.dev/gemini-api/docs/billing", example: [429, google(429, "Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing.", "RESOURCE_EXHAUSTED")] },
  { by: "Google", words: ["exceeded its", "spending cap"], source: "ai.google.dev/gemini-api/docs/billing", example: [429, google(429, "Your project has exceeded its monthly spending cap.", "RESOURCE_EXHAUSTED")] },
  { by: "Together, Fireworks", words: ["payment method"], source: "docs.together.ai/docs/error-codes", example: [402, openAi("You need to add a valid payment method to use this model.", "payment_required")] },
  { by: "Fireworks", words: ["suspended", "spending limit"], source: "docs.fireworks.ai: error codes", example: [412, { error: "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices." }] },
  { by: "Groq", codes: ["blocked_api_access", "spend_limit_reached"], source: "groq.com/docs/spend-limits", example: [400, openAi("Organization has reached its spend threshold", "blocked_api_access")] },
  { by: "AICredits", words: ["wallet"], source: "aicredits.in docs: errors", example: [402, openAi("Your wallet has no balance left; recharge to continue", "insufficient_credits")] },
  { by: "Hugging Face", words: ["exceeded your monthly included credits"], source: "huggingface.co/docs/inference-providers/pricing", example: [402, { error: "You have exceeded your monthly included credits for Inference Providers." }] },
  { by: "GitHub Copilot", codes: ["quota_exceeded"], source: "docs.github.com/copilot: premium requests", example: [402, openAi("You have exceeded your free chat quota", "quota_exceeded", null)] },
];

/** Keys that a host does not know. */
// biome-ignore format: one entry a line
export const BAD_KEYS: readonly DialectEntry[] = [
  { by: "OpenAI and others", codes: ["invalid_api_key", "authentication_error", "invalid_authentication_error", "invalid_authentication", "unauthorized", "token_expired"], source: "platform.openai.com/docs/guides/error-codes", example: [401, openAi("Incorrect API key provided: sk-x. You can find your API key at https://platform.openai.com/account/api-keys.", "invalid_api_key")] },
  { by: "Google", codes: ["api_key_invalid"], source: "google-gemini/gemini-cli#4690", example: [400, google(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID", domain: "googleapis.com" }])] },
  { by: "Google", words: ["api key not valid"], source: "babaohuang/GeminiProChat#142", example: [400, google(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT")] },
  { by: "Google", words: ["api key expired"], source: "continuedev/continue#11336", example: [400, { error: { message: "{\n \"error\": {\n \"code\": 400,\n \"message\": \"API key expired. Please renew the API key.\",\n \"status\": \"INVALID_ARGUMENT\"\n }\n}\n", code: 400, status: "Bad Request" } }] },
  { by: "Google", words: ["reported as leaked"], source: "continuedev/continue#11541", example: [403, google(403, "Your API key was reported as leaked. Please use another API key.", "PERMISSION_DENIED")] },
  { by: "Google", words: ["please use api key", "unregistered callers"], source: "ai.google.dev/gemini-api/docs/troubleshooting", example: [403, google(403, "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.", "PERMISSION_DENIED")] },
  { by: "xAI", words: ["incorrect api key"], source: "docs.x.ai: debugging errors", example: [400, { code: "Client specified an invalid argument", error: "Incorrect API key provided: xa***ey. You can obtain an API key from https://x.ai." }] },
  { by: "Anthropic", words: ["invalid x-api-key"], source: "docs.anthropic.com/en/api/errors", example: [401, anthropic("invalid x-api-key", "authentication_error")] },
  { by: "many hosts", words: ["invalid api key"], source: "openrouter.ai/docs/api-reference/errors", example: [400, openAi("Invalid API key", null)] },
  { by: "Together", words: ["invalid api_key"], source: "docs.together.ai/docs/error-codes", example: [400, openAi("Invalid api_key provided", null)] },
  { by: "many hosts", words: ["invalid api-key"], source: "help.aliyun.com/zh/model-studio/error-code", example: [401, { code: "InvalidApiKey", message: "Invalid API-key provided." }] },
  { by: "DashScope", codes: ["invalidapikey"], source: "help.aliyun.com/zh/model-studio/error-code", example: [400, { code: "InvalidApiKey", message: "No API-key provided." }] },
  { by: "MiniMax", codes: ["minimax-1004", "minimax-2049"], source: "platform.minimax.io/docs/api-reference/errorcode", example: [null, { base_resp: { status_code: 2049, status_msg: "invalid api key" } }] },
  { by: "MiniMax", words: ["(1004)"], source: "platform.minimax.io/docs/api-reference/errorcode", example: [500, anthropic("login fail: Please carry the API secret key in the 'Authorization' field of the request header (1004)", "api_error")] },
  { by: "z.ai", codes: ["1000", "1001", "1002", "1003"], source: "docs.z.ai/api-reference/api-code", example: [400, openAi("Authentication Failed", "1000", null)] },
  { by: "z.ai", words: ["token expired or incorrect"], source: "docs.z.ai/api-reference/api-code", example: [401, openAi("token expired or incorrect", "1000", null)] },
  { by: "OpenRouter", words: ["no auth credentials found"], source: "openrouter.ai/docs/api-reference/errors", example: [null, { code: 401, message: "No auth credentials found" }] },
  { by: "OpenRouter", on: [401, 404], words: ["user not found"], source: "openrouter.ai/docs/api-reference/errors", example: [401, openAi("User not found.", 401, null)] },
  { by: "LiteLLM", words: ["authentication error"], source: "docs.litellm.ai/docs/proxy/virtual_keys", example: [400, openAi("Authentication Error, LiteLLM Virtual Key expected. Received=x, expected to start with 'sk-'.", "400", "auth_error")] },
  { by: "Bedrock", codes: ["unrecognizedclientexception", "expiredtokenexception", "invalidsignatureexception"], source: "docs.aws.amazon.com/bedrock: common errors", example: [403, { __type: "x", code: "UnrecognizedClientException", message: "The security token included in the request is invalid." }] },
  { by: "GitHub Copilot", words: ["ide token expired"], source: "docs.github.com/copilot", example: [401, "unauthorized: IDE token expired\n"] },
];

/** Access that a valid key does not have. */
// biome-ignore format: one entry a line
export const FORBIDDEN: readonly DialectEntry[] = [
  { by: "OpenAI", codes: ["unsupported_country_region_territory"], source: "platform.openai.com/docs/guides/error-codes", example: [403, openAi("Country, region, or territory not supported", "unsupported_country_region_territory", "request_forbidden")] },
  { by: "Google", words: ["user location is not supported"], source: "ai.google.dev/gemini-api/docs/troubleshooting", example: [400, google(400, "User location is not supported for the API use.", "FAILED_PRECONDITION")] },
  { by: "OpenAI", words: ["organization must be verified"], source: "help.openai.com: organization verification", example: [400, openAi("Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general", "unsupported_value")] },
  { by: "LiteLLM", words: ["not allowed to access model"], source: "docs.litellm.ai/docs/proxy/virtual_keys", example: [401, openAi("key not allowed to access model. This key can only access models=['a']. Tried to access b", "401", "key_model_access_denied")] },
  { by: "OpenRouter", words: ["no endpoints found matching your data policy"], source: "openrouter.ai/docs/features/privacy-and-logging", example: [404, openAi("No endpoints found matching your data policy (Free model publication).", 404, null)] },
  { by: "Bedrock", codes: ["accessdeniedexception"], source: "docs.aws.amazon.com/bedrock: model access", example: [400, { code: "AccessDeniedException", message: "You don't have access to the model with the specified model ID." }] },
];

/** Limits of many hours that are used up. */
// biome-ignore format: one entry a line
export const DAILY_LIMITS: readonly DialectEntry[] = [
  { by: "OpenRouter", on: [429], words: ["free-models-per-day"], source: "Gitlawb/openclaude#936", example: [429, { error: { message: "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day", code: 429, metadata: { headers: { "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0" } } } }] },
  { by: "Google", on: [429], words: ["perday"], source: "google-gemini/gemini-cli#8437, UKGovernmentBEIS/inspect_ai#5526", example: [429, google(429, "You exceeded your current quota, please check your plan and billing details.", "RESOURCE_EXHAUSTED", [{ "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] }, { retryDelay: "47s" }])] },
  { by: "Google", on: [429], words: ["per day"], source: "google-gemini/gemini-cli#10513", example: [429, google(429, "Quota exceeded for quota metric 'Gemini 2.5 Pro Requests' and limit 'Gemini 2.5 Pro Requests per day per user per tier'", "RESOURCE_EXHAUSTED")] },
  { by: "Codex", codes: ["usage_limit_reached"], source: "router-for-me/CLIProxyAPI#1666, earendil-works/pi#4172", example: [429, { error: { type: "usage_limit_reached", message: "The usage limit has been reached", plan_type: "free", resets_in_seconds: 529498 } }] },
  { by: "z.ai", codes: ["1304", "1308", "1310", "1316", "1317"], source: "dirge-code/dirge#818, NousResearch/hermes-agent#103038", example: [429, openAi("Usage limit reached for 5 hour. Your limit will reset at 2099-09-04 19:01:25", "1308", null)] },
  { by: "z.ai", on: [429], words: ["usage limit reached"], source: "docs.z.ai/api-reference/api-code", example: [429, anthropic("Usage limit reached for 5 hour. Your limit will reset at 2099-09-04 19:01:25", "rate_limit_error")] },
  { by: "Ollama's cloud", on: [429], words: ["usage limit, please wait or upgrade"], source: "continuedev/continue#10579", example: [429, { error: "you (a) have reached your session usage limit, please wait or upgrade to continue" }] },
  { by: "MiniMax", codes: ["minimax-2056"], source: "platform.minimax.io/docs/api-reference/errorcode", example: [null, { base_resp: { status_code: 2056, status_msg: "usage limit exceeded" } }] },
  { by: "Claude plans", on: [429], anyOf: ["hit your limit", "reached your weekly", "weekly limit"], source: "anthropics/claude-code: subscription limits", example: [429, anthropic("You've hit your limit · resets 3pm (UTC)", "rate_limit_error")] },
  { by: "many hosts", on: [429], anyOf: ["per week", "weekly", "per month", "per hour", "hourly"], source: "docs.nvidia.com, docs.github.com/github-models: limits", example: [429, openAi("Rate limit of 50 requests per hour exceeded", "x", null)] },
  { by: "Mistral", on: [429], words: ["monthly"], source: "docs.mistral.ai: limits", example: [429, { message: "Monthly token limit exceeded" }] },
  { by: "many hosts", on: [429], words: ["daily"], source: "platform.openai.com/docs/guides/rate-limits", example: [429, openAi("You have reached the daily limit of this model", null, null)] },
];
