import type { CliSpec } from "../../core/agent.ts";
import type { Api } from "../../core/model.ts";

/** How an agent that is known by name is run: its program is on the PATH of the image, and speaks one API. */
export type KnownAgent = {
  readonly name: string;
  readonly api: Exclude<Api, "scripted">;
  readonly command: CliSpec["command"];
  readonly env: CliSpec["env"];
};
