import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadSuite } from "../../src/config/suite.ts";
import type { SourceFile, Task } from "../../src/core/task.ts";
import { deliverMatcher } from "./deliver-matcher.ts";

const FOLDER = "tasks/starter";
const suite = loadSuite(FOLDER);
const LANGUAGES = ["python", "typescript", "javascript", "shell", "sql"];
const DIFFICULTIES = ["easy", "medium", "hard"];
const KINDS = ["write", "bugfix", "feature", "refactor"];
