import pc from "picocolors";

/** The colours that reports use. */
export type Palette = Record<"bold" | "dim" | "green" | "red" | "yellow" | "cyan", (text: string) => string>;

/** Gives colours, or leaves text as it is. */
export function palette(enabled: boolean): Palette {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(enabled);
  return { bold, dim, green, red, yellow, cyan };
}
