import type { KnownAgent } from "./known-agent.ts";

/** Claude Code (npm: @anthropic-ai/claude-code). Tried with 2.1.197. Its smaller models are that of the entry; its own retries and updates are off, and waiting is the gateway's. */
export const claudeCode: KnownAgent = {
  name: "claude-code",
  api: "anthropic",
  command: [
    "claude",
    "-p",
    "--output-format",
    "stream-json",
    "--verbose",
    "--dangerously-skip-permissions",
    "--model",
    "{model}",
    "--disallowedTools",
    "WebSearch,WebFetch",
  ],
  env: {
    ANTHROPIC_DEFAULT_HAIKU_MODEL: "{model}",
    ANTHROPIC_DEFAULT_OPUS_MODEL: "{model}",
    ANTHROPIC_DEFAULT_SONNET_MODEL: "{model}",
    ANTHROPIC_SMALL_FAST_MODEL: "{model}",
    API_FORCE_IDLE_TIMEOUT: "0",
    API_TIMEOUT_MS: "7200000",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "0",
    CLAUDE_CODE_SUBAGENT_MODEL: "{model}",
    CLAUDE_ENABLE_STREAM_WATCHDOG: "0",
    DISABLE_AUTOUPDATER: "1",
    IS_SANDBOX: "1",
  },
  install: {
    kind: "npm",
    package: "@anthropic-ai/claude-code",
    programs: ["@anthropic-ai/claude-code-linux-{cpu}/claude", "@anthropic-ai/claude-code/cli.js"],
  },
};
