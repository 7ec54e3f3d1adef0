import pc from "picocolors";

/** The colours and styles of reports. */
export type Palette = Record<"bold" | "dim" | "green" | "red" | "yellow" | "cyan", (text: string) => string>;

/** Makes a palette that colours text if `enabled`, and else leaves it unchanged. */
export function palette(enabled: boolean): Palette {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(enabled);
  return { bold, dim, green, red, yellow, cyan };
}
