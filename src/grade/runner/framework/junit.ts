import { posix } from "node:path";
import type { SourceFile } from "../../../core/task.ts";
import { readJunitXml } from "../../report/junit-xml.ts";
import { FRAMEWORKS, type StepResult } from "../step.ts";
import type { RunnerInput, TestRunner } from "../test-runner.ts";
import { sourceText } from "./appended.ts";
import { type FrameworkReport, onlyReport, reportOf, secretName } from "./framework-report.ts";

const PROGRAM = ["/usr/bin/python3", "-I", "-S", `${FRAMEWORKS}/run_junit.py`];
const REPORT = "TEST-junit-jupiter.xml";
const PACKAGE = /^[ \t]*package[ \t]+([\w.]+)/m;
const FAILURES = [
  "org.junit.jupiter.api.Assertions.assertEquals(1, 2);",
  "org.junit.jupiter.api.Assertions.assertTrue(1 > 2);",
  "org.junit.jupiter.api.Assertions.assertThrows(IllegalStateException.class, () -> { });",
  // By its name, since a task's own image may lack AssertJ; without it this fails as well.
  'Object one = Class.forName("org.assertj.core.api.Assertions").getMethod("assertThat", int.class).invoke(null, 1); one.getClass().getMethod("isEqualTo", int.class).invoke(one, 2);',
  'throw new IllegalStateException("this test must fail");',
];

/**
 * Runs the test classes with JUnit 5: `javac` compiles the Java files of the workspace, and JUnit's console launcher runs the classes listed. Build files of Gradle and Maven
 * are not used.
 *
 * A test is named by its class and JUnit's name of the method (`ShopTest.price(int)[2]`). A class of tests that must fail runs last, in the same process.
 */
export const junit: TestRunner = {
  canaries: FAILURES.length,
  plan: (input) => {
    const reports = `/tmp/${secretName(input, "reports")}`;
    const classes = [...input.tests.files.map((path) => classOf(path, input)), canaryName(input)];
    const plan = {
      reports,
      tests: [...input.testFiles.map(({ path }) => path), canaryClass(input).path],
      classes,
      runSkipped: input.tests.runSkipped,
    };
    return {
      files: [...input.testFiles, canaryClass(input)],
      steps: [
        {
          argv: [...PROGRAM, JSON.stringify(plan)],
          env: {},
          judge: null,
          boundary: null,
          report: { kind: "files", paths: [`${reports}/${REPORT}`] },
        },
      ],
    };
  },
  read: (results, input) => reportOf(results, input, { report: reportIn(results), placesOfCanaries: 1, exits: { passed: 0, failed: 1 } }),
};

function reportIn(results: readonly StepResult[]): FrameworkReport | null {
  const bytes = onlyReport(results);
  const tests = bytes === null ? null : readJunitXml(bytes, ({ classname, name }) => `${classname}.${name}`);
  return tests === null ? null : { tests, isWhole: true };
}

function packageOf(path: string, { testFiles }: RunnerInput): string | null {
  const file = testFiles.find((each) => each.path === path);
  return file === undefined ? null : (PACKAGE.exec(sourceText(file))?.[1] ?? null);
}

function classOf(path: string, input: RunnerInput): string {
  return [packageOf(path, input), posix.basename(path, ".java")].filter((part) => part !== null).join(".");
}

function canaryName(input: RunnerInput): string {
  const [first = ""] = input.tests.files;
  return [packageOf(first, input), `Zzz${input.canaries[0] ?? ""}Test`].filter((part) => part !== null).join(".");
}

function canaryClass(input: RunnerInput): SourceFile {
  const [first = ""] = input.tests.files;
  const name = canaryName(input).split(".").at(-1) ?? "";
  const inPackage = packageOf(first, input);
  const methods = input.canaries.map(
    (canary, index) =>
      `  @org.junit.jupiter.api.Test\n  void bench_${canary}() throws Exception {\n    ${FAILURES[index % FAILURES.length]}\n  }\n`,
  );
  const text = `${inPackage === null ? "" : `package ${inPackage};\n\n`}class ${name} {\n${methods.join("\n")}}\n`;
  return { path: posix.join(posix.dirname(first), `${name}.java`), bytes: Buffer.from(text), executable: false };
}
