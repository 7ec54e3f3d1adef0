import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli } from "../fixtures/cli.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { countedFiles, IS_FULL, PRICE, seededRandom } from "./counted-run.ts";
import { type CountingServer, type Failure, REQUESTS_A_TRIAL, startCountingServer, USAGE } from "./counting-server.ts";

const TASKS = IS_FULL ? 25 : 12;
const TRIALS = TASKS * 2;
const REQUEST_USD = (USAGE.prompt_tokens * PRICE.input + USAGE.completion_tokens * PRICE.output) / 1e6;
const WHOLE_USD = TRIALS * REQUESTS_A_TRIAL * REQUEST_USD;
const CAP_USD = WHOLE_USD / 3;

const spentUsd = (server: CountingServer): number => server.requests.filter(({ billed }) => billed).length * REQUEST_USD;

async function runUnderCap(failure?: (index: number) => Failure): Promise<void> {
  using folder = new TempFolder();
  const server = await startCountingServer({ latencyMs: 150, ...(failure ? { failure } : {}) });
  folder.write(countedFiles(server.url, TASKS));
  const where = ["--db", folder.at("bench.db"), "--concurrency", "16"];
  const subject = ["--models", folder.at("models.yaml"), "--suite", folder.at("suite"), ...QUICK_SANDBOX];

  const capped = await runCli(["run", ...subject, ...where, "--max-cost", CAP_USD.toFixed(4)]);
  const spentAtCap = spentUsd(server);
  const reported = await runCli(["report", "latest", "--db", folder.at("bench.db")]);
  const again = await runCli(["run", "--resume", "latest", ...where]);
  const spentAgain = spentUsd(server);
  const raised = await runCli(["run", "--resume", "latest", ...where, "--max-cost", (WHOLE_USD * 3).toFixed(4)]);
  await server.close();

  expect(capped.code).toBe(4);
  expect(capped.stderr).toMatch(
    /the limit of \$[\d.]+ for the run is reached: \$[\d.]+ is spent(, \$[^,]+ of unknown cost)?, and the next request may cost up to/,
  );
  // What the end of the run says is what its report says later, and it names the flag without which it would stop again.
  const stopped =
    /The run's cap of \$[\d.]+ stopped it: \$[\d.]+ is spent(, and \$[\d.]+ more may have been billed for \d+ requests? that broke off)?; \d+ of \d+ trials are left; resume with a higher --max-cost\./;
  expect(capped.stdout).toMatch(stopped);
  expect(reported.stdout).toContain(capped.stdout.match(stopped)?.[0]);
  expect(capped.stderr).toMatch(/Resume with: bench run --resume \S+ --max-cost USD/);
  expect(spentAtCap).toBeLessThanOrEqual(CAP_USD);
  // A cap that stops a run at its first request would be kept as well.
  expect(spentAtCap).toBeGreaterThan(CAP_USD / 4);
  expect(again.code).toBe(4);
  expect(spentAgain).toBeLessThanOrEqual(CAP_USD);
  expect(raised.code).toBe(0);
  expect(raised.stderr).toMatch(/\$[\d.]+ of \$[\d.]+ left(: \$[\d.]+ spent, \$[\d.]+ assumed)?\)/);
  const database = new Database(folder.at("bench.db"), { readonly: true });
  expect(database.prepare("select count(*) from trials where outcome = 'graded'").pluck().get()).toBe(TRIALS);
  database.close();
}

test(
  "16 at once against a limit that a third of the run would use never spend more than the limit, by the server's own count",
  { timeout: 300_000 },
  () => runUnderCap(),
);

test("a limit is kept when answers break off in the middle: billed by the provider and unreadable", { timeout: 300_000 }, () => {
  const random = seededRandom(7);
  return runUnderCap(() => (random() < 0.05 ? "drop" : "none"));
});
