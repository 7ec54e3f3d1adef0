/** Where the programs of an agent that setup installed are in the agent's sandbox. Every Linux has the folder above it. */
export const LAYER_FOLDER = "/srv/bench-agent";

/** The note in a layer that says what it holds. It is written last: without it, an installation was broken off. */
export const LAYER_NOTE = "layer.json";

/**
 * An agent's programs, installed once, which sandboxes of any image have read-only: the agent as `layerKey` names it, the name of its program in the folder `bin`, and the
 * digest of all files.
 */
export type Layer = { readonly agent: string; readonly program: string; readonly digest: string };

/** A layer with where a provider of sandboxes has it: a volume, or a folder. */
export type InstalledLayer = Layer & { readonly source: string };

/** Layers by the agents that they hold. */
export type Layers = ReadonlyMap<string, InstalledLayer>;

/** Names an agent in its version, as users write it. */
export function layerKey({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}

// Layers of another form are none.
const FORM = 1;

/** Writes the note of a layer. */
export function layerNote({ agent, program, digest }: Layer): string {
  return `${JSON.stringify({ form: FORM, agent, program, digest })}\n`;
}

/** Reads the note of a layer; null for what is none. */
export function layerOfNote(text: string): Layer | null {
  try {
    const { form, agent, program, digest } = JSON.parse(text) as Record<string, unknown>;
    const isWhole = form === FORM && typeof agent === "string" && typeof program === "string" && typeof digest === "string";
    return isWhole ? { agent, program, digest } : null;
  } catch {
    return null;
  }
}
