"""The Guangdong texts this pack stands on; those marked not public are cited to staff only."""

from __future__ import annotations

GUANGDONG = "440000000000"
MONITORING_2021 = "广东省低收入人口动态监测和常态化帮扶实施方案"
VISITS_2020 = "粤民办函〔2020〕45号"
CHECK_2019 = "粤民规字〔2019〕9号"
CHECK_2026 = "《广东省最低生活保障家庭经济状况核对和生活状况综合评估办法》"
