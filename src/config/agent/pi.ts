import type { KnownAgent } from "./known-agent.ts";

const MODELS =
  '{"providers":{"bench":{"baseUrl":"{base_url}","api":"openai-completions","apiKey":"none-needed","models":[{"id":"{model}"}]}}}';
const SETTINGS = '{"retry":{"enabled":false,"provider":{"maxRetries":0}}}';

/** pi (npm: @mariozechner/pi-coding-agent). Tried with 0.73.1. It takes its provider from a file, which is written first; further arguments follow the program. */
export const pi: KnownAgent = {
  name: "pi",
  api: "openai-chat",
  command: [
    "bash",
    "-c",
    `mkdir -p ~/.pi/agent && cat > ~/.pi/agent/models.json <<< '${MODELS}' && cat > ~/.pi/agent/settings.json <<< '${SETTINGS}' && exec pi -p --mode json --provider bench --model '{model}' "$@"`,
    "pi",
  ],
  env: { PI_OFFLINE: "1" },
  install: { kind: "npm", package: "@mariozechner/pi-coding-agent", programs: ["@mariozechner/pi-coding-agent/dist/cli.js"] },
};
