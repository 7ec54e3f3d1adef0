import type { CliSpec } from "../../core/agent.ts";
import type { Api } from "../../core/model.ts";

/**
 * Where setup takes an agent from, of which nothing is run but the agent itself.
 *
 * A package of npm: `programs` are the places below `node_modules` at which its versions have their program, of which the first that is there is used; {cpu} stands for x64 or arm64, {machine} for x86_64 or
 * aarch64. A script runs with a Node of its own. The programs in the folder `path` come after all others.
 *
 * A package of PyPI, with wheels for one version of Python, which the image must have as python3: `launcher` is what that runs, with the packages in front of its own. It answers `--version`, too.
 */
export type AgentInstall =
  | { readonly kind: "npm"; readonly package: string; readonly programs: readonly string[]; readonly path?: string }
  | { readonly kind: "pypi"; readonly package: string; readonly python: string; readonly launcher: string };

/** How an agent that is known by name is run, and where setup takes it from. Its program is the first word of its command, answers `--version`, and speaks one API. */
export type KnownAgent = {
  readonly name: string;
  readonly api: Exclude<Api, "scripted">;
  readonly command: CliSpec["command"];
  readonly env: CliSpec["env"];
  /** Texts for its home folder, by path. */
  readonly files?: CliSpec["files"] & {};
  readonly install: AgentInstall;
};
