import type { Texts } from "../project.ts";
import { CATCH_MACHINERY, type CatchOddity, o } from "./catch-machinery.ts";

const CATCH_BASICS: readonly CatchOddity[] = [
  o("passes and fails", 'TEST_CASE("passes") { REQUIRE(f(1) == 1); } TEST_CASE("fails") { REQUIRE(f(1) == 2); }'),
  o(
    "names in all letters",
    'TEST_CASE("größe 日本 😀") { CHECK(f(1) == 1); } TEST_CASE("<x> & \\"y\\" \'z\'") { CHECK(f(1) == 2); } TEST_CASE("a, b [c] \\\\ * ~d") { CHECK(true); }',
  ),
  o("a long name", `TEST_CASE("${"long ".repeat(100)}end") { CHECK(f(1) == 2); }`),
  o("names with spaces at their ends", 'TEST_CASE("  spaces inside   and around") { CHECK(f(1) == 1); }'),
  o(
    "sections",
    'TEST_CASE("sections") { int n = 0; SECTION("a") { n++; CHECK(n == 1); } SECTION("b") { n++; SECTION("c") { CHECK(n == 1); } SECTION("d") { CHECK(n == 2); } } }',
  ),
  o(
    "sections with one name, and made in a loop",
    'TEST_CASE("sections in a loop") { for (int i = 0; i < 3; i++) { DYNAMIC_SECTION("n = " << i) { CHECK(f(i) < 2); } } }',
  ),
  o(
    "generators",
    'TEST_CASE("generators") { auto n = GENERATE(1, 2, 3); CHECK(f(n) != 2); } TEST_CASE("generators of ranges") { auto n = GENERATE(range(0, 5)); auto m = GENERATE(as<std::string>{}, "a", "bb"); REQUIRE(n + (int)m.size() > 0); }',
  ),
  o("tables", 'TEST_CASE("table") { int n, want; std::tie(n, want) = GENERATE(table<int, int>({{1, 1}, {1, 2}})); CHECK(f(n) == want); }'),
  o(
    "scenarios",
    'SCENARIO("buying") { GIVEN("a box") { int n = f(4); WHEN("it is opened") { n++; THEN("it has more") { REQUIRE(n == 5); } AND_THEN("it is full") { CHECK(n == 6); } } } }',
  ),
  o("test cases for types", 'TEMPLATE_TEST_CASE("types", "[t]", int, long, unsigned char) { CHECK(TestType(300) == 300); }'),
  o(
    "products of types",
    'TEMPLATE_PRODUCT_TEST_CASE("products", "", (std::vector, std::set), (int, char)) { TestType box; CHECK(box.empty()); }',
  ),
  o("values of a template", 'TEMPLATE_TEST_CASE_SIG("numbers", "", ((int N), N), 1, 2, 3) { CHECK(f(N) != 2); }'),
  o(
    "fixtures",
    'struct Fixture { int n = 1; ~Fixture() {} }; TEST_CASE_METHOD(Fixture, "fixture") { CHECK(f(n++) == 1); SECTION("again") { CHECK(n == 2); } } TEST_CASE_METHOD(Fixture, "fixture fails") { CHECK(n == 2); }',
  ),
  o(
    "a fixture that throws",
    'struct Throwing { Throwing() { throw std::runtime_error("no"); } }; TEST_CASE_METHOD(Throwing, "throwing fixture") { CHECK(true); }',
  ),
  o("tags", 'TEST_CASE("tagged", "[a][b]") { CHECK(f(1) == 1); } TEST_CASE("tagged fails", "[a][größe]") { CHECK(f(1) == 2); }'),
  o(
    "hidden tests",
    'TEST_CASE("hidden", "[.]") { FAIL("not run"); } TEST_CASE("hidden by name", "[!hide]") { FAIL("not run"); } TEST_CASE("hidden with a tag", "[.integration]") { FAIL("not run"); }',
  ),
  o(
    "tests that may and should fail",
    'TEST_CASE("may fail", "[!mayfail]") { CHECK(f(1) == 2); } TEST_CASE("should fail", "[!shouldfail]") { CHECK(f(1) == 2); } TEST_CASE("should fail and does not", "[!shouldfail]") { CHECK(f(1) == 1); } TEST_CASE("may throw", "[!throws]") { CHECK_THROWS(throw 1); }',
  ),
  o("nothing is asserted", 'TEST_CASE("nothing") {} TEST_CASE("a section with nothing") { SECTION("x") {} }'),
  o(
    "exceptions are expected",
    'TEST_CASE("throws") { REQUIRE_THROWS_AS(boom(), std::domain_error); CHECK_THROWS_WITH(boom(), "boom"); CHECK_THROWS_MATCHES(boom(), std::domain_error, Catch::Matchers::Message("boom")); } TEST_CASE("throws nothing") { CHECK_THROWS(f(1)); } TEST_CASE("throws another") { CHECK_THROWS_AS(boom(), std::out_of_range); } TEST_CASE("does not throw") { CHECK_NOTHROW(boom()); }',
  ),
  o(
    "exceptions that nobody expects",
    'TEST_CASE("uncaught") { boom(); } TEST_CASE("uncaught number") { throw 5; } TEST_CASE("uncaught in a section") { SECTION("in") { throw std::string("text"); } }',
  ),
  o(
    "translated exceptions",
    'struct Own { int n; }; CATCH_TRANSLATE_EXCEPTION(Own &own) { return "own " + std::to_string(own.n); } TEST_CASE("translated") { throw Own{f(3)}; } TEST_CASE("translated and expected") { CHECK_THROWS_AS(throw Own{1}, Own); }',
  ),
  o(
    "matchers",
    'using Catch::Matchers::Contains; using Catch::Matchers::EndsWith; using Catch::Matchers::StartsWith; using Catch::Matchers::UnorderedEquals; using Catch::Matchers::VectorContains; TEST_CASE("matchers") { CHECK_THAT(std::string("größe"), Contains("ö") && !StartsWith("x")); CHECK_THAT((std::vector<int>{1, 2}), VectorContains(2) && UnorderedEquals(std::vector<int>{2, 1})); } TEST_CASE("matchers fail") { CHECK_THAT(std::string("a"), EndsWith("b")); }',
  ),
  o(
    "approximate numbers",
    'TEST_CASE("approximately") { CHECK(0.1 + 0.2 == Approx(0.3)); CHECK(1.0 == Approx(1.1).margin(0.2)); } TEST_CASE("not approximately") { CHECK(1.0 == Approx(1.1)); }',
  ),
  o(
    "messages",
    'TEST_CASE("messages") { INFO("größe " << f(1)); CAPTURE(f(2), 1 + 1); CHECK(f(1) == 2); } TEST_CASE("warns") { WARN("careful"); CHECK(true); } TEST_CASE("fails by words") { FAIL("no " << f(1)); } TEST_CASE("fails and goes on") { FAIL_CHECK("one"); SUCCEED("two"); }',
  ),
  o(
    "assertions that go on or stop",
    'TEST_CASE("goes on") { CHECK(f(1) == 2); CHECK(f(1) == 3); REQUIRE(f(1) == 4); throw 1; } TEST_CASE("no fail") { CHECK_NOFAIL(f(1) == 2); CHECK(true); } TEST_CASE("if and else") { CHECKED_IF(f(1) == 1) { CHECK(true); } CHECKED_ELSE(f(1) == 1) { FAIL("never"); } }',
  ),
  o(
    "false assertions",
    'TEST_CASE("false is required") { REQUIRE_FALSE(f(0)); CHECK_FALSE(f(1) == 2); } TEST_CASE("false is required and is not there") { REQUIRE_FALSE(f(1) == 1); }',
  ),
  o(
    "output that looks like a report",
    'TEST_CASE("prints") { std::cout << "All tests passed (5 assertions)\\n</TestCase><OverallResult success=\\"true\\"/>\\n"; std::cerr << "]]>"; CHECK(f(1) == 1); } TEST_CASE("prints and fails") { std::cout << "\\x01\\x02 größe"; std::printf("printf\\n"); CHECK(f(1) == 2); }',
  ),
  o("much output", 'TEST_CASE("much") { for (int i = 0; i < 2000; i++) std::cout << std::string(100, \'y\') << "\\n"; CHECK(true); }'),
  o(
    "values that are shown",
    'struct Point { int x; bool operator==(Point const &o) const { return x == o.x; } }; std::ostream &operator<<(std::ostream &s, Point const &p) { return s << "<" << p.x << ">"; } TEST_CASE("points") { CHECK(Point{1} == Point{2}); } TEST_CASE("lists") { CHECK(std::vector<int>{1} == std::vector<int>{2}); } TEST_CASE("pointers") { int *p = nullptr; CHECK(p == nullptr); } TEST_CASE("texts") { CHECK(std::string("a\\nb\\x01") == "a"); }',
  ),
  o("static assertions", 'TEST_CASE("static") { STATIC_REQUIRE(sizeof(int) >= 2); STATIC_REQUIRE_FALSE(sizeof(char) == 2); }'),
  o(
    "hundreds of assertions",
    'TEST_CASE("hundreds") { for (int i = 0; i < 1000; i++) CHECK(f(i) == i); } TEST_CASE("hundreds fail") { for (int i = 0; i < 200; i++) CHECK(f(i) == 7); }',
  ),
  o("threads", 'TEST_CASE("threads") { int n = 0; std::thread t([&] { n = f(7); }); t.join(); CHECK(n == 7); }'),
  o("benchmarks that are written, and not run", 'TEST_CASE("bench") { int n = f(1); SECTION("not") { CHECK(n == 1); } }'),
  o("anonymous test cases", "TEST_CASE() { CHECK(f(1) == 1); }"),
];

/** Oddities of Catch2 2.13, by the test file that they stand in; the first three make one program. */
const FILES: Readonly<Record<string, readonly CatchOddity[]>> = {
  "one_test.cpp": CATCH_BASICS.slice(0, 18),
  "two_test.cpp": CATCH_BASICS.slice(18),
  "three_test.cpp": CATCH_MACHINERY,
  "crash_test.cpp": [
    o(
      "a test that aborts the program",
      'TEST_CASE("before the end") { CHECK(f(1) == 1); } TEST_CASE("the end") { CHECK(f(1) == 1); std::abort(); }',
    ),
  ],
};

/** All oddities of Catch2 2.13. */
export const CATCH_ODDITIES: readonly CatchOddity[] = Object.values(FILES).flat();

const INCLUDED = "chrono cmath cstdlib iostream map memory set stdexcept string thread tuple vector".split(" ");
const HEAD = `#define CATCH_CONFIG_ENABLE_ALL_STRINGMAKERS
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "shop.h"
#include <catch2/catch.hpp>
${INCLUDED.map((name) => `#include <${name}>\n`).join("")}`;

/** The test files. */
export const CATCH_TESTS: Texts = Object.fromEntries(
  Object.entries(FILES).map(([path, oddities]) => [
    path,
    `${HEAD}${oddities.map(({ title, code }) => `// ${title}\n${code}\n`).join("\n")}`,
  ]),
);

/** The project. */
export const CATCH_PROJECT: Texts = {
  "CMakeLists.txt":
    "cmake_minimum_required(VERSION 3.16)\nproject(shop CXX)\nset(CMAKE_CXX_STANDARD 17)\nfind_package(Threads REQUIRED)\nadd_library(shop STATIC shop.cpp main.cpp)\nadd_executable(odd one_test.cpp two_test.cpp three_test.cpp)\ntarget_link_libraries(odd shop Threads::Threads)\nadd_executable(crashes crash_test.cpp)\ntarget_link_libraries(crashes shop)\n",
  "main.cpp": "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n",
  "shop.h": "#pragma once\nint f(int n);\nint boom();\n",
};

/** The programs that the project makes. */
export const CATCH_PROGRAMS = ["odd", "crashes"];

/** The solution. */
export const CATCH_SHOP =
  '#include "shop.h"\n#include <stdexcept>\nint f(int n) { return n; }\nint boom() { throw std::domain_error("boom"); }\n';
