"""The contract as tests: `class TestMine(PackContract): pack_name = "hebei"` in a pack's own suite runs it whole."""

from __future__ import annotations

import pytest

from core.catalogue import Catalogue, Pack
from core.packs.contract import check_pack
from core.plugin_manager import load_packs
from core.settings import load_settings


class PackContract:
    """Inherit and set `pack_name`; every fault of the contract is then a failing test with its own sentence."""

    pack_name = ""

    @pytest.fixture
    def catalogue(self) -> Catalogue:
        """All packs installed here, as at start."""
        return load_packs(load_settings({}))

    @pytest.fixture
    def pack(self, catalogue: Catalogue) -> Pack:
        return catalogue.pack(self.pack_name)

    def test_the_pack_keeps_the_contract(self, pack: Pack, catalogue: Catalogue) -> None:
        assert [str(fault) for fault in check_pack(pack, catalogue)] == []

    def test_every_form_can_be_built_whole(self, pack: Pack, catalogue: Catalogue) -> None:
        for name, version in pack.form_keys:
            assert list(catalogue.form(name, version).questions)

    def test_its_regions_know_what_it_declares(self, pack: Pack, catalogue: Catalogue) -> None:
        ground = frozenset(each.name for each in catalogue.packs.values() if each.is_ground)
        for code in pack.region_codes:
            view = catalogue.with_packs(code, ground | {pack.name})
            for scheme in view.schemes.values():
                view.form(scheme.application_form)
                view.form(scheme.visit_form)
