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
function isBroken({ share, suites, promise }: Checked): boolean {
  if (promise.kind === "at-most") return share > promise.limit + ERRORS * Math.sqrt((promise.limit * (1 - promise.limit)) / suites);
  return Math.abs(share - promise.wanted) > promise.limit + 2 * monteCarloError({ share, suites });
}

const percent = (share: number): string => (100 * share).toFixed(1);

/** Writes one line of the table. */
function lineOf(checked: Checked): string {
  const { name, share, promise } = checked;
  const promised =
    promise.kind === "at-most" ? `at most ${percent(promise.limit)} %` : `${percent(promise.wanted)} % within ${percent(promise.limit)}`;
  const found = `${percent(share).padStart(6)} % ± ${percent(monteCarloError(checked))}`;
  return `  ${name.padEnd(64)} ${found.padEnd(16)} ${promised}${isBroken(checked) ? "  BROKEN" : ""}`;
}

/** Prints a line for each promise as it is checked, then the worst of each kind; returns how many are broken. */
export function printChecks(checks: Iterable<Checked>, print: (text: string) => void): number {
  let broken = 0;
  let highest: Checked | null = null;
  let farthest: Checked | null = null;
  let count = 0;
  for (const checked of checks) {
    print(`${lineOf(checked)}\n`);
    count++;
    broken += Number(isBroken(checked));
    if (checked.promise.kind === "at-most" && checked.promise.limit === RISK && checked.share > (highest?.share ?? 0)) highest = checked;
    if (checked.promise.kind === "near" && distance(checked) > (farthest === null ? 0 : distance(farthest))) farthest = checked;
  }
  print(`  ${count} promises; ${broken} broken\n`);
  if (highest) print(`  highest share of a false claim:\n${lineOf(highest)}\n`);
  if (farthest) print(`  farthest from a promised power:\n${lineOf(farthest)}\n`);
  return broken;
}

const RISK = 0.05;

function distance({ share, promise }: Checked): number {
  return promise.kind === "near" ? Math.abs(share - promise.wanted) : 0;
}
