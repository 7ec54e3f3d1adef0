import type { KnownAgent } from "./known-agent.ts";

const PROVIDER =
  'model_providers.bench={name="bench",base_url="{base_url}",env_key="OPENAI_API_KEY",wire_api="responses",request_max_retries=0,stream_max_retries=0,stream_idle_timeout_ms=3600000}';

/** Codex (npm: @openai/codex). Tried with 0.171.0. */
export const codex: KnownAgent = {
  name: "codex",
  api: "openai-responses",
  command: [
    "codex",
    "exec",
    "--skip-git-repo-check",
    "--json",
    "--dangerously-bypass-approvals-and-sandbox",
    "-m",
    "{model}",
    ...["model_provider=bench", PROVIDER, "analytics.enabled=false", "check_for_update_on_startup=false", 'web_search="disabled"'].flatMap(
      (setting) => ["-c", setting],
    ),
    ...["plugins", "remote_plugin", "apps"].flatMap((feature) => ["--disable", feature]),
  ],
  env: {},
  install: {
    kind: "npm",
    package: "@openai/codex",
    programs: ["@openai/codex-linux-{cpu}/vendor/{machine}-unknown-linux-musl/bin/codex", "@openai/codex/bin/codex.js"],
    path: "@openai/codex-linux-{cpu}/vendor/{machine}-unknown-linux-musl/codex-path",
  },
};
