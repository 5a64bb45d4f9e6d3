"""A province's register of made-up families: uneven counties and common surnames, written the fastest way there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain

import numpy as np
import polars as pl
from sqlalchemy import Engine, Table, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from core.households.models import Household, NameBigram, Person
from core.households.names import bigrams
from core.masking import mask_name
from core.regions.models import RegionCounter
from core.scopes import LEVELS, region_columns

PEOPLE_PER_HOUSEHOLD = 2.8
COUNTY_SHARE = 0.05  # of the province's people live in the county that is measured: a large one
CHUNK = 200_000
FIRST_ENTRY = datetime(2023, 1, 1, tzinfo=UTC)
# frequent first, each half as likely again as its rank says; the last stands for surnames of two characters
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕潘石龙"
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建华国春梅志宇鑫浩然子轩雨欣思佳怡诗涵梓萱"
    "俊宏博雅倩琳晨曦阳光荣贵福寿康安宁永昌盛兴业成功德才学武忠孝仁义礼智信和顺利民富裕余田土木水火金山川"
)
ELSEWHERE = "欧阳"  # a surname of the other counties; three people in the measured one
SEALED = bytes(
    96
)  # no list and no search opens a sealed column, so one blob of a usual length stands for all


@dataclass(frozen=True, slots=True)
class Frames:
    """The rows of three tables as columns, in the order of their keys, and the counters per node."""

    households: pl.DataFrame
    persons: pl.DataFrame
    bigrams: pl.DataFrame
    counters: pl.DataFrame


def frames(people: int, places: Sequence[str], county: str, seed: int = 20230310) -> Frames:
    """`people` of a province. `places`: codes of its townships and villages; `county`: the one with COUNTY_SHARE of all."""
    rng = np.random.default_rng(seed)
    homes = _households(rng, round(people / PEOPLE_PER_HOUSEHOLD), places, county)
    persons = _persons(rng, people, homes, county)
    heads = persons.group_by("household_id", maintain_order=True).first()
    homes = homes.join(
        heads.select(
            pl.col("household_id").alias("id"), pl.col("id").alias("head_person_id"),
            pl.col("name_masked").alias("head_masked"),
        ),
        on="id", maintain_order="left",
    ).join(persons.group_by("household_id").len("size"), left_on="id", right_on="household_id", maintain_order="left")  # fmt: skip
    return Frames(homes, persons, _bigrams(persons), _counters(homes))


def _ids(rng: np.random.Generator, count: int) -> list[str]:
    """Version 7 as the product allots them: six bytes of time (here one a millisecond), then random ones."""
    raw = rng.integers(0, 256, (count, 16), dtype=np.uint8)
    moments = (np.arange(count) + (0x0190 << 32)).astype(">u8")
    raw[:, :6] = moments.view(np.uint8).reshape(count, 8)[:, 2:]
    raw[:, 6] = raw[:, 6] & 0x0F | 0x70
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = raw.tobytes().hex()
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]


def _falling(count: int) -> np.ndarray:
    weights = 1.0 / (np.arange(count) + 3.0)
    return weights / weights.sum()


def _households(rng: np.random.Generator, count: int, places: Sequence[str], county: str) -> pl.DataFrame:
    here = [code for code in places if code.startswith(county[:6])]
    others = [code for code in places if not code.startswith(county[:6])]
    # counties are as uneven as their number of places; places within one as chance has it
    region = np.where(rng.random(count) < COUNTY_SHARE, rng.choice(here, count), rng.choice(others, count))
    order = np.arange(count)
    category = rng.choice(
        ["dibao", "tekun", "edge_family", "rigid_expense_family", ""], count, p=[0.5, 0.1, 0.2, 0.1, 0.1]
    )
    entered = np.datetime64(FIRST_ENTRY.replace(tzinfo=None), "us") + order * np.timedelta64(90_000_000, "us")
    levels = pl.DataFrame([{"region_code": code, **region_columns(code)} for code in places])
    homes = pl.DataFrame(
        {
            "id": _ids(rng, count),
            "number": np.char.add("H", np.char.zfill(order.astype(str), 9)),
            "sort": entered.astype(np.int64),
            "region_code": region,
            "area": rng.choice(["rural", "urban"], count, p=[0.8, 0.2]),
            "category": category,
            "status": "active",
            "village_group": rng.choice(["岩脚组", "大寨组", "新街组", "三组", ""], count),
            "entered_at": entered,
            "version": 1,
        }
    )  # fmt: skip
    return homes.join(levels, on="region_code", maintain_order="left").with_columns(
        pl.col("category").replace("", None)
    )


def _persons(rng: np.random.Generator, people: int, homes: pl.DataFrame, county: str) -> pl.DataFrame:
    # everyone beyond one head a household joins one at random: sizes spread as they do in life
    count = len(homes)
    of_home = np.sort(np.concatenate([np.arange(count), rng.integers(0, count, people - count)]))
    surname = rng.choice(list(SURNAMES), people, p=_falling(len(SURNAMES)))
    first = rng.choice(list(GIVEN), people, p=_falling(len(GIVEN)))
    second = rng.choice(list(GIVEN), people, p=_falling(len(GIVEN)))
    second[rng.random(people) < 0.18] = ""
    at_home = homes["county"].to_numpy()[of_home] == county
    elsewhere = ~at_home & (rng.random(people) < 0.03)
    elsewhere[np.flatnonzero(at_home)[:3]] = True
    surname[elsewhere] = ELSEWHERE[0]
    first[elsewhere] = ELSEWHERE[1]
    age = rng.integers(0, 95, people)
    age[np.flatnonzero(np.diff(of_home, prepend=-1))] += 18  # heads are of age
    digests = rng.bytes(32 * people)
    order = np.arange(people)
    made = pl.DataFrame(
        {
            "id": _ids(rng, people),
            "household_id": homes["id"].gather(of_home),
            "name": pl.Series(surname) + pl.Series(first) + pl.Series(second),
            "id_index": [digests[at : at + 32] for at in range(0, len(digests), 32)],
            "id_masked": np.char.add("5203**********", np.char.zfill((order % 10_000).astype(str), 4)),
            "sex": rng.integers(1, 3, people).astype(np.int8),
            "birth_date": np.datetime64("2023-01-01") - (age * 365 + rng.integers(0, 365, people)),
            "seriously_ill": (rng.random(people) < 0.05).astype(np.int8),
            "student": (age < 20).astype(np.int8),
            "working": ((age > 18) & (age < 60)).astype(np.int8),
            "version": 1,
            **{level: homes[level].gather(of_home) for level in LEVELS},
            "entered_at": homes["entered_at"].gather(of_home),
        }
    )  # fmt: skip
    child = pl.Series(age < 14)
    masks = _of_each(made["name"], mask_name)
    return made.with_columns(
        name_masked=masks,
        # a child's name is only in the sealed column (decision 17)
        name=pl.when(child).then(pl.lit("")).otherwise(pl.col("name")),
        secrets_sealed=pl.lit(SEALED),
        name_sealed=pl.when(child).then(pl.lit(SEALED)).otherwise(None),
    )


def _of_each(names: pl.Series, work: object) -> pl.Series:
    """`work` of every name, asked once per different name."""
    kinds = names.unique()
    return names.replace_strict(kinds, pl.Series([work(name) for name in kinds], dtype=pl.String))


def _bigrams(persons: pl.DataFrame) -> pl.DataFrame:
    named = persons.filter(pl.col("name") != "").select("county", "name", person_id="id")
    kinds = named["name"].unique()
    pairs = pl.DataFrame({"name": kinds, "bigram": [list(bigrams(name)) for name in kinds]}).explode("bigram")
    return (
        named.join(pairs, on="name")
        .select("county", "bigram", "person_id")
        .sort("county", "bigram", "person_id")
    )


def _counters(homes: pl.DataFrame) -> pl.DataFrame:
    found = []
    for level in LEVELS:
        by_node = homes.filter(pl.col(level) != "").group_by(level)
        counts = [
            by_node.agg(value=pl.len()).with_columns(name=pl.lit("households")),
            by_node.agg(value=pl.col("size").sum()).with_columns(name=pl.lit("persons")),
            homes.filter((pl.col(level) != "") & pl.col("category").is_not_null())
            .group_by(level, "category")
            .agg(value=pl.len())
            .select(level, "value", name="category." + pl.col("category")),
        ]
        found += [
            each.select(pl.col(level).alias("region_code"), "name", pl.col("value").cast(pl.Int64))
            for each in counts
        ]
    whole = pl.concat(found)
    columns = pl.DataFrame(
        [{"region_code": code, **region_columns(code)} for code in whole["region_code"].unique()]
    )
    return whole.join(columns, on="region_code")


# --- into a database --------------------------------------------------------------------------------------------


def load(owner: Engine, made: Frames) -> None:
    """Write the frames as the owner of the database: indexes are made afterwards, as a restore makes them."""
    tables = {
        Household: made.households,
        Person: made.persons,
        NameBigram: made.bigrams,
        RegionCounter: made.counters,
    }
    indexes = list(chain.from_iterable(model.__table__.indexes for model in tables))
    with owner.connect() as connection:
        for index in indexes:
            index.drop(connection)
        connection.commit()
        raw = connection.connection.dbapi_connection
        for model, frame in tables.items():
            (_copy if owner.dialect.name == "postgresql" else _insert)(raw, model.__table__, frame)
        for index in indexes:
            index.create(connection)
        connection.commit()
    if owner.dialect.name == "postgresql":
        with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with owner.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return iter(frame.iter_slices(CHUNK))


def _insert(raw: DBAPIConnection, table: Table, frame: pl.DataFrame) -> None:
    marks = ", ".join("?" * len(frame.columns))
    sql = f"INSERT INTO {table.name} ({', '.join(frame.columns)}) VALUES ({marks})"
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("BEGIN")
    for part in _slices(frame):
        raw.executemany(sql, _as_text(part).rows())
    raw.execute("COMMIT")
    raw.execute("PRAGMA synchronous=FULL")


def _copy(raw: DBAPIConnection, table: Table, frame: pl.DataFrame) -> None:
    sql = f"COPY {table.name} ({', '.join(frame.columns)}) FROM STDIN (FORMAT csv)"
    with raw.cursor() as cursor, cursor.copy(sql) as copy:
        for part in _slices(frame):
            packed = BytesIO()
            blobs = [
                pl.format("\\x{}", pl.col(name).bin.encode("hex")).alias(name)
                for name, kind in part.schema.items()
                if kind == pl.Binary
            ]
            _as_text(part.with_columns(blobs)).write_csv(
                packed, include_header=False, quote_style="non_numeric"
            )
            copy.write(packed.getvalue())
    raw.commit()


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Days and moments as both databases read them; moments are UTC."""
    return frame.with_columns(
        pl.col(pl.Datetime).dt.to_string("%Y-%m-%d %H:%M:%S%.6f"), pl.col(pl.Date).dt.to_string("%Y-%m-%d")
    )
