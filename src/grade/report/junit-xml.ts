import type { ReportedTest } from "../runner/run-report.ts";
import { numberedByName, type RawTest, reportedTests, SEPARATOR } from "./reported-tests.ts";
import { readXml, type XmlElement } from "./xml.ts";

/** How the name of a test is made from the attributes of its `testcase`. */
export type CaseName = (testcase: { readonly name: string; readonly classname: string }) => string;

// A class that is the name again, or nothing, is left out.
const classAndName: CaseName = ({ name, classname }) => (classname === "" || classname === name ? name : `${classname}${SEPARATOR}${name}`);

/**
 * Reads a report in JUnit's XML, as most test frameworks can write it; null if it is none. Tests of equal names count as one. A suite that reports an error of its own
 * (its set-up failed) has a failed test of its name for it.
 *
 * @see https://github.com/testmoapp/junitxml for the format, which has no standard
 */
export function readJunitXml(bytes: Uint8Array, nameOf: CaseName = classAndName): readonly ReportedTest[] | null {
  const root = readXml(bytes);
  if (root === null || (root.name !== "testsuites" && root.name !== "testsuite")) return null;
  return reportedTests(numberedByName(testsIn(root, nameOf)));
}

function testsIn(suite: XmlElement, nameOf: CaseName): readonly RawTest[] {
  return suite.children.flatMap((child): readonly RawTest[] => {
    switch (child.name) {
      case "testcase":
        return [testOf(child, nameOf)];
      case "testsuite":
        return testsIn(child, nameOf);
      case "error":
      case "failure":
        return [{ name: suite.attributes.get("name") ?? "", status: "failed", message: problemOf(child) }];
      default:
        return [];
    }
  });
}

function testOf(testcase: XmlElement, nameOf: CaseName): RawTest {
  const { attributes, children } = testcase;
  const name = nameOf({ name: attributes.get("name") ?? "", classname: attributes.get("classname") ?? "" });
  const durationMs = secondsToMs(attributes.get("time"));
  const problem = children.find((child) => child.name === "failure" || child.name === "error");
  // CTest writes this attribute; elsewhere it says whether the test was run at all.
  const status = attributes.get("status") ?? "";
  if (problem !== undefined || status === "fail")
    return { name, status: "failed", message: problem ? problemOf(problem) : null, durationMs };
  const skipped = children.find((child) => child.name === "skipped");
  if (skipped === undefined && status !== "notrun" && status !== "disabled") return { name, status: "passed", durationMs };
  return { name, status: "skipped", message: skipped?.attributes.get("message") ?? skipped?.text ?? null, durationMs };
}

function problemOf({ attributes, text }: XmlElement): string {
  const message = attributes.get("message") ?? "";
  const body = text.trim();
  return message === "" || body.includes(message) ? body : `${message}\n${body}`;
}

// Some locales write thousands as 1,234.5.
function secondsToMs(time: string | undefined): number | null {
  const seconds = time === undefined || time === "" ? Number.NaN : Number(time.replaceAll(",", ""));
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}
