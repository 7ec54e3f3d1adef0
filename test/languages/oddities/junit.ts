import type { Texts } from "../project.ts";

/** One unusual thing in a test class in Java; `X` stands for the name of its class. */
export type JunitOddity = { readonly title: string; readonly body: string; readonly before?: string; readonly modifiers?: string };

const o = (title: string, body: string, before = "", modifiers = ""): JunitOddity => ({ title, body, before, modifiers });

/** The solution. */
export const JUNIT_SHOP = `package shop;
public class Shop {
  public static int f(int x) { return x; }
  public static int add(int... ns) { int sum = 0; for (int n : ns) sum += n; return sum; }
  public static int boom() { throw new IllegalStateException("boom"); }
  public static void say(String text) { System.out.println(text); }
}
`;

/** Oddities of one class each. */
export const JUNIT_ODDITIES: readonly JunitOddity[] = [
  o(
    "passes, fails and throws",
    '@Test void a() { assertEquals(1, Shop.f(1)); } @Test void b() { assertEquals(2, Shop.f(1), () -> "größe"); } @Test void c() { Shop.boom(); } @Test void d() throws Exception { throw new Exception("checked"); } @Test void e() { throw new AssertionError(); } @Test void g() { throw new Error("error\\u0000"); }',
  ),
  o(
    "names for display",
    '@Test @DisplayName("größe “a > b” <x> & \\"y\\" 😀") void a() {} @Test @DisplayName("same") void b() { fail(); } @Test @DisplayName("same") void c() {}',
    '@DisplayName("a class by another name")',
  ),
  o(
    "names made by a generator",
    "@Test void has_some_words() { Shop.f(1); } @Nested class When_it_is_empty { @Test void it_fails() { fail(); } }",
    "@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)",
  ),
  o("method names in other letters", "@Test void größe() { Shop.f(1); } @Test void $dollar_() { fail(); } @Test void 日本() {}"),
  o("a very long method name", `@Test void ${"long".repeat(60)}() { assertEquals(2, Shop.f(1)); }`),
  o(
    "methods of one name",
    '@Test void a() { Shop.f(1); } @ParameterizedTest @ValueSource(ints = {1, 2}) void a(int n) { assertEquals(1, n); } @ParameterizedTest @ValueSource(strings = {"x"}) void a(String s) {}',
  ),
  o(
    "disabled tests",
    '@Test @Disabled void a() { fail(); } @Test @Disabled("Grund: größer") void b() { fail(); } @Test void c() { Shop.f(1); }',
  ),
  o("a disabled class", "@Test void a() { fail(); } @Test void b() {}", '@Disabled("all of it")'),
  o("a disabled nested class", "@Nested @Disabled class In { @Test void a() { fail(); } } @Test void b() { Shop.f(1); }"),
  o(
    "conditions",
    '@Test @EnabledOnOs(OS.WINDOWS) void a() { fail(); } @Test @DisabledOnOs(OS.LINUX) void b() { fail(); } @Test @EnabledIfSystemProperty(named = "none", matches = ".*") void c() { fail(); } @Test @EnabledIf("no") void d() { fail(); } static boolean no() { return false; } @Test @DisabledIfEnvironmentVariable(named = "PATH", matches = ".*") void e() { fail(); } @Test @EnabledForJreRange(min = JRE.JAVA_8) void g() { Shop.f(1); }',
  ),
  o(
    "assumptions",
    '@Test void a() { assumeTrue(Shop.f(1) == 2); fail(); } @Test void b() { assumeFalse(false); } @Test void c() { assumingThat(false, () -> fail()); } @Test void d() { assumeTrue(false, "größe"); } @Test void e() { throw new org.opentest4j.TestAbortedException("by hand"); }',
  ),
  o("an assumption before all", "@BeforeAll static void all() { assumeTrue(false); } @Test void a() {} @Test void b() { fail(); }"),
  o("an assumption before each", "@BeforeEach void each() { assumeTrue(Shop.f(1) == 2); } @Test void a() {} @Test void b() {}"),
  o("before all fails", "@BeforeAll static void all() { Shop.boom(); } @Test void a() {} @Test void b() {}"),
  o("after all fails", "@AfterAll static void all() { Shop.boom(); } @Test void a() {} @Test void b() {}"),
  o("before each fails", "@BeforeEach void each() { Shop.boom(); } @Test void a() {} @Test void b() {}"),
  o("after each fails", "@AfterEach void each() { Shop.boom(); } @Test void a() {} @Test void b() { fail(); }"),
  o("a constructor fails", "X() { Shop.boom(); } @Test void a() {} @Test void b() {}"),
  o("a static initialiser fails", "static int n = Shop.boom(); @Test void a() {} @Test void b() {}"),
  o("an initialiser of an instance fails", "int n = Shop.boom(); @Test void a() {}"),
  o(
    "hooks in order on two levels",
    'static String seen = ""; @BeforeEach void each() { seen += "o"; } @Test void a() {} @Nested class In { @BeforeEach void each() { seen += "i"; } @Test void b() { assertTrue(seen.endsWith("oi")); } @Nested class Deep { @Test void c() { assertTrue(seen.endsWith("oi")); } @Test void d() { fail(); } } }',
  ),
  o(
    "one instance for all tests",
    "int n; @BeforeAll void all() { n = Shop.f(1); } @Test @Order(1) void a() { n++; } @Test @Order(2) void b() { assertEquals(2, n); } @Test @Order(3) void c() { assertEquals(1, n); }",
    "@TestInstance(TestInstance.Lifecycle.PER_CLASS) @TestMethodOrder(MethodOrderer.OrderAnnotation.class)",
  ),
  o("an instance for each test", "int n; @Test void a() { assertEquals(0, n++); } @Test void b() { assertEquals(0, n++); }"),
  o(
    "tests in an order drawn by lot",
    "@Test void a() { Shop.f(1); } @Test void b() { fail(); } @Test void c() {}",
    "@TestMethodOrder(MethodOrderer.Random.class)",
  ),
  o(
    "nested classes with the same names",
    "@Nested class A { @Test void same() { Shop.f(1); } } @Nested class B { @Test void same() { fail(); } @Nested class A { @Test void same() {} } }",
  ),
  o(
    "repeated tests",
    'static int n; @RepeatedTest(3) void a() { assertNotEquals(2, ++n); } @RepeatedTest(value = 2, name = "{displayName} {currentRepetition}/{totalRepetitions}") void b(RepetitionInfo i) { assertEquals(1, i.getCurrentRepetition()); }',
  ),
  o(
    "values as parameters",
    '@ParameterizedTest @ValueSource(ints = {1, 2, 3}) void a(int n) { assertNotEquals(2, Shop.f(n)); } @ParameterizedTest @ValueSource(strings = {"", " ", "größe", "a,b", "]"}) void b(String s) { assertFalse(s.isBlank()); } @ParameterizedTest @ValueSource(classes = {String.class}) void c(Class<?> c) {}',
  ),
  o(
    "no value and empty values",
    '@ParameterizedTest @NullSource @EmptySource @ValueSource(strings = "x") void a(String s) { assertNotNull(s); } @ParameterizedTest @NullAndEmptySource void b(java.util.List<String> s) { assertNull(s); }',
  ),
  o(
    "enumerations as parameters",
    'enum Kind { A, B, C } @ParameterizedTest @EnumSource void a(Kind k) { assertNotEquals(Kind.B, k); } @ParameterizedTest @EnumSource(names = {"A"}, mode = EnumSource.Mode.EXCLUDE) void b(Kind k) { Shop.f(k.ordinal()); }',
  ),
  o(
    "lines as parameters",
    '@ParameterizedTest(name = "{0} und {1} sind {2}") @CsvSource({"1, 1, 2", "1, 2, 4", "0, 0, 0"}) void a(int a, int b, int sum) { assertEquals(sum, Shop.add(a, b)); } @ParameterizedTest @CsvSource(textBlock = """\n\'a, b\', 4\n\'\', 1\n""") void b(String s, int n) { assertEquals(n, s.length()); } @ParameterizedTest @CsvSource(value = {"NIL|1"}, delimiter = \'|\', nullValues = "NIL") void c(String s, int n) { assertNull(s); }',
  ),
  o(
    "a file as parameters",
    '@ParameterizedTest @CsvFileSource(resources = "/cases.csv", numLinesToSkip = 1) void a(String name, int n, int want) { assertEquals(want, Shop.f(n), name); }',
  ),
  o(
    "methods as parameters",
    'static Stream<Arguments> cases() { return Stream.of(arguments(1, 1), arguments(1, 2), arguments(named("größe", 3), 3)); } @ParameterizedTest @MethodSource("cases") void a(int n, int want) { assertEquals(want, Shop.f(n)); } static IntStream b() { return IntStream.range(0, 3); } @ParameterizedTest @MethodSource void b(int n) { Shop.f(n); }',
  ),
  o(
    "a source of parameters that fails",
    'static Stream<String> cases() { throw new IllegalStateException("no cases"); } @ParameterizedTest @MethodSource("cases") void a(String s) {} @Test void b() { Shop.f(1); }',
  ),
  o(
    "a source of no parameters",
    'static Stream<String> cases() { return Stream.empty(); } @ParameterizedTest @MethodSource("cases") void a(String s) { fail(); } @Test void b() { Shop.f(1); }',
  ),
  o(
    "parameters that are converted",
    '@ParameterizedTest @ValueSource(strings = {"2020-01-01", "none"}) void a(java.time.LocalDate d) { Shop.f(d.getYear()); } @ParameterizedTest @ValueSource(strings = "42") void b(int n) { assertEquals(42, Shop.f(n)); }',
  ),
  o(
    "parameters in one object",
    '@ParameterizedTest @CsvSource({"a, 1", "b, 2"}) void a(ArgumentsAccessor all) { assertEquals(1, all.getInteger(1)); }',
  ),
  o(
    "tests made as they run",
    '@TestFactory Stream<DynamicTest> a() { return Stream.of(1, 2).map(n -> dynamicTest("n = " + n, () -> assertEquals(1, Shop.f(n)))); } @TestFactory java.util.List<DynamicTest> b() { return java.util.List.of(dynamicTest("same", () -> {}), dynamicTest("same", () -> fail())); } @TestFactory DynamicTest c() { return dynamicTest("größe > 1", () -> {}); }',
  ),
  o(
    "containers made as they run",
    '@TestFactory DynamicNode a() { return dynamicContainer("outer", Stream.of(dynamicContainer("inner", Stream.of(dynamicTest("x", () -> Shop.f(1)), dynamicTest("y", () -> fail())))  )); }',
  ),
  o(
    "a factory that fails",
    '@TestFactory Stream<DynamicTest> a() { throw new IllegalStateException("no tests"); } @Test void b() { Shop.f(1); }',
  ),
  o("a factory that makes none", "@TestFactory Stream<DynamicTest> a() { return Stream.empty(); } @Test void b() { Shop.f(1); }"),
  o(
    "a template with contexts",
    '@TestTemplate @ExtendWith(Two.class) void a(String s) { assertEquals("one", s); } static class Two implements TestTemplateInvocationContextProvider { public boolean supportsTestTemplate(ExtensionContext c) { return true; } public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext c) { return Stream.of(of("one"), of("two")); } TestTemplateInvocationContext of(String s) { return new TestTemplateInvocationContext() { public String getDisplayName(int i) { return s; } public java.util.List<Extension> getAdditionalExtensions() { return java.util.List.of(new ParameterResolver() { public boolean supportsParameter(ParameterContext p, ExtensionContext c) { return true; } public Object resolveParameter(ParameterContext p, ExtensionContext c) { return s; } }); } }; } }',
  ),
  o(
    "extensions that resolve and watch",
    "@Test void a(Integer n) { assertEquals(7, Shop.f(n)); } @Test void b(String s) {} static class Seven implements ParameterResolver, BeforeEachCallback { public boolean supportsParameter(ParameterContext p, ExtensionContext c) { return p.getParameter().getType() == Integer.class; } public Object resolveParameter(ParameterContext p, ExtensionContext c) { return 7; } public void beforeEach(ExtensionContext c) {} }",
    "@ExtendWith(X.Seven.class)",
  ),
  o(
    "an extension that swallows failures",
    '@Test void a() { throw new IllegalStateException("swallowed"); } @Test void b() { fail(); } static class Swallow implements TestExecutionExceptionHandler { public void handleTestExecutionException(ExtensionContext c, Throwable e) throws Throwable { if (!(e instanceof IllegalStateException)) throw e; } }',
    "@ExtendWith(X.Swallow.class)",
  ),
  o(
    "a condition of its own",
    '@Test void a() { fail(); } static class Never implements ExecutionCondition { public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext c) { return c.getTestMethod().isPresent() ? ConditionEvaluationResult.disabled("never") : ConditionEvaluationResult.enabled(""); } }',
    "@ExtendWith(X.Never.class)",
  ),
  o(
    "time limits",
    "@Test @Timeout(value = 30, unit = java.util.concurrent.TimeUnit.MILLISECONDS) void a() throws Exception { Thread.sleep(10_000); } @Test void b() { assertTimeout(java.time.Duration.ofSeconds(9), () -> Shop.f(1)); } @Test void c() { assertTimeoutPreemptively(java.time.Duration.ofMillis(20), () -> Thread.sleep(10_000)); }",
  ),
  o(
    "assertions of every form",
    '@Test void a() { assertAll("all", () -> assertEquals(1, Shop.f(1)), () -> fail("x"), () -> fail("y")); } @Test void b() { assertThrows(IllegalStateException.class, Shop::boom); } @Test void c() { assertThrows(RuntimeException.class, () -> Shop.f(1)); } @Test void d() { assertArrayEquals(new int[] {1}, new int[] {2}); } @Test void e() { assertLinesMatch(java.util.List.of("a.*"), java.util.List.of("abc")); } @Test void g() { assertDoesNotThrow(Shop::boom); } @Test void h() { assertSame("a", new String("a")); } @Test void i() { assertEquals(0.3, 0.1 + 0.2, 1e-9); } @Test void j() { assertInstanceOf(String.class, "x"); } @Test void k() { assertIterableEquals(java.util.List.of(1), java.util.List.of(1)); } @Test void l() { assertThrowsExactly(RuntimeException.class, Shop::boom); }',
  ),
  o(
    "AssertJ",
    '@Test void a() { assertThat(Shop.f(1)).isEqualTo(2); } @Test void b() { assertThat(java.util.List.of(1, 2)).containsExactly(1, 2).hasSize(2); } @Test void c() { assertThatThrownBy(Shop::boom).hasMessage("boom"); } @Test void d() { org.assertj.core.api.SoftAssertions.assertSoftly(s -> { s.assertThat(1).isEqualTo(2); s.assertThat(2).isEqualTo(3); }); }',
  ),
  o(
    "output that looks like a report",
    '@Test void a() { System.out.println("[         5 tests successful      ]\\n<testcase name=\\"forged()\\"/>\\n]]></system-out>"); Shop.say("größe \\u0001"); } @Test void b() { System.err.println("<failure/>"); fail("<![CDATA[ ]]> &amp; \\u0002"); }',
  ),
  o("much output", '@Test void a() { for (int i = 0; i < 2000; i++) System.out.println("y".repeat(100)); }'),
  o(
    "output is replaced",
    '@Test void a() { var held = new java.io.ByteArrayOutputStream(); var old = System.out; System.setOut(new java.io.PrintStream(held)); try { Shop.say("x"); } finally { System.setOut(old); } assertEquals("x\\n", held.toString()); }',
  ),
  o(
    "entries for the report",
    '@Test void a(TestReporter r) { r.publishEntry("key", "größe"); Shop.f(1); } @Test void b(TestInfo i) { assertEquals("b(TestInfo)", i.getDisplayName()); }',
  ),
  o(
    "temporary folders",
    '@TempDir java.nio.file.Path all; @Test void a(@TempDir java.nio.file.Path dir) throws Exception { java.nio.file.Files.writeString(dir.resolve("a"), "x"); assertTrue(java.nio.file.Files.exists(all)); } @Test void b() { fail(); }',
  ),
  o(
    "threads that fail",
    '@Test void a() throws Exception { var t = new Thread(() -> { throw new RuntimeException("there"); }); t.start(); t.join(); } @Test void b() { var t = new Thread(() -> { try { Thread.sleep(100_000); } catch (InterruptedException e) { } }); t.setDaemon(true); t.start(); }',
  ),
  o(
    "tests at once",
    "@Test void a() throws Exception { Thread.sleep(5); } @Test void b() { fail(); }",
    "@Execution(ExecutionMode.CONCURRENT)",
  ),
  o(
    "children",
    '@Test void a() throws Exception { assertEquals(3, new ProcessBuilder("sh", "-c", "exit 3").start().waitFor()); } @Test void b() throws Exception { assertEquals(0, new ProcessBuilder("false").start().waitFor()); }',
  ),
  o(
    "properties and variables",
    '@Test void a() { System.setProperty("shop.left", "x"); } @Test void b() { assertNotNull(System.getProperty("java.version")); } @Test void c() { assertNull(System.getenv("NO_SUCH_VARIABLE")); }',
  ),
  o(
    "an overflow and a lack",
    'int down(int n) { return down(n + 1) + 1; } @Test void a() { down(0); } @Test void b() { assertThrows(OutOfMemoryError.class, () -> { throw new OutOfMemoryError("own"); }); } @Test void c() { Object x = "s"; Integer n = (Integer) x; }',
  ),
  o("tests inherited from a class", "@Test void own() { Shop.f(1); } @Override int given() { return 2; }", "", "extends Base"),
  o("tests of an interface", "@Test void own() { Shop.f(1); }", "", "implements Holds"),
  o("tags", '@Test @Tag("slow") void a() { Shop.f(1); } @Test @Tag("fast") @Tag("größe") void b() { fail(); }', '@Tag("all")'),
  o(
    "annotations of its own",
    '@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME) @Test @Tag("own") @interface OwnTest {} @OwnTest void a() { Shop.f(1); } @OwnTest void b() { fail(); }',
  ),
  o(
    "methods that are no tests",
    "@Test private void a() { fail(); } @Test static void b() { fail(); } @Test int c() { return 1; } void d() { fail(); } @Test void e() { Shop.f(1); }",
  ),
  o(
    "a private nested class, and a static one",
    "@Nested private class A { @Test void a() { fail(); } } static class B { @Test void b() { fail(); } } @Test void c() { Shop.f(1); }",
  ),
];

/** The class of an oddity. */
export function classOf({ title }: JunitOddity): string {
  const words = title.split(/[^a-z0-9]+/i).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join("")}Test`;
}

const STATIC = [
  "org.junit.jupiter.api.Assertions",
  "org.junit.jupiter.api.Assumptions",
  "org.junit.jupiter.api.DynamicContainer",
  "org.junit.jupiter.api.DynamicTest",
  "org.junit.jupiter.params.provider.Arguments",
];
const WHOLE = [
  "java.util.stream",
  "org.junit.jupiter.api",
  "org.junit.jupiter.api.condition",
  "org.junit.jupiter.api.extension",
  "org.junit.jupiter.api.io",
  "org.junit.jupiter.api.parallel",
  "org.junit.jupiter.params",
  "org.junit.jupiter.params.aggregator",
  "org.junit.jupiter.params.provider",
];
const HEAD = `package shop;\n\n${WHOLE.map((name) => `import ${name}.*;\n`).join("")}${STATIC.map((name) => `import static ${name}.*;\n`).join("")}import static org.assertj.core.api.Assertions.assertThat;\nimport static org.assertj.core.api.Assertions.assertThatThrownBy;\nimport static org.junit.jupiter.api.Named.named;\n`;
const FOLDER = "src/test/java/shop";

/** The path of an oddity's class. */
export function pathOf(one: JunitOddity): string {
  return `${FOLDER}/${classOf(one)}.java`;
}

/** The test files. */
export const JUNIT_TESTS: Texts = {
  ...Object.fromEntries(
    JUNIT_ODDITIES.map((one) => {
      const text = `${HEAD}\n${one.before ?? ""}\nclass X ${one.modifiers ?? ""} {\n  ${one.body}\n}\n`;
      return [pathOf(one), text.replaceAll(/\bX\b/g, classOf(one))];
    }),
  ),
  [`${FOLDER}/Base.java`]: `${HEAD}\nabstract class Base {\n  int given() { return 1; }\n  @Test void inherited() { assertEquals(1, Shop.f(given())); }\n  @Test void passes() { Shop.f(1); }\n}\n`,
  [`${FOLDER}/Holds.java`]: `${HEAD}\ninterface Holds {\n  @Test default void holds() { assertEquals(1, Shop.f(1)); }\n  @Test default void fails() { assertEquals(2, Shop.f(1)); }\n}\n`,
  "src/test/resources/cases.csv": "name,n,want\none,1,1\nwrong,1,2\ngröße,3,3\n",
};

/** A listener by JUnit's documented interface. As in JUnit's own report, what fails or is skipped above a test counts for it. */
export const JUNIT_LISTENER = `
import java.util.*;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.*;

public class Listener implements TestExecutionListener {
  private final Map<String, String> ends = new HashMap<>();
  private TestPlan plan;
  public void testPlanExecutionStarted(TestPlan plan) { this.plan = plan; }
  public void executionSkipped(TestIdentifier id, String reason) { ends.put(id.getUniqueId(), "skipped"); }
  public void executionFinished(TestIdentifier id, TestExecutionResult result) {
    ends.put(id.getUniqueId(), switch (result.getStatus()) { case SUCCESSFUL -> "passed"; case ABORTED -> "skipped"; case FAILED -> "failed"; });
  }
  public void testPlanExecutionFinished(TestPlan plan) {
    try (var out = new java.io.PrintStream("/tmp/found", "UTF-8")) {
      for (TestIdentifier root : plan.getRoots()) for (TestIdentifier id : plan.getDescendants(root)) if (id.isTest() || ends.containsKey(id.getUniqueId()) && plan.getChildren(id).isEmpty()) {
        List<String> all = new ArrayList<>();
        String owner = "";
        for (Optional<TestIdentifier> at = Optional.of(id); at.isPresent(); at = plan.getParent(at.get())) {
          all.add(ends.getOrDefault(at.get().getUniqueId(), "passed"));
          if (owner.isEmpty() && at.get().getSource().orElse(null) instanceof ClassSource source) owner = source.getClassName();
        }
        String status = all.contains("failed") ? "failed" : all.contains("skipped") ? "skipped" : "passed";
        out.println("@ " + status + " " + owner + "." + id.getLegacyReportingName().replace("\\n", "\\\\n"));
      }
    } catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
  }
}
`;
