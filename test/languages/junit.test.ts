import { beforeAll, describe, expect, test } from "vitest";
import { Project, type Texts } from "./project.ts";

const TESTS = `package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.*;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShopTest {
  @Test
  void nothingCostsNothing() { assertEquals(0, Shop.price(0)); }

  @ParameterizedTest(name = "{0} Stück kosten {1} €")
  @CsvSource({"1,5", "2,10", "12,60"})
  void prices(int amount, int cost) { assertThat(Shop.price(amount)).isEqualTo(cost); }

  @Nested
  class WhenNegative {
    @Test
    @DisplayName("it throws, as it should")
    void itThrows() { assertThrows(IllegalArgumentException.class, () -> Shop.price(-1)); }
  }

  @TestFactory
  Stream<DynamicTest> dynamic() { return Stream.of(3, 4).map(n -> DynamicTest.dynamicTest("n = " + n, () -> assertEquals(n * 5, Shop.price(n)))); }

  @RepeatedTest(2)
  void again() { assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Shop.price(1)); }

  @Test
  @Disabled("takes long")
  void slow() { fail(); }

  @Test
  void assumed() { Assumptions.assumeTrue(false, "not here"); }
}
`;
const SOLUTION =
  'package shop;\n\npublic class Shop {\n  public static int price(int n) {\n    if (n < 0) throw new IllegalArgumentException("negative");\n    return n * 5;\n  }\n}\n';
const SHOP = "src/main/java/shop/Shop.java";
const FILES = {
  plan: "tests: {runner: junit, timeout_seconds: 300}",
  workspace: {
    [SHOP]: "package shop;\n\npublic class Shop {\n  public static int price(int n) { throw new UnsupportedOperationException(); }\n}\n",
  },
  tests: { "src/test/java/shop/ShopTest.java": TESTS },
  solution: { [SHOP]: SOLUTION },
};
const BY_HAND = `J=$(printf '%s:' /usr/share/java/{junit-jupiter,junit-platform,opentest4j,apiguardian-api,assertj-core,byte-buddy,picocli,univocity}*.jar)
javac -encoding UTF-8 -d /tmp/c -cp "$J" $(find src -name '*.java') && java -cp "/tmp/c:$J" org.junit.platform.console.ConsoleLauncher --disable-banner --select-class shop.ShopTest --details`;

let project: Project;
let required: readonly string[];
beforeAll(async () => {
  project = await Project.open(FILES);
  required = await project.learn();
});

// The launcher counts its tests; those that an assumption ended are "aborted".
async function framework(changes: Texts): Promise<Readonly<Record<string, number>>> {
  const { output } = await project.byHand(`${BY_HAND} summary`, changes);
  const count = (word: string) => Number(new RegExp(`(\\d+) tests ${word}`).exec(output)?.[1]);
  return { passed: count("successful"), failed: count("failed"), skipped: count("skipped") + count("aborted") };
}

function counts(lines: readonly string[]): Readonly<Record<string, number>> {
  const of = (word: string) => lines.filter((line) => line.startsWith(`${word} `)).length;
  return { passed: of("passed"), failed: of("failed"), skipped: of("skipped") };
}

test.for<{ readonly title: string; readonly changes: Texts; readonly passed: boolean }>([
  { title: "the reference, with parameters, nested classes, factories, repeats and assumptions", changes: {}, passed: true },
  { title: "a solution that gets some wrong", changes: { [SHOP]: SOLUTION.replace("n * 5", "n * 4") }, passed: false },
])("JUnit's launcher says the same: $title", async ({ changes, passed }) => {
  const verdict = await project.grade(changes, required);

  expect(counts(verdict.lines)).toEqual(await framework(changes));
  expect(verdict).toMatchObject({ passed, tampering: [] });
});

test("tests are named by class and method", () => {
  expect(required).toEqual(
    expect.arrayContaining([
      "shop.ShopTest.nothingCostsNothing()",
      "shop.ShopTest.prices(int, int)[3]",
      "shop.ShopTest$WhenNegative.itThrows()",
    ]),
  );
});

test("a solution that does not compile fails with the compiler's message", async () => {
  const verdict = await project.grade(
    { [SHOP]: 'package shop;\n\npublic class Shop {\n  public static int price(int n) { return "five"; }\n}\n' },
    required,
  );

  expect(verdict).toMatchObject({ passed: false, reason: "no-report" });
  expect(verdict.log).toContain("incompatible types");
});

const LISTENER = `package shop;

import org.junit.platform.launcher.*;

public class Quiet implements TestExecutionListener {
  @Override
  public void testPlanExecutionStarted(TestPlan plan) { Runtime.getRuntime().halt(0); }
}
`;
const CHEATS: readonly { readonly title: string; readonly changes: Texts }[] = [
  {
    title: "ends the process with status 0",
    changes: {
      [SHOP]: "package shop;\n\npublic class Shop {\n  public static int price(int n) { Runtime.getRuntime().halt(0); return 0; }\n}\n",
    },
  },
  {
    title: "brings a listener that ends the process before the first test",
    changes: {
      [SHOP]: "package shop;\n\npublic class Shop {\n  public static int price(int n) { System.exit(0); return 0; }\n}\n",
      "src/main/java/shop/Quiet.java": LISTENER,
      "src/main/resources/META-INF/services/org.junit.platform.launcher.TestExecutionListener": "shop.Quiet\n",
    },
  },
];

describe.for(CHEATS)("a solution that $title", ({ changes }) => {
  test("fools JUnit's launcher by its exit status", async () => {
    expect(await project.byHand(`${BY_HAND} none`, changes)).toMatchObject({ status: 0 });
  });

  test("fails here", async () => {
    expect(await project.grade(changes, required)).toMatchObject({ passed: false });
  });
});
