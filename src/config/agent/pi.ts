import type { KnownAgent } from "./known-agent.ts";

const PROVIDER = { baseUrl: "{base_url}", api: "openai-completions", apiKey: "none-needed", models: [{ id: "{model}" }] };

/** pi (npm: @mariozechner/pi-coding-agent). Tried with 0.73.1. It takes its provider from a file. */
export const pi: KnownAgent = {
  name: "pi",
  api: "openai-chat",
  command: ["pi", "-p", "--mode", "json", "--provider", "bench", "--model", "{model}"],
  env: { PI_OFFLINE: "1" },
  files: {
    ".pi/agent/models.json": JSON.stringify({ providers: { bench: PROVIDER } }),
    ".pi/agent/settings.json": JSON.stringify({ retry: { enabled: false, provider: { maxRetries: 0 } } }),
  },
  install: { kind: "npm", package: "@mariozechner/pi-coding-agent", programs: ["@mariozechner/pi-coding-agent/dist/cli.js"] },
};
