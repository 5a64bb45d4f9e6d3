"""The one row that says what kind of installation a database belongs to; written when it is made, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Instant
from core.errors import Conflict
from core.scopes import EVERYONE
from core.sessions import ScopedSession
from core.translations import N_


class InstallationMark(Base):
    """`demo`: every person in this database is made up; shown on every page and never served beyond loopback."""

    __tablename__ = "installation"
    __visible__ = EVERYONE
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    demo: Mapped[bool]
    made_at: Mapped[Instant]


def read_mark(session: ScopedSession) -> InstallationMark | None:
    """The mark, or None while the database is empty."""
    return session.scalar(select(InstallationMark))


def write_mark(session: ScopedSession, *, demo: bool, now: datetime) -> InstallationMark:
    """Mark the database as a demo (decision 20) or a real installation, in a system session.

    Raises:
        Conflict: it is marked already; what was made up stays made up, and what is real stays real.
    """
    if read_mark(session) is not None:
        raise Conflict(N_("这个数据库已经使用过，不能再改为演示库或正式库。请换一个空的数据库。"))
    mark = InstallationMark(id=1, demo=demo, made_at=now)
    session.add(mark)
    session.flush()
    return mark
