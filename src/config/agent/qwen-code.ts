import type { KnownAgent } from "./known-agent.ts";

/** Qwen Code (npm: @qwen-code/qwen-code). Tried with 0.15.10. */
export const qwenCode: KnownAgent = {
  name: "qwen-code",
  api: "openai-chat",
  command: ["qwen", "--yolo", "--auth-type", "openai", "--output-format", "stream-json"],
  env: { OPENAI_MODEL: "{model}", QWEN_CODE_API_TIMEOUT_MS: "3600000", QWEN_CODE_NO_RELAUNCH: "true" },
  install: { kind: "npm", package: "@qwen-code/qwen-code", programs: ["@qwen-code/qwen-code/cli.js"] },
};
