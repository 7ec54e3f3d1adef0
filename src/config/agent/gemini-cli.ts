import type { KnownAgent } from "./known-agent.ts";

/** Its own agents, which would ask for fixed models of their own; `core` is all else. */
const SCOPES = ["core", "codebase_investigator", "cli_help", "generalist"];

/**
 * Gemini CLI (npm: @google/gemini-cli). Tried with 0.61.0. Its tools that search at the provider are off, its retries are the gateway's, and its smaller models are that of
 * the entry. It waits half a second for its standard input, which is too short on a busy machine: it is given the task as an argument.
 */
export const geminiCli: KnownAgent = {
  name: "gemini-cli",
  api: "gemini",
  command: ["gemini", "--yolo", "--skip-trust", "--output-format", "stream-json", "--model", "{model}", "--prompt={prompt}"],
  env: { GEMINI_CLI_NO_RELAUNCH: "true" },
  files: {
    ".gemini/settings.json": JSON.stringify({
      security: { auth: { selectedType: "gemini-api-key" } },
      general: { maxAttempts: 1, enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
      tools: { exclude: ["google_web_search", "web_fetch"] },
      modelConfigs: { customOverrides: SCOPES.map((overrideScope) => ({ match: { overrideScope }, modelConfig: { model: "{model}" } })) },
    }),
  },
  install: { kind: "npm", package: "@google/gemini-cli", programs: ["@google/gemini-cli/bundle/gemini.js"] },
};
