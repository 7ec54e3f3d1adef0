import { counted } from "../../../core/format.ts";
import { oneLine } from "../../../core/printable.ts";
import type { Palette } from "../palette.ts";
import { fittedTable } from "./fitted-table.ts";
import { cellText } from "./table-style.ts";

/** A model that a server offers. `contextWindow` is in tokens, null where the server does not tell it; where it is not `isServed`, it is the most that the model could have. */
type OfferedRow = {
  readonly id: string;
  readonly contextWindow: number | null;
  readonly isServed: boolean;
  readonly configuredAs: readonly string[];
};

/** What one server offers; `models` is null where it does not say, and `problem` tells why. */
export type ServerOffer = { readonly address: string; readonly models: readonly OfferedRow[] | null; readonly problem: string | null };

/** Draws what servers offer, one table each. */
export function offersTable(offers: readonly ServerOffer[], paint: Palette): string {
  return offers.length === 0
    ? "No model of the file is reached over a network."
    : offers.map((offer) => serverTable(offer, paint)).join("\n\n");
}

function serverTable({ address, models, problem }: ServerOffer, paint: Palette): string {
  if (models === null) return `${cellText(address)}: ${paint.yellow(`does not say what it offers (${cellText(oneLine(problem ?? ""))})`)}`;
  const table = fittedTable(
    [
      { head: "Model", kind: "name", cells: models.map(({ id }) => cellText(id)) },
      { head: "Context window", kind: "word", cells: models.map(({ contextWindow, isServed }) => windowText(contextWindow, isServed)) },
      { head: "Configured as", kind: "text", cells: models.map(({ configuredAs }) => configuredAs.map(cellText).join(", ") || "-") },
    ],
    paint.width,
  );
  return `${cellText(address)}: ${counted(models.length, "model")}\n${models.length === 0 ? "" : table}`.trimEnd();
}

function windowText(tokens: number | null, isServed: boolean): string {
  if (tokens === null) return "-";
  return isServed ? String(tokens) : `at most ${tokens}`;
}
