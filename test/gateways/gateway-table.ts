import type { Reporter, TestCase, TestModule } from "vitest/node";

/** What a test leaves in its meta data, so that it is counted in the table: one line of the table, and the situation that was tried. */
export type TableEntry = { readonly gateway: string; readonly api: string; readonly form: "whole" | "streamed" };

declare module "vitest" {
  interface TaskMeta {
    gateway?: TableEntry;
  }
}

/** Prints, at the end, how many situations came out right for each gateway, API and form, and which did not. */
export class GatewayTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = new Map<string, { right: number; wrong: string[] }>();
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
      const entry = test.meta().gateway;
      if (entry === undefined) continue;
      const key = `${entry.gateway.padEnd(34)} ${entry.api.padEnd(17)} ${entry.form.padEnd(9)}`;
      const line = lines.get(key) ?? { right: 0, wrong: [] };
      lines.set(key, line);
      if (test.result().state === "passed") line.right += 1;
      else line.wrong.push(situationOf(test));
    }
    const text = [...lines]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, { right, wrong }]) => {
        return `${key} ${String(right).padStart(3)} right${wrong.length === 0 ? "" : `, ${wrong.length} WRONG: ${wrong.join(", ")}`}`;
      });
    process.stdout.write(`\n${["gateway".padEnd(34), "api".padEnd(17), "form".padEnd(9), "situations"].join(" ")}\n${text.join("\n")}\n`);
  }
}

const situationOf = (test: TestCase): string => (test.parent.type === "suite" ? test.parent.name : test.name);
