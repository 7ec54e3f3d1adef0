/** Measures many trials in a process that holds nothing but the built program. */
import { measure } from "./scale.ts";

const section = await measure();
process.send?.(section, () => process.exit(0));
