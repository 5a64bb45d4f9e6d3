"""The town behind the pages of residents."""

from tests.site_town import town

__all__ = ["town"]
