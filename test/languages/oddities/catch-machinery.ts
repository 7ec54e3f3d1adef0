/** One unusual thing in a file for Catch2; its test cases have names that no other has. */
export type CatchOddity = { readonly title: string; readonly code: string };

/** Makes an oddity. */
export const o = (title: string, code: string): CatchOddity => ({ title, code });

/** Oddities of what Catch2 2.13 has around test cases: templates, generators, matchers, the words for values, and listeners. */
export const CATCH_MACHINERY: readonly CatchOddity[] = [
  o(
    "a list of types that has a name",
    'using Numbers = std::tuple<int, long, signed char>; TEMPLATE_LIST_TEST_CASE("type list", "[t]", Numbers) { CHECK(static_cast<TestType>(200) == 200); }',
  ),
  o(
    "fixtures that are templates",
    'template <class T> struct Holder { T held = T(3); }; TEMPLATE_TEST_CASE_METHOD(Holder, "template fixture", "", int, double) { CHECK(this->held / 2 * 2 == 3); }',
  ),
  o(
    "fixtures of numbers that are templates",
    'template <int N> struct Sized { int n = N; }; TEMPLATE_TEST_CASE_METHOD_SIG(Sized, "sized fixture", "", ((int N), N), 4, 5) { CHECK(this->n == 4); }',
  ),
  o(
    "products of types as fixtures",
    'template <class T> struct Boxed { T box; }; TEMPLATE_PRODUCT_TEST_CASE_METHOD(Boxed, "boxed fixture", "", (std::vector, std::set), (int)) { this->box.insert(this->box.end(), 1); CHECK(this->box.size() == 1); }',
  ),
  o(
    "methods that are test cases",
    'struct Wallet { int n = 2; void enough() { CHECK(f(n) == 2); } void tooMuch() { CHECK(f(n) == 3); } }; METHOD_AS_TEST_CASE(Wallet::enough, "method as test") METHOD_AS_TEST_CASE(Wallet::tooMuch, "method as test fails")',
  ),
  o(
    "functions that are registered by hand",
    'static void byHand() { CHECK(f(1) == 2); } static int registered = [] { REGISTER_TEST_CASE(byHand, "registered by hand", "[own]"); return 1; }(); TEST_CASE("beside one by hand") { CHECK(registered == 1); }',
  ),
  o(
    "scenarios with fixtures and all words",
    'struct Till { int coins = 0; }; SCENARIO_METHOD(Till, "selling", "[story]") { GIVEN("a till") { AND_GIVEN("a coin") { coins++; WHEN("one is added") { coins++; AND_WHEN("it is counted") { THEN("there are two") { CHECK(coins == 2); } AND_THEN("there are three") { CHECK(coins == 3); } } } } } }',
  ),
  o(
    "generators that are filtered, mapped and cut",
    'TEST_CASE("adapters of generators") { auto n = GENERATE(take(3, filter([](int i) { return i % 2 == 1; }, range(0, 100)))); auto m = GENERATE_COPY(map([n](int i) { return i * n; }, values({1, 2}))); CHECK(m % 2 == 1); }',
  ),
  o(
    "generators in chunks, again and one after the other",
    'TEST_CASE("chunks") { auto part = GENERATE(chunk(2, values({1, 2, 3, 4}))); CHECK(part.size() == 2); } TEST_CASE("repeated") { static int sum = 0; sum += GENERATE(repeat(2, values({1, 2}))); CHECK(sum <= 6); } TEST_CASE("joined") { CHECK(GENERATE(value(1), range(2, 4)) < 3); }',
  ),
  o(
    "a generator of the tests' own",
    'struct Squares : Catch::Generators::IGenerator<int> { int i = 1; int held = 1; int const &get() const override { return held; } bool next() override { i++; held = i * i; return i < 5; } }; TEST_CASE("own generator") { auto n = GENERATE(Catch::Generators::GeneratorWrapper<int>(std::unique_ptr<Catch::Generators::IGenerator<int>>(new Squares))); CHECK(n != 9); }',
  ),
  o("numbers by chance", 'TEST_CASE("by chance") { auto n = GENERATE(take(20, random(-5, 5))); CHECK((n >= -5 && n <= 5)); }'),
  o(
    "generators in sections, and sections after generators",
    'TEST_CASE("generated sections") { SECTION("first") { int n = GENERATE(1, 2); CHECK(n < 3); } int m = GENERATE(5, 6); SECTION("second") { CHECK(m != 6); } SECTION("third") { int k = GENERATE(7, 8); CHECK(k + m < 14); } }',
  ),
  o(
    "a matcher of the tests' own",
    'struct Between : Catch::MatcherBase<int> { int a, b; Between(int x, int y) : a(x), b(y) {} bool match(int const &n) const override { return n >= a && n <= b; } std::string describe() const override { return "is between <" + std::to_string(a) + "> & more"; } }; TEST_CASE("own matcher") { CHECK_THAT(f(5), Between(1, 9)); } TEST_CASE("own matcher fails") { CHECK_THAT(f(50), Between(1, 9)); }',
  ),
  o(
    "matchers of numbers",
    'TEST_CASE("matchers of numbers") { CHECK_THAT(0.1 + 0.2, Catch::Matchers::WithinAbs(0.3, 1e-9) && Catch::Matchers::WithinULP(0.3, 2)); CHECK_THAT(100.0, Catch::Matchers::WithinRel(101.0, 0.05)); } TEST_CASE("matchers of numbers fail") { CHECK_THAT(std::nan(""), Catch::Matchers::WithinAbs(0, 1)); }',
  ),
  o(
    "matchers by expressions and by functions",
    'TEST_CASE("matches an expression") { CHECK_THAT(std::string("abc-12"), Catch::Matchers::Matches("[a-c]+-\\\\d{2}")); } TEST_CASE("matches a function") { CHECK_THAT(f(3), Catch::Matchers::Predicate<int>([](int n) { return n % 2 == 0; }, "is even")); }',
  ),
  o(
    "matchers that are negated and joined",
    'TEST_CASE("joined matchers") { using namespace Catch::Matchers; CHECK_THAT(std::string("shop"), !Contains("x") && (StartsWith("s") || EndsWith("s")) && Equals("SHOP", Catch::CaseSensitive::No)); REQUIRE_THAT((std::vector<int>{1, 2, 3}), Contains(std::vector<int>{3, 1}) && !VectorContains(2)); }',
  ),
  o(
    "words for values of a class",
    'struct Coin { int worth; }; bool operator==(Coin a, Coin b) { return a.worth == b.worth; } namespace Catch { template <> struct StringMaker<Coin> { static std::string convert(Coin const &c) { return "<coin \\"" + std::to_string(c.worth) + "\\">"; } }; } TEST_CASE("words for coins") { CHECK(Coin{f(1)} == Coin{2}); }',
  ),
  o(
    "words for values of an enumeration",
    'enum class Fruit { apple, pear }; CATCH_REGISTER_ENUM(Fruit, Fruit::apple, Fruit::pear) TEST_CASE("words for fruit") { CHECK(Fruit::apple == Fruit::pear); } TEST_CASE("words for fruit that is the same") { CHECK(Fruit::pear == Fruit::pear); }',
  ),
  o(
    "pairs, tuples, maps and durations",
    'TEST_CASE("pairs") { CHECK(std::make_pair(f(1), std::string("a")) == std::make_pair(1, std::string("b"))); } TEST_CASE("tuples and maps") { CHECK(std::make_tuple(1, 2.5) == std::make_tuple(f(1), 2.5)); CHECK(std::map<std::string, int>{{"a", 1}} == std::map<std::string, int>{{"a", f(2)}}); } TEST_CASE("durations") { CHECK(std::chrono::milliseconds(1500) == std::chrono::seconds(f(1))); }',
  ),
  o(
    "wide texts, and characters that no document can hold",
    'TEST_CASE("wide text") { CHECK(std::wstring(L"größe") == L"gr"); } TEST_CASE("control characters") { CHECK(std::string("\\x02\\x1b[31m\\x7f\\x0c") == "a"); } TEST_CASE("bytes that are no text") { CHECK(std::string("\\xff\\xc3(\\xe2\\x28") == "b"); } TEST_CASE("a single character") { CHECK(\'\\x03\' == char(f(4))); } TEST_CASE("message of bytes") { FAIL("\\x01\\xfe ]]> &amp; <x>"); }',
  ),
  o(
    "messages that stay, and messages that go",
    'TEST_CASE("unscoped messages") { UNSCOPED_INFO("one <" << f(1)); CHECK(f(1) == 1); { INFO("in a block"); } UNSCOPED_INFO("two"); CHECK(f(1) == 2); } TEST_CASE("messages in a loop") { for (int i = 0; i < 3; i++) { INFO("at " << i); CHECK(f(i) != 5); } CHECK(f(1) == 1); }',
  ),
  o(
    "expressions with commas and operators",
    'template <int A, int B> int both() { return A + B; } TEST_CASE("commas") { CHECK(both<1, 2>() == f(3)); CHECK((f(1) == 1 && f(2) == 2)); CHECK((f(6) & 2) == 2); CHECK(!(f(1) > 1)); } TEST_CASE("commas fail") { REQUIRE(both<1, 2>() < f(3)); }',
  ),
  o(
    "what converts to truth only when asked",
    'struct Maybe { bool is; explicit operator bool() const { return is; } }; TEST_CASE("explicit truth") { CHECK(Maybe{f(1) == 1}); CHECK_FALSE(Maybe{false}); std::unique_ptr<int> none; CHECK(!none); } TEST_CASE("explicit truth fails") { REQUIRE(Maybe{f(1) == 2}); }',
  ),
  o(
    "assertions in functions, closures and destructors",
    'static void holds(int n) { CHECK(f(n) == n); } struct Leaves { ~Leaves() { CHECK(f(1) == 2); } }; TEST_CASE("in functions") { holds(1); [&] { REQUIRE(f(2) == 2); }(); } TEST_CASE("in destructors") { Leaves now; SUCCEED("before"); }',
  ),
  o(
    "a listener of the tests' own",
    'struct Counts : Catch::TestEventListenerBase { using TestEventListenerBase::TestEventListenerBase; static int &cases() { static int n = 0; return n; } void testCaseStarting(Catch::TestCaseInfo const &) override { cases()++; std::cout << "<TestCase name=\\"forged\\"><OverallResult success=\\"true\\"/></TestCase>\\n"; } }; CATCH_REGISTER_LISTENER(Counts) TEST_CASE("listened to") { CHECK(Counts::cases() > 0); }',
  ),
  o(
    "early returns, and sections that are left early",
    'TEST_CASE("returns early") { if (f(1) == 1) return; FAIL("never"); } TEST_CASE("leaves a section") { SECTION("left") { if (f(1) == 1) return; FAIL("never"); } SECTION("stays") { CHECK(f(1) == 2); } }',
  ),
  o(
    "tests made by macros, in namespaces",
    '#define DOUBLES(name, n) TEST_CASE("double of " name) { CHECK(f(n) * 2 == 4); }\nnamespace shop { namespace { TEST_CASE("in a namespace") { CHECK(f(1) == 1); } } DOUBLES("two", 2) DOUBLES("three", 3) }',
  ),
  o(
    "errors in errors, and errors that are kept",
    'TEST_CASE("nested errors") { try { try { boom(); } catch (...) { std::throw_with_nested(std::runtime_error("outer")); } } catch (std::exception const &e) { CHECK_THROWS_AS(std::rethrow_if_nested(e), std::domain_error); } std::exception_ptr kept; try { boom(); } catch (...) { kept = std::current_exception(); } REQUIRE_NOTHROW(std::rethrow_exception(kept)); }',
  ),
  o("a tag in a name", 'TEST_CASE("a [tag] in a name", "[tag][other tag]") { CHECK(f(1) == 1); }'),
];
