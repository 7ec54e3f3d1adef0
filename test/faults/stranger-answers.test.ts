import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import { openModels } from "../../src/model/open-model.ts";
import { openDispatchers } from "../../src/model/recording-fetch.ts";
import { modelRequest } from "../fixtures/model-bench.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { QuickClock } from "../fixtures/quick-clock.ts";
import { IS_FULL } from "./counted-run.ts";
import { GOLDEN, type Golden } from "./golden-answer.ts";
import { type RawAnswer, rawAnswers, startRawServer } from "./raw-answer.ts";
import { leaksIn } from "./secret.ts";
import { expectSoundEnd } from "./sound-answer.ts";

const KEY = "sk-canary/1f7e+4b9a=03c58d26";
const SECRETS = [{ name: "key", value: KEY }];
const PRICE = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, perRequest: 0 };
// Test files share a process: what others made it hold is not counted.
const RESIDENT_BEFORE = process.resourceUsage().maxRSS;
const MAX_RESIDENT_MB = 600;
const RUNS = IS_FULL ? 700 : 100;

const started: unknown[] = [];
const onStart = (message: unknown): void => void started.push(message);

beforeAll(() => subscribe("child_process", onStart));
afterAll(() => unsubscribe("child_process", onStart));

/** All that a model gives or throws, causes included, as a program would write it, and as one that reads JSON in it would. */
function everythingSaid(end: unknown): string {
  const said = end instanceof Error ? inspect(end, { depth: 20, maxStringLength: null, maxArrayLength: null }) : JSON.stringify(end);
  return `${said}\n${unescaped(said)}`;
}

function unescaped(text: string): string {
  return text.replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** What the wire would give to a program that takes no key out. */
function isEchoed({ head, body }: RawAnswer): boolean {
  return leaksIn(unescaped(Buffer.concat([head, body]).toString()), SECRETS).length > 0;
}

async function startProvider({ api }: Golden, stream: boolean): Promise<(answer: RawAnswer) => Promise<unknown>> {
  const server = await startRawServer();
  const dispatchers = openDispatchers(5_000);
  onTestFinished(async () => {
    server.close();
    await Promise.all([dispatchers.whole.destroy(), dispatchers.streamed.destroy()]);
  });
  const baseUrl = api === "anthropic" ? server.url : `${server.url}/v1`;
  return async (answer) => {
    server.answer = answer;
    const clock = new QuickClock();
    const open = openModels({ key: () => KEY, now: () => clock.now(), clock, random: () => 1, dispatchers });
    const model = open(modelSpec({ api, stream, baseUrl, price: PRICE }))({ task: undefined as never, attempt: 1 });
    return model.generate(modelRequest()).catch((error: unknown) => error);
  };
}

describe.for(GOLDEN)("a hostile host that speaks $api", (golden) => {
  test.for([
    { form: "whole answers", stream: false },
    { form: "streams", stream: true },
  ])(
    `comes to an answer or a fault of the provider's with ${RUNS} $form, and none of it holds the key`,
    { timeout: 300_000 },
    async ({ stream }) => {
      const ask = await startProvider(golden, stream);
      const counts = { echoed: 0, answered: 0, failed: 0 };

      await fc.assert(
        fc.asyncProperty(rawAnswers(golden, { stream, secret: KEY }), async (answer) => {
          const end = await ask(answer);
          expectSoundEnd(end);
          const leaks = leaksIn(everythingSaid(end), SECRETS);
          expect(answer.isWhole ? leaks : leaks.filter((leak) => !leak.includes("cut off"))).toEqual([]);
          if (isEchoed(answer)) counts.echoed++;
          if (end instanceof InfraError) counts.failed++;
          else counts.answered++;
        }),
        // Making a failing answer smaller takes minutes.
        { numRuns: RUNS, seed: 20_261_130, endOnFailure: true },
      );

      // Without the search for keys these would have been stored: the count says in how many answers.
      expect(counts.echoed).toBeGreaterThan(RUNS / 4);
      expect(counts.answered).toBeGreaterThan(RUNS / 20);
      expect(counts.failed).toBeGreaterThan(RUNS / 20);
      expect(started).toEqual([]);
      expect((process.resourceUsage().maxRSS - RESIDENT_BEFORE) / 1024).toBeLessThan(MAX_RESIDENT_MB);
    },
  );
});
