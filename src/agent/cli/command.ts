import type { AgentContext, CliSpec } from "../../core/agent.ts";
import { LAYER_FOLDER } from "../../core/layer.ts";
import type { CommandRequest, Sandbox } from "../../core/sandbox.ts";

/** The port inside the sandbox at which an agent finds its model. */
export const PORT = 8417;
const ROOT = `http://127.0.0.1:${PORT}`;
/** What an agent has for a key: the gateway puts the real one in. */
const NO_KEY = "none-needed";

/** Where a command has the task, for programs that do not read their standard input. */
const PROMPT = "{prompt}";
/** The most that Linux takes as one argument is 128 kB. */
const MAX_ARGUMENT_BYTES = 100_000;

/** Makes a function that fills in how the model is called and where it is. */
export function filler({ model }: Pick<AgentContext, "model">): (text: string) => string {
  const baseUrl = `${ROOT}/${model.spec.api === "gemini" ? "v1beta" : "v1"}`;
  return (text) => text.replaceAll("{model}", model.spec.model).replaceAll("{base_url}", baseUrl);
}

/**
 * Makes the command that starts an agent, with the task in its arguments where it asks for it there and that can hold it, and otherwise on its standard input. Its model may be
 * asked for by the variables that official clients read.
 */
export function commandOf(spec: CliSpec, context: AgentContext): Pick<CommandRequest, "command" | "env" | "stdin"> {
  const { task, settings, model, sandbox } = context;
  const filled = filler(context);
  const env = {
    ANTHROPIC_BASE_URL: ROOT,
    ANTHROPIC_API_KEY: NO_KEY,
    OPENAI_BASE_URL: `${ROOT}/v1`,
    OPENAI_API_KEY: NO_KEY,
    // Google's alone: with its key in sight, some programs of other providers would choose it.
    ...(model.spec.api === "gemini" && { GOOGLE_GEMINI_BASE_URL: ROOT, GEMINI_API_KEY: NO_KEY }),
    ...Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, filled(value)])),
  };
  const prompt = promptOf(task.prompt, settings.prompt);
  const { command, ...rest } = given(spec.command, { filled, prompt });
  return { command: programOf(command, sandbox), env, ...rest };
}

// By its whole path, so that PATH stays the image's: what the agent runs are the task's own programs.
function programOf([program = "", ...args]: readonly string[], { layer }: Sandbox): readonly string[] {
  return [layer?.program === program ? `${LAYER_FOLDER}/bin/${program}` : program, ...args];
}

function given(
  command: CliSpec["command"],
  { filled, prompt }: { readonly filled: (text: string) => string; readonly prompt: string },
): { readonly command: readonly string[]; readonly stdin?: Uint8Array } {
  const isArgument = command.some((text) => text.includes(PROMPT)) && Buffer.byteLength(prompt) < MAX_ARGUMENT_BYTES;
  if (!isArgument) return { command: command.filter((text) => !text.includes(PROMPT)).map(filled), stdin: Buffer.from(prompt) };
  // What the task says stands as it is, whatever is in it.
  return { command: command.map((text) => text.split(PROMPT).map(filled).join(prompt)) };
}

// The built-in prompt is about the loop's own tools; another agent has its own.
function promptOf(task: string, { name, text }: AgentContext["settings"]["prompt"]): string {
  return name === "default" ? task : `${text.trim()}\n\n${task}`;
}
