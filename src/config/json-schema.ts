import { z } from "zod";
import { modelsSchema } from "./models-schema.ts";
import { suiteSchema } from "./suite.ts";
import { taskSchema } from "./task.ts";

/** Builds the JSON Schemas of the files that users write, by file name, for completion and checks in editors. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    "models.schema.json": z.toJSONSchema(modelsSchema, { io: "input" }),
    "suite.schema.json": z.toJSONSchema(suiteSchema, { io: "input" }),
    "task.schema.json": z.toJSONSchema(taskSchema, { io: "input" }),
  };
}
