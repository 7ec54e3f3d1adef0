import pytest

from settings.errors import SettingsError
from settings.load import load
from settings.schema import Field

SCHEMA = {
    "server.port": Field(int, 8080),
    "server.host": Field(str, "localhost"),
    "server.max_size": Field(int, 10),
    "debug": Field(bool, False),
    "rate.limit": Field(float, 1.5),
    "tags": Field(list, ["a", "b"]),
}


def problems(**sources):
    with pytest.raises(SettingsError) as caught:
        load(SCHEMA, **sources)
    return caught.value.problems


def test_defaults_and_files_work_as_before():
    settings = load(SCHEMA, files=[("a.json", '{"server": {"port": 1}, "tags": ["x"]}'), ("b.json", '{"server": {"port": 2}}')])
    assert settings.get("server.port") == 2
    assert settings.get("server.host") == "localhost"
    assert settings.get("tags") == ["x"]
    with pytest.raises(KeyError):
        settings.get("server")


def test_environment_is_stronger_than_files():
    settings = load(SCHEMA, files=[("a.json", '{"server": {"port": 1}}')], env={"APP_SERVER__PORT": "3"})
    assert settings.get("server.port") == 3
    assert settings.get("server.port") != 1
    assert type(settings.get("server.port")) is int


def test_overrides_are_stronger_than_the_environment():
    settings = load(SCHEMA, env={"APP_SERVER__PORT": "3"}, overrides=["server.port=4"])
    assert settings.get("server.port") == 4


def test_a_later_override_wins():
    settings = load(SCHEMA, overrides=["server.port=4", "server.port=5"])
    assert settings.get("server.port") == 5
    assert settings.source("server.port") == "override 2"


def test_single_underscores_stay_in_the_key():
    assert load(SCHEMA, env={"APP_SERVER__MAX_SIZE": "99"}).get("server.max_size") == 99


def test_other_variables_do_not_count():
    env = {"PATH": "/bin", "app_server__port": "1", "MYAPP_DEBUG": "1", "APPDEBUG": "1", "App_Debug": "1", "APP": "1"}
    settings = load(SCHEMA, env=env)
    assert settings.get("server.port") == 8080
    assert settings.get("debug") is False


def test_the_name_after_the_prefix_may_have_any_case():
    assert load(SCHEMA, env={"APP_Server__Port": "7"}).get("server.port") == 7


def test_two_variables_for_one_key_are_taken_in_order_of_name():
    settings = load(SCHEMA, env={"APP_debug": "no", "APP_DEBUG": "yes"})
    assert settings.get("debug") is False
    assert settings.source("debug") == "env APP_debug"


def test_text_is_kept_as_it_is():
    assert load(SCHEMA, env={"APP_SERVER__HOST": " x=1, y "}).get("server.host") == " x=1, y "
    assert load(SCHEMA, env={"APP_SERVER__HOST": ""}).get("server.host") == ""
    assert load(SCHEMA, overrides=[" server.host = a=b "]).get("server.host") == " a=b "
    assert load(SCHEMA, overrides=["server.host="]).get("server.host") == ""


def test_bools():
    for text in ["true", "Yes", "ON", "1", " on "]:
        assert load(SCHEMA, env={"APP_DEBUG": text}).get("debug") is True
    for text in ["false", "No", "OFF", "0", "\toff"]:
        assert load({"debug": Field(bool, True)}, env={"APP_DEBUG": text}).get("debug") is False
    for text in ["", "2", "y", "enabled", "tru e"]:
        assert problems(env={"APP_DEBUG": text}) == [f"env APP_DEBUG: debug: cannot read '{text}' as bool"]


def test_ints():
    for text, value in {"7": 7, "-7": -7, "+7": 7, " 007 ": 7, "0": 0}.items():
        result = load(SCHEMA, overrides=[f"server.port={text}"]).get("server.port")
        assert result == value and type(result) is int
    for text in ["", "1.0", "1_000", "0x10", "seven", "1 2", "- 1", "\u0661"]:
        assert problems(overrides=[f"server.port={text}"]) == [f"override 1: server.port: cannot read '{text}' as int"]


def test_floats():
    for text, value in {"2": 2.0, "-2.50": -2.5, "+0.5": 0.5, " 10.0 ": 10.0}.items():
        result = load(SCHEMA, overrides=[f"rate.limit={text}"]).get("rate.limit")
        assert result == value and type(result) is float
    for text in ["", "1e3", "nan", "inf", ".5", "5.", "1_0.0", "1,5"]:
        assert problems(overrides=[f"rate.limit={text}"]) == [f"override 1: rate.limit: cannot read '{text}' as float"]


def test_lists():
    expected = {"x": ["x"], "x, y ,z": ["x", "y", "z"], "": [], "  ": [], "x,,y": ["x", "", "y"], ",": ["", ""], "a b": ["a b"]}
    for text, value in expected.items():
        result = load(SCHEMA, env={"APP_TAGS": text}).get("tags")
        assert result == value and type(result) is list


def test_unknown_keys_are_problems():
    assert problems(env={"APP_SERVER__PROT": "1"}) == ["env APP_SERVER__PROT: server.prot: unknown setting"]
    assert problems(env={"APP_": "1"}) == ["env APP_: : unknown setting"]
    assert problems(overrides=["port=1"]) == ["override 1: port: unknown setting"]
    assert problems(overrides=["Debug=1"]) == ["override 1: Debug: unknown setting"]


def test_an_override_without_equals_sign_is_a_problem():
    assert problems(overrides=["debug=1", "debug"]) == ["override 2: : expected key=value"]


def test_all_problems_are_collected_in_order():
    found = problems(
        files=[("b.json", '{"debug": 1}'), ("a.json", "{")],
        env={"APP_X": "1", "APP_DEBUG": "maybe"},
        overrides=["nonsense", "server.port=x", "debug=yes"],
    )
    assert found[0] == "b.json: debug: expected bool"
    assert found[1].startswith("a.json: : not JSON")
    assert found[2:] == [
        "env APP_DEBUG: debug: cannot read 'maybe' as bool",
        "env APP_X: x: unknown setting",
        "override 1: : expected key=value",
        "override 2: server.port: cannot read 'x' as int",
    ]


def test_sources_are_named():
    settings = load(
        SCHEMA,
        files=[("a.json", '{"server": {"port": 1, "host": "h"}, "debug": true}')],
        env={"APP_SERVER__HOST": "e"},
        overrides=["rate.limit=2", "debug=false"],
    )
    assert [settings.source(key) for key in SCHEMA] == ["a.json", "env APP_SERVER__HOST", "default", "override 2", "override 1", "default"]
    assert type(settings.source("debug")) is str


def test_a_layer_with_the_same_value_is_the_source():
    settings = load(SCHEMA, files=[("a.json", '{"debug": false}')], env={"APP_SERVER__PORT": "8080"})
    assert settings.source("debug") == "a.json"
    assert settings.source("server.port") == "env APP_SERVER__PORT"


def test_a_null_resets_value_and_source():
    files = [("a.json", '{"server": {"port": 1, "host": "h"}}'), ("b.json", '{"server": {"port": null, "host": null}}')]
    settings = load(SCHEMA, files=files, env={"APP_SERVER__HOST": "e"})
    assert (settings.get("server.port"), settings.source("server.port")) == (8080, "default")
    assert (settings.get("server.host"), settings.source("server.host")) == ("e", "env APP_SERVER__HOST")


def test_the_source_of_an_unknown_key_is_a_key_error():
    settings = load(SCHEMA)
    for key in ["server", "nothing", ""]:
        with pytest.raises(KeyError):
            settings.source(key)


def test_as_dict_nests_in_the_order_of_the_schema():
    result = load(SCHEMA, overrides=["debug=1"]).as_dict()
    assert result == {
        "server": {"port": 8080, "host": "localhost", "max_size": 10},
        "debug": True,
        "rate": {"limit": 1.5},
        "tags": ["a", "b"],
    }
    assert list(result) == ["server", "debug", "rate", "tags"]
    assert type(result) is dict and type(result["server"]) is dict
    assert load({"a.b.c": Field(int, 1), "a.d": Field(int, 2)}).as_dict() == {"a": {"b": {"c": 1}, "d": 2}}


def test_results_may_be_changed_without_harm():
    settings = load(SCHEMA)
    settings.as_dict()["tags"].append("c")
    settings.as_dict()["server"]["port"] = 1
    settings.get("tags").append("d")
    assert settings.get("tags") == ["a", "b"]
    assert settings.get("server.port") == 8080
    assert SCHEMA["tags"].default == ["a", "b"]
    assert load(SCHEMA).get("tags") == ["a", "b"]


def test_the_arguments_are_left_as_they_were():
    env, overrides = {"APP_DEBUG": "1", "HOME": "/"}, ["debug=0"]
    load(SCHEMA, env=env, overrides=overrides)
    assert env == {"APP_DEBUG": "1", "HOME": "/"} and overrides == ["debug=0"]
