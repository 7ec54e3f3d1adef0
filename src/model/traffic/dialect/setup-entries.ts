import { anthropic, type DialectEntry, google, openAi } from "./entry.ts";

/** Models that a host does not have. */
// biome-ignore format: one entry a line
export const WRONG_MODELS: readonly DialectEntry[] = [
  { by: "OpenAI", codes: ["model_not_found", "model_not_available", "model_not_supported", "invalid_model", "invalid_model_id", "unknown_model", "modelnotfound", "resourcenotfoundexception", "model_terms_required"], source: "platform.openai.com/docs/guides/error-codes", example: [404, openAi("The model `gpt-9` does not exist or you do not have access to it.", "model_not_found")] },
  { by: "Groq", codes: ["model_decommissioned"], source: "groq.com/docs/deprecations", example: [400, openAi("The model `mixtral-8x7b-32768` has been decommissioned and is no longer supported.", "model_decommissioned")] },
  { by: "LiteLLM", on: [400], words: ["you passed in model=", "no healthy deployments"], source: "LiteLLM 1.108 with a wildcard among its models", example: [400, openAi("litellm.BadRequestError: You passed in model=nope. There are no healthy deployments for this model\n\nLiteLLM: model group 'nope' failed with the error above. No fallback was attempted.", "400")] },
  { by: "LiteLLM", words: ["invalid model name passed"], source: "BerriAI/litellm#8821, #2398", example: [400, { error: { message: { error: "/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models for your key." }, type: "None", param: "None", code: "400" } }] },
  { by: "LiteLLM", words: ["there is no 'model_name' with this string"], source: "BerriAI/litellm#8326", example: [400, openAi("litellm.BadRequestError: You passed in model=claude-x. There is no 'model_name' with this string", "400", null)] },
  { by: "OpenRouter", words: ["is not a valid model id"], source: "maxnowack/anthropic-proxy#4, RightNow-AI/openfang#697", example: [400, openAi("deepseek/deepseek-coder is not a valid model ID", 400, null)] },
  { by: "OpenRouter", words: ["no endpoints found for"], source: "openrouter.ai/docs/api-reference/errors", example: [404, openAi("No endpoints found for google/gemini-2.0-pro-exp.", 404, null)] },
  { by: "DeepSeek", words: ["model not exist"], source: "api-docs.deepseek.com/quick_start/error_codes", example: [400, openAi("Model Not Exist", "invalid_request_error")] },
  { by: "Mistral", words: ["invalid model:"], source: "docs.mistral.ai/api", example: [400, { object: "error", message: "Invalid model: x", type: "invalid_model", code: "1500" }] },
  { by: "z.ai", codes: ["1211", "1212"], source: "docs.z.ai/api-reference/api-code", example: [400, openAi("Unknown Model, please check the model code.", "1211", null)] },
  { by: "MiniMax", words: ["unknown model"], source: "platform.minimax.io/docs/api-reference/errorcode", example: [null, { base_resp: { status_code: 2013, status_msg: "invalid params, unknown model 'x'" } }] },
  { by: "Ollama", words: ["not found, try pulling it first"], source: "ollama/ollama: server/routes.go", example: [404, openAi("model \"x\" not found, try pulling it first", null, "api_error")] },
  { by: "LM Studio", words: ["no models loaded"], source: "lmstudio.ai/docs: server", example: [400, { error: "No models loaded. Please load a model in the developer page or use the `lms load` command." }] },
  { by: "xAI", words: ["does not exist or your team"], source: "docs.x.ai: debugging errors", example: [404, { code: "Some requested entity was not found", error: "The model grok-9 does not exist or your team 16f2 does not have access to it." }] },
  { by: "Google", words: ["is not found for api version"], source: "ai.google.dev/gemini-api/docs/troubleshooting", example: [404, google(404, "models/gemini-9 is not found for API version v1main, or is not supported for generateContent.", "NOT_FOUND")] },
  { by: "Bedrock", words: ["provided model identifier is invalid"], source: "docs.aws.amazon.com/bedrock: model IDs", example: [400, { message: "The provided model identifier is invalid." }] },
  { by: "Bedrock", words: ["on-demand throughput isn", "supported"], source: "docs.aws.amazon.com/bedrock: inference profiles", example: [400, { message: "Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile." }] },
  { by: "Azure", codes: ["deploymentnotfound"], source: "learn.microsoft.com/azure/ai-services/openai", example: [404, openAi("The API deployment for this resource does not exist.", "DeploymentNotFound", null)] },
  { by: "Azure", codes: ["operationnotsupported"], source: "learn.microsoft.com/azure/ai-services/openai", example: [400, openAi("The chatCompletion operation does not work with the specified model, codex. Please choose different model and try again.", "OperationNotSupported", null)] },
  { by: "OpenAI", words: ["this is not a chat model"], source: "platform.openai.com/docs/models", example: [404, openAi("This is not a chat model and thus not supported in the v1/chat/completions endpoint.", null)] },
  { by: "OpenAI", words: ["only supported in v1/responses"], source: "platform.openai.com/docs/models", example: [404, openAi("This model is only supported in v1/responses and not in v1/chat/completions.", null)] },
  { by: "Kiro", words: ["invalid model"], source: "decolua/9router#1187", example: [400, { message: "Invalid model. Please select a different model to continue.", reason: "X" }] },
  { by: "DashScope", words: ["model not exist or you do not have access"], source: "help.aliyun.com/zh/model-studio/error-code", example: [404, openAi("The model `x` does not exist or you do not have access to it. model not exist or you do not have access", "x")] },
  { by: "vLLM, SGLang", on: [400, 404], words: ["the model `", "does not exist"], source: "vllm-project/vllm: serving_models.py", example: [404, { object: "error", message: "The model `x` does not exist.", type: "NotFoundError", param: null, code: 404 }] },
  { by: "Together", words: ["unable to access model"], source: "docs.together.ai/docs/error-codes", example: [400, openAi("Unable to access model x. Please visit https://api.together.ai/models to view the list of supported models.", "model_not_available")] },
  { by: "Fireworks", words: ["model not found, inaccessible"], source: "docs.fireworks.ai: error codes", example: [404, openAi("Model not found, inaccessible, and/or not deployed", "NOT_FOUND", "error")] },
];

/** Addresses at which there is no such API. */
// biome-ignore format: one entry a line
export const WRONG_ADDRESSES: readonly DialectEntry[] = [
  { by: "a web page with status 200", on: [200], codes: ["html"], source: "a base_url that names a web site", example: [null, { code: "html", message: "<!DOCTYPE html><html><head><title>Open WebUI</title></head></html>" }] },
  { by: "nginx, web sites", on: [301, 302, 307, 308, 404, 405], codes: ["html"], source: "a base_url without the path of the API", example: [404, "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body>\r\n</html>\r\n"] },
  { by: "LM Studio", words: ["unexpected endpoint or method"], source: "lmstudio.ai/docs: server", example: [404, { error: "Unexpected endpoint or method. (POST /chat/completions)" }] },
  { by: "OpenAI", words: ["invalid url (post"], source: "platform.openai.com/docs/guides/error-codes", example: [404, openAi("Invalid URL (POST /v1/v1/chat/completions)", null)] },
  { by: "Azure", words: ["resource not found"], source: "learn.microsoft.com/azure/ai-services/openai", example: [404, openAi("Resource not found", "404", null)] },
];

/** Parameters that a model or a host does not take. */
// biome-ignore format: one entry a line
export const WRONG_PARAMETERS: readonly DialectEntry[] = [
  { by: "OpenAI", codes: ["unsupported_parameter", "unsupported_value", "unknown_parameter", "invalid_parameter_value"], source: "devnullvoid/dms-ai-assistant#12, koosoli/ESPHomeDesigner#379", example: [400, { error: { message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", type: "invalid_request_error", param: "max_tokens", code: "unsupported_parameter" } }] },
  { by: "LiteLLM", words: ["unsupportedparamserror"], source: "docs.litellm.ai/docs/completion/drop_params", example: [400, openAi("litellm.UnsupportedParamsError: openai does not support parameters: ['reasoning_effort'], for model=x.", "400", null)] },
  { by: "OpenAI", words: ["unsupported parameter"], source: "enoch3712/ExtractThinker#327", example: [400, openAi("litellm.BadRequestError: OpenAIException - Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", null)] },
  { by: "OpenAI", words: ["unsupported value"], source: "platform.openai.com/docs/guides/reasoning", example: [400, openAi("Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", null)] },
  { by: "OpenAI", words: ["unrecognized request argument"], source: "platform.openai.com/docs/guides/error-codes", example: [400, openAi("Unrecognized request argument supplied: reasoning_effort", null)] },
  { by: "Anthropic", words: ["`temperature`", "deprecated"], source: "github/app#2574", example: [400, anthropic("`temperature` is deprecated for this model.")] },
  { by: "Anthropic", words: ["temperature", "may only be set to 1"], source: "BuilderIO/agent-native#3207", example: [400, anthropic("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.")] },
  { by: "Anthropic", words: ["is not supported when thinking is enabled"], source: "danny-avila/LibreChat#11949", example: [400, anthropic("temperature is not supported when thinking is enabled")] },
  { by: "Moonshot", words: ["invalid temperature"], source: "lsdefine/GenericAgent#30", example: [400, openAi("invalid temperature: only 1 is allowed for this model", null)] },
  { by: "Anthropic", words: ["extra inputs are not permitted"], source: "docs.anthropic.com/en/api/messages", example: [400, anthropic("output_config: Extra inputs are not permitted")] },
  { by: "Anthropic", words: ["thinking.type", "not supported"], source: "docs.anthropic.com/en/docs/build-with-claude/adaptive-thinking", example: [400, anthropic("\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.")] },
  { by: "Anthropic", words: ["adaptive thinking is not supported"], source: "docs.anthropic.com/en/docs/build-with-claude/adaptive-thinking", example: [400, anthropic("adaptive thinking is not supported on this model")] },
  { by: "Anthropic", words: ["does not support", "effort"], source: "docs.anthropic.com/en/docs/build-with-claude/effort", example: [400, anthropic("This model does not support the effort parameter.")] },
  { by: "Google", words: ["thinking", "not supported"], source: "ai.google.dev/gemini-api/docs/thinking", example: [400, google(400, "Thinking level is not supported for this model.", "INVALID_ARGUMENT")] },
  { by: "Google", words: ["unknown name"], source: "ai.google.dev/gemini-api/docs/openai", example: [400, google(400, "Invalid JSON payload received. Unknown name \"prompt_cache_key\": Cannot find field.", "INVALID_ARGUMENT")] },
  { by: "Groq", words: ["property", "is unsupported"], source: "groq.com/docs/errors", example: [400, openAi("property 'reasoning_effort' is unsupported", null)] },
  { by: "Groq", words: ["`reasoning_effort`", "not supported"], source: "groq.com/docs/reasoning", example: [400, openAi("`reasoning_effort` is not supported with this model", null)] },
  { by: "xAI", words: ["does not support parameter"], source: "docs.x.ai: reasoning", example: [400, { code: "Client specified an invalid argument", error: "Model grok-4 does not support parameter reasoningEffort." }] },
  { by: "xAI", words: ["argument not supported on this model"], source: "docs.x.ai: reasoning", example: [400, { code: "Client specified an invalid argument", error: "Argument not supported on this model: presencePenalty" }] },
  { by: "Mistral", words: ["extra_forbidden"], source: "docs.mistral.ai/api", example: [422, { object: "error", message: { detail: [{ type: "extra_forbidden", loc: ["body", "parallel_tool_call"], msg: "Extra inputs are not permitted", input: true }] }, type: "invalid_request_error" }] },
  { by: "Mistral", words: ["reasoning_effort", "not"], source: "docs.mistral.ai/api", example: [400, { object: "error", message: "reasoning_effort is not enabled for this model", type: "invalid_request_error" }] },
  { by: "DashScope", words: ["enable_thinking"], source: "help.aliyun.com/zh/model-studio/error-code", example: [400, openAi("parameter.enable_thinking must be set to false for non-streaming calls", "invalid_parameter_error")] },
  { by: "DashScope", words: ["only support stream mode"], source: "help.aliyun.com/zh/model-studio/error-code", example: [400, openAi("This model only support stream mode, please enable the stream parameter to access the model.", "invalid_parameter_error")] },
  { by: "z.ai", codes: ["1210", "1213", "1214"], source: "docs.z.ai/api-reference/api-code", example: [400, openAi("Invalid API parameter, please check the documentation.", "1210", null)] },
  { by: "Ollama", words: ["does not support thinking"], source: "ollama/ollama: server/routes.go", example: [400, openAi("\"llama3.1\" does not support thinking", null, "api_error")] },
  { by: "Ollama", words: ["invalid reasoning value"], source: "ollama/ollama: openai/openai.go", example: [400, openAi("invalid reasoning value: 'xhigh' (must be \"high\", \"medium\", \"low\", \"max\", or \"none\")", null, "invalid_request_error")] },
  { by: "OpenRouter", words: ["no endpoints found that can handle the requested parameters"], source: "openrouter.ai/docs/features/provider-routing", example: [404, openAi("No endpoints found that can handle the requested parameters.", 404, null)] },
  { by: "OpenRouter", words: ["no allowed providers are available"], source: "openrouter.ai/docs/features/provider-routing", example: [404, openAi("No allowed providers are available for the selected model.", 404, null)] },
  { by: "OpenAI", words: ["does not support 'developer'"], source: "platform.openai.com/docs/guides/reasoning", example: [400, openAi("Invalid value: 'messages[0].role' does not support 'developer' with this model.", null)] },
  { by: "vLLM, DeepSeek", words: ["unknown variant `developer`"], source: "api-docs.deepseek.com", example: [422, openAi("Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool`", "invalid_request_error")] },
  { by: "vLLM", words: ["unexpected message role"], source: "chat templates of Qwen and Mistral", example: [400, openAi("Unexpected message role.", 400, "BadRequestError")] },
  { by: "Anthropic-compatible hosts", words: ["cache_control", "not"], source: "docs.anthropic.com/en/docs/build-with-claude/prompt-caching", example: [400, anthropic("system.0.cache_control: this field is not supported by this host")] },
  { by: "Bedrock", words: ["doesn't support", "stream"], source: "docs.aws.amazon.com/bedrock: Converse", example: [400, { message: "This model doesn't support tool use in streaming mode." }] },
];

/** Models and hosts that take no tools. */
// biome-ignore format: one entry a line
export const NO_TOOLS: readonly DialectEntry[] = [
  { by: "Ollama", words: ["does not support tools"], source: "ollama/ollama#11131, #5793", example: [400, openAi("registry.ollama.ai/library/llama3:8b does not support tools", null, "api_error")] },
  { by: "OpenRouter", words: ["no endpoints found that support tool use"], source: "evalstate/fast-agent#122, pydantic/pydantic-ai#2896", example: [404, openAi("No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/provider-routing", 404, null)] },
  { by: "OpenRouter", words: ["no endpoints found that support", "'tool_choice'"], source: "zed-industries/zed#36094", example: [404, openAi("No endpoints found that support the provided 'tool_choice' value.", 404, null)] },
  { by: "many hosts", words: ["does not support tool"], source: "Cinnamon/kotaemon#801", example: [400, openAi("This model does not support tool calling", null)] },
  { by: "many hosts", words: ["does not support function calling"], source: "docs.fireworks.ai: function calling", example: [400, openAi("The model does not support function calling", null)] },
  { by: "Bedrock", words: ["doesn't support tool use."], source: "docs.aws.amazon.com/bedrock: Converse", example: [400, { message: "This model doesn't support tool use." }] },
  { by: "Groq", words: ["tool calling", "not supported with this model"], source: "groq.com/docs/tool-use", example: [400, openAi("`tool calling` is not supported with this model", null)] },
  { by: "Google", words: ["function calling is not enabled"], source: "ai.google.dev/gemini-api/docs/function-calling", example: [400, google(400, "Function calling is not enabled for models/gemma-3-27b-it", "INVALID_ARGUMENT")] },
  { by: "Mistral", words: ["function calling is not enabled for this model"], source: "docs.mistral.ai: function calling", example: [400, { object: "error", message: "Function calling is not enabled for this model", type: "invalid_request_error" }] },
  { by: "Together", words: ["function calling is not supported"], source: "docs.together.ai: function calling", example: [400, openAi("Function calling is not supported for this model", null)] },
  { by: "Perplexity", words: ["tool calling is not supported"], source: "docs.perplexity.ai", example: [400, openAi("Tool calling is not supported for this model", null)] },
  { by: "llama.cpp", words: ["tools param requires --jinja"], source: "ggml-org/llama.cpp: tools/server", example: [500, openAi("tools param requires --jinja flag", 500, "server_error")] },
  { by: "TGI", words: ["tools are not supported"], source: "huggingface/text-generation-inference", example: [422, { error: "Tools are not supported by this model's template", error_type: "template_error" }] },
];

/** Servers that were started without what reads the model's calls. */
// biome-ignore format: one entry a line
export const NO_TOOL_PARSERS: readonly DialectEntry[] = [
  { by: "vLLM", words: ["--enable-auto-tool-choice"], source: "vllm-project/vllm#9986, langchain4j/langchain4j#3475", example: [400, { object: "error", message: "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set", type: "BadRequestError", param: null, code: 400 }] },
  { by: "vLLM", words: ["--tool-call-parser"], source: "vllm-project/vllm: serving_chat.py", example: [400, openAi("tool_choice = \"required\" requires --tool-call-parser to be set", 400, "BadRequestError")] },
  { by: "SGLang", words: ["tool-call-parser"], source: "sgl-project/sglang: serving_chat.py", example: [400, openAi("Please launch the server with tool-call-parser to use tools", 400, "BadRequestError")] },
];
