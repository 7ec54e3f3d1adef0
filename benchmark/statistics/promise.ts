/** A promise and how often it was kept or broken in so many simulated suites: at most `limit`, or within `limit` of `wanted`. */
export type Checked = {
  readonly name: string;
  readonly share: number;
  readonly suites: number;
  readonly promise:
    | { readonly kind: "at-most"; readonly limit: number }
    | { readonly kind: "near"; readonly wanted: number; readonly limit: number };
};

// A table has hundreds of cells: with two errors some would be above by chance alone.
const ERRORS = 3.5;

/** Computes the standard error of a simulated share. */
function monteCarloError({ share, suites }: Pick<Checked, "share" | "suites">): number {
  return Math.sqrt(Math.max(share * (1 - share), 1 / suites) / suites);
}

/** Says whether a promise is broken by more than the noise of the simulation. */
export function isBroken({ share, suites, promise }: Checked): boolean {
  if (promise.kind === "at-most") return share > promise.limit + ERRORS * Math.sqrt((promise.limit * (1 - promise.limit)) / suites);
  return Math.abs(share - promise.wanted) > promise.limit + 2 * monteCarloError({ share, suites });
}

const percent = (share: number): string => (100 * share).toFixed(1);

/** Writes one line of the table. */
export function lineOf(checked: Checked): string {
  const { name, share, promise } = checked;
  const promised =
    promise.kind === "at-most" ? `at most ${percent(promise.limit)} %` : `${percent(promise.wanted)} % within ${percent(promise.limit)}`;
  const found = `${percent(share).padStart(6)} % ± ${percent(monteCarloError(checked))}`;
  return `  ${name.padEnd(64)} ${found.padEnd(16)} ${promised}${isBroken(checked) ? "  BROKEN" : ""}`;
}
