import type { AgentContext, CliSpec } from "../../core/agent.ts";
import { LAYER_FOLDER } from "../../core/layer.ts";
import type { CommandRequest, Sandbox } from "../../core/sandbox.ts";

/** The port inside the sandbox at which an agent finds its model. */
export const PORT = 8417;
/** What an agent has for a key: the gateway puts the real one in. */
const NO_KEY = "none-needed";

/** Makes the command that starts an agent, with the task on its standard input, as its model may be asked for by the variables that official clients read. */
export function commandOf(
  spec: CliSpec,
  { task, settings, model, sandbox }: AgentContext,
): Pick<CommandRequest, "command" | "env" | "stdin"> {
  const root = `http://127.0.0.1:${PORT}`;
  const filled = (text: string): string => text.replaceAll("{model}", model.spec.model).replaceAll("{base_url}", `${root}/v1`);
  const env = {
    ANTHROPIC_BASE_URL: root,
    ANTHROPIC_API_KEY: NO_KEY,
    OPENAI_BASE_URL: `${root}/v1`,
    OPENAI_API_KEY: NO_KEY,
    ...Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, filled(value)])),
  };
  return { command: programOf(spec.command.map(filled), sandbox), env, stdin: Buffer.from(promptOf(task.prompt, settings.prompt)) };
}

// By its whole path, so that PATH stays the image's: what the agent runs are the task's own programs.
function programOf([program = "", ...args]: readonly string[], { layer }: Sandbox): readonly string[] {
  return [layer?.program === program ? `${LAYER_FOLDER}/bin/${program}` : program, ...args];
}

// The built-in prompt is about the loop's own tools; another agent has its own.
function promptOf(task: string, { name, text }: AgentContext["settings"]["prompt"]): string {
  return name === "default" ? task : `${text.trim()}\n\n${task}`;
}
