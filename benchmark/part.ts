/** Measures one part of the benchmark and reports to the parent process. */
import type { Section } from "./section.ts";

const [name = ""] = process.argv.slice(2);
const { measure } = (await import(`./${name}.ts`)) as { readonly measure: () => Promise<Section> };
const section = await measure();
if (process.send) process.send(section, () => process.exit(0));
else process.stdout.write(`${JSON.stringify(section, null, 1)}\n`);
