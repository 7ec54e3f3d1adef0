/**
 * The hosts that belong to the provider whose key each environment variable usually holds: sending the key there needs no question. Gateways, and hosts that anybody can get
 * a name below, are not on the list.
 */
const HOSTS_OF_KEY: Readonly<Record<string, readonly string[]>> = {
  OPENAI_API_KEY: ["api.openai.com", "eu.api.openai.com", "us.api.openai.com"],
  ANTHROPIC_API_KEY: ["api.anthropic.com"],
  GEMINI_API_KEY: ["generativelanguage.googleapis.com"],
  GOOGLE_API_KEY: ["generativelanguage.googleapis.com"],
  GOOGLE_GENERATIVE_AI_API_KEY: ["generativelanguage.googleapis.com"],
  OPENROUTER_API_KEY: ["openrouter.ai", "eu.openrouter.ai", "us.openrouter.ai"],
  DEEPSEEK_API_KEY: ["api.deepseek.com"],
  MISTRAL_API_KEY: ["api.mistral.ai"],
  XAI_API_KEY: ["api.x.ai"],
  GROQ_API_KEY: ["api.groq.com"],
  TOGETHER_API_KEY: ["api.together.xyz", "api.together.ai"],
  FIREWORKS_API_KEY: ["api.fireworks.ai"],
  CEREBRAS_API_KEY: ["api.cerebras.ai"],
  MOONSHOT_API_KEY: ["api.moonshot.ai", "api.moonshot.cn"],
  DASHSCOPE_API_KEY: ["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"],
  ZAI_API_KEY: ["api.z.ai"],
  ZHIPU_API_KEY: ["open.bigmodel.cn", "api.z.ai"],
  MINIMAX_API_KEY: ["api.minimax.io"],
  DEEPINFRA_API_KEY: ["api.deepinfra.com"],
  PERPLEXITY_API_KEY: ["api.perplexity.ai"],
  SAMBANOVA_API_KEY: ["api.sambanova.ai"],
  NVIDIA_API_KEY: ["integrate.api.nvidia.com"],
  AICREDITS_API_KEY: ["api.aicredits.in"],
};

/** The environment variables that usually hold a key of a provider. */
export const KEY_VARIABLES: readonly string[] = Object.keys(HOSTS_OF_KEY);

/** Returns whether a host is the own one of the provider whose key a variable usually holds. */
export function isKnownHost(variable: string, host: string): boolean {
  return Object.hasOwn(HOSTS_OF_KEY, variable) && (HOSTS_OF_KEY[variable]?.includes(host) ?? false);
}
