import { Command, InvalidArgumentError } from "commander";
import { DB_FLAG, points, positiveNumber, risk, wholeNumber } from "../flag.ts";
import { withSubjectFlags } from "../run/run.ts";
import type { Terminal } from "../terminal.ts";
import type { PlanFlags } from "./plan-inputs.ts";

/** `bench plan`: what a run would cost, how long it would take, and what it could find out; nothing is run or stored. */
export function planCommand(terminal: Terminal): Command {
  return withSubjectFlags(new Command("plan"))
    .description("Say what a run would cost and take, and which difference it could see; needs no key and no engine, and runs nothing")
    .option("--concurrency <n>", "agents at work at once; default: 4 for each free processor, as memory allows", wholeNumber(1))
    .option("--detect <points>", "a difference in pass rate that should be seen, such as 5pp: how many attempts or tasks it takes", points)
    .option("--alpha <risk>", "one-sided risk of seeing a difference that is none", risk, 0.05)
    .option("--power <share>", "how surely a difference should be seen", share, 0.8)
    .option("--assume-cost <usd>", "what a trial costs where no past trial tells", positiveNumber)
    .option("--assume-seconds <s>", "how long a trial works where no past trial tells", positiveNumber)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (flags: PlanFlags) => {
      const [{ planFromFlags }, { planText }] = await Promise.all([
        import("./plan-inputs.ts"),
        import("../../report/terminal/plan-text.ts"),
      ]);
      const { plan, notices } = await planFromFlags(flags);
      for (const notice of notices) terminal.notify(notice);
      terminal.print(flags.json ? JSON.stringify(plan, null, 2) : planText(plan, terminal.paint));
    });
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0.5 && value < 1))
    throw new InvalidArgumentError("Expected a number from 0.5 to below 1, such as 0.8.");
  return value;
}
