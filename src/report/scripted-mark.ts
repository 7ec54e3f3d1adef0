/** Says below a table what the star means. */
export const SCRIPTED_NOTE = "* scripted, not a language model";

/** Gives the name of an arm as tables show it: with a star when no language model is behind it. */
export function markedName({ name, api }: { readonly name: string; readonly api: string }): string {
  return api === "scripted" ? `${name}*` : name;
}
