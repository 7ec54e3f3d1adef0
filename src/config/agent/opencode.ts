import type { KnownAgent } from "./known-agent.ts";

const CONFIG = {
  autoupdate: false,
  share: "disabled",
  snapshot: false,
  small_model: "bench/{model}",
  provider: {
    bench: {
      npm: "@ai-sdk/openai-compatible",
      name: "bench",
      options: { baseURL: "{base_url}", apiKey: "none-needed" },
      models: { "{model}": { name: "{model}" } },
    },
  },
};

/** opencode (npm: opencode-ai). Tried with 1.18.33. */
export const opencode: KnownAgent = {
  name: "opencode",
  api: "openai-chat",
  command: ["opencode", "run", "--auto", "--format", "json", "-m", "bench/{model}", "--title", "task"],
  env: { OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1" },
  files: { ".config/opencode/opencode.json": JSON.stringify(CONFIG) },
  install: { kind: "npm", package: "opencode-ai", programs: ["opencode-linux-{cpu}/bin/opencode"] },
};
