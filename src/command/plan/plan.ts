import { Command, InvalidArgumentError } from "commander";
import { jsonText } from "../../core/printable.ts";
import { DB_FLAG, points, positiveNumber, risk, wholeNumber } from "../flag.ts";
import { withCapFlags, withSubjectFlags } from "../run/run.ts";
import type { Terminal } from "../terminal.ts";
import type { PlanFlags } from "./plan-inputs.ts";

/** Makes `bench plan`, which estimates the cost and time of a run and the difference it could detect, without running or storing anything. */
export function planCommand(terminal: Terminal): Command {
  return withCapFlags(withSubjectFlags(new Command("plan")))
    .description("Estimate the cost and time of a run, and the difference it could detect; needs no key and no engine, and runs nothing")
    .option("--concurrency <n>", "agents at a time; default: 4 per free processor, as memory allows", wholeNumber(1))
    .option("--detect <points>", "a difference in pass rate to detect, such as 5pp: shows how many attempts or tasks that takes", points)
    .option("--alpha <risk>", "one-sided risk of finding a difference that does not exist", risk, 0.05)
    .option("--power <share>", "probability of finding a difference that exists", share, 0.8)
    .option("--assume-cost <usd>", "assumed cost in US dollars of a trial without past trials", positiveNumber)
    .option("--assume-seconds <s>", "assumed working time in seconds of a trial without past trials", positiveNumber)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (flags: PlanFlags) => {
      const [{ planFromFlags }, { writePlan }, { planText }] = await Promise.all([
        import("./plan-inputs.ts"),
        import("../../report/written-plan.ts"),
        import("../../report/terminal/plan-text.ts"),
      ]);
      const { plan, notices } = await planFromFlags(flags);
      for (const notice of notices) terminal.notify(notice);
      terminal.print(flags.json ? jsonText(writePlan(plan)) : planText(plan, terminal.paint));
    });
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0.5 && value < 1))
    throw new InvalidArgumentError("Expected a number from 0.5 to below 1, such as 0.8.");
  return value;
}
