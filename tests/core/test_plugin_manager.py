"""Finding and loading packs: a broken one stops the start with a sentence that says what to do (decision 15)."""

import sys
import textwrap
from dataclasses import replace

import pytest

from core.plugin_manager import PackFault, find_packs, load_packs
from core.settings import load_settings

SETTINGS = load_settings({})
HEAD = """
from core.api import *
PACK = PackInfo(name="{name}", title="河北省", version="1.0", summary="试的")
"""


@pytest.fixture
def packs_in(tmp_path, monkeypatch, request):
    """`packs_in(name=source…)`: the name of a package of packs with these plugin.py beside the national pack."""
    root = f"packs_of_{abs(hash(request.node.name))}"
    folder = tmp_path / root
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    def make(**sources):
        (folder / "national").mkdir()
        (folder / "national/__init__.py").touch()
        (folder / "national/plugin.py").write_text("from plugins.national.plugin import *")
        for name, source in sources.items():
            (folder / name).mkdir()
            (folder / name / "__init__.py").touch()
            if source is not None:
                text = HEAD.format(name=name) + textwrap.dedent(source)
                (folder / name / "plugin.py").write_text(text, "utf-8")
        return root

    yield make
    for module in [module for module in sys.modules if module.startswith(root)]:
        del sys.modules[module]


def _fault(root):
    with pytest.raises(PackFault) as caught:
        load_packs(SETTINGS, root=root, group="no.such.group")
    return str(caught.value)


def test_all_packs_of_the_house_load_at_start():
    assert {"national", "guizhou", "guangdong"} <= load_packs(SETTINGS).packs.keys()


def test_a_pack_without_any_hook_loads(packs_in):
    catalogue = load_packs(SETTINGS, root=packs_in(hebei=""), group="no.such.group")
    assert catalogue.pack("hebei").region_codes == frozenset()


def test_a_folder_without_a_plugin_file_is_named(packs_in):
    message = _fault(packs_in(hebei=None))
    assert message == "包“hebei”不能载入：它的文件夹里没有 plugin.py。请补上这个文件，或移走这个文件夹。"


def test_a_pack_that_cannot_be_imported_says_why(packs_in):
    message = _fault(packs_in(hebei="import no_such_module_at_all"))
    assert "“hebei”" in message
    assert "no_such_module_at_all" in message
    assert "卸载" in message


def test_braces_in_an_error_do_not_break_the_sentence(packs_in):
    assert "hebei" in _fault(packs_in(hebei="raise ValueError('{oops}')"))


def test_a_pack_that_does_not_say_who_it_is_is_refused(packs_in):
    assert "PACK" in _fault(packs_in(hebei="PACK = None"))


def test_a_pack_under_anothers_name_is_refused(packs_in):
    assert "PACK" in _fault(
        packs_in(hebei="from dataclasses import replace\nPACK = replace(PACK, name='guizhou')")
    )


def test_a_hook_that_does_not_exist_is_refused(packs_in):
    message = _fault(packs_in(hebei="@hookimpl\ndef register_everything(): return []"))
    assert "docs/hooks.md" in message
    assert "register_everything" in message


def test_a_hook_with_a_wrong_argument_is_refused(packs_in):
    message = _fault(packs_in(hebei="@hookimpl\ndef case_accepted(case, secrets): return []"))
    assert "docs/hooks.md" in message


def test_a_hook_that_gives_the_wrong_thing_is_refused(packs_in):
    message = _fault(packs_in(hebei="@hookimpl\ndef register_schemes(): return ['低保']"))
    assert "register_schemes" in message
    assert "Scheme" in message


def test_a_hook_that_fails_at_start_is_told_with_its_pack(packs_in):
    message = _fault(packs_in(hebei="@hookimpl\ndef register_rules(): return 1 / 0"))
    assert "“hebei”" in message
    assert "ZeroDivisionError" in message


def test_a_parameter_folder_that_is_missing_is_told_with_its_pack(packs_in):
    source = """
    from pathlib import Path
    @hookimpl
    def register_regions():
        return [RegionDeclaration(code="130000000000", name="河北省", parameters=Path("/no/such/folder"))]
    """
    message = _fault(packs_in(hebei=source))
    assert "“hebei”" in message
    assert "/no/such/folder" in message


FORM = """
FORM = FormDeclaration(name="hebei.visit", version="1", subject=FormSubject.VISIT, title="表", sections=(),
                       region_code="130000000000")
@hookimpl
def register_forms(): return [FORM{}]
"""


def test_the_same_version_of_a_form_may_not_be_declared_twice(packs_in):
    from core.catalogue import CatalogueFault

    root = packs_in(hebei=FORM.format(", FORM"))
    with pytest.raises(CatalogueFault, match="新的版本号"):
        load_packs(SETTINGS, root=root, group="no.such.group")


CHANNEL = """
@hookimpl
def register_messages():
    return [MessageChannel("sms", "130000000000", "短信", lambda message: None, lambda: True)]
"""


def test_two_packs_may_not_declare_the_same_thing_for_the_same_region(packs_in):
    from core.catalogue import CatalogueFault

    root = packs_in(hebei=CHANNEL, other=CHANNEL)
    with pytest.raises(CatalogueFault) as caught:
        load_packs(SETTINGS, root=root, group="no.such.group")
    assert "“hebei”" in str(caught.value)
    assert "“other”" in str(caught.value)


def test_one_pack_may_not_declare_the_same_thing_twice(packs_in):
    from core.catalogue import CatalogueFault

    source = CHANNEL.replace("return [", "return 2 * [")
    with pytest.raises(CatalogueFault):
        load_packs(SETTINGS, root=packs_in(hebei=source), group="no.such.group")


def test_settings_pin_which_packs_load():
    catalogue = load_packs(replace(SETTINGS, packs=("guizhou",)))
    assert set(catalogue.packs) == {"national", "guizhou"}
    assert catalogue.pinned == {"guizhou"}


def test_a_pinned_pack_that_is_not_installed_stops_the_start():
    with pytest.raises(PackFault, match="DOUDI_PACKS"):
        load_packs(replace(SETTINGS, packs=("guizhou", "atlantis")))


def test_packs_are_found_in_a_steady_order():
    assert [each.name for each in find_packs(group="no.such.group")] == sorted(
        each.name for each in find_packs(group="no.such.group")
    )
