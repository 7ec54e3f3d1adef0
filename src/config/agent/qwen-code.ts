import type { KnownAgent } from "./known-agent.ts";

/** Qwen Code (npm: @qwen-code/qwen-code). Tried with 0.15.10. It waits half a second for its standard input, which is too short on a busy machine: it is given the task as an argument. */
export const qwenCode: KnownAgent = {
  name: "qwen-code",
  api: "openai-chat",
  command: ["qwen", "--yolo", "--auth-type", "openai", "--output-format", "stream-json", "--prompt={prompt}"],
  env: { OPENAI_MODEL: "{model}", QWEN_CODE_API_TIMEOUT_MS: "3600000", QWEN_CODE_NO_RELAUNCH: "true" },
  files: {
    ".qwen/settings.json": JSON.stringify({
      memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
      privacy: { usageStatisticsEnabled: false },
    }),
  },
  install: { kind: "npm", package: "@qwen-code/qwen-code", programs: ["@qwen-code/qwen-code/cli.js"] },
};
