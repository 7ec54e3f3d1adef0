import { z } from "zod";
import { modelsSchema } from "./models.ts";
import { suiteSchema } from "./suite.ts";
import { taskSchema } from "./task.ts";

/** Gives the JSON Schemas of the files people write, by file name, for completion and checks in editors. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    "models.schema.json": z.toJSONSchema(modelsSchema, { io: "input" }),
    "suite.schema.json": z.toJSONSchema(suiteSchema, { io: "input" }),
    "task.schema.json": z.toJSONSchema(taskSchema, { io: "input" }),
  };
}
