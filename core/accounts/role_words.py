"""What the roles are called, and the levels of region at which each makes sense."""

from __future__ import annotations

from core.access import Role
from core.translations import N_

ROLE_WORDS: dict[Role, str] = {
    Role.VILLAGE_ASSISTANT: N_("村级协理员"),
    Role.CONTRACT_WORKER: N_("购买服务人员"),
    Role.TOWNSHIP_CLERK: N_("镇经办"),
    Role.TOWNSHIP_REVIEWER: N_("镇初审"),
    Role.TOWNSHIP_CONFIRMER: N_("镇审核确认（受托）"),
    Role.COUNTY_OFFICER: N_("县经办"),
    Role.COUNTY_CONFIRMER: N_("县审核确认"),
    Role.CITY_SUPERVISOR: N_("市级督导"),
    Role.PROVINCE_SUPERVISOR: N_("省级督导"),
    Role.DEPARTMENT_OFFICER: N_("部门协办"),
    Role.SYSTEM_ADMINISTRATOR: N_("系统管理员"),
    Role.SECURITY_ADMINISTRATOR: N_("安全管理员"),
    Role.AUDIT_ADMINISTRATOR: N_("审计管理员"),
}
ROLE_DUTIES: dict[Role, str] = {
    Role.VILLAGE_ASSISTANT: N_("本村的入户、帮办和发现"),
    Role.CONTRACT_WORKER: N_("只办交给本人的入户"),
    Role.TOWNSHIP_CLERK: N_("受理、核对、入户、公示"),
    Role.TOWNSHIP_REVIEWER: N_("签初审意见，指派经办人"),
    Role.TOWNSHIP_CONFIRMER: N_("受县里委托签审核确认"),
    Role.COUNTY_OFFICER: N_("登记核对结果，指派经办人，录入标准"),
    Role.COUNTY_CONFIRMER: N_("签审核确认"),
    Role.CITY_SUPERVISOR: N_("看全市进度和统计"),
    Role.PROVINCE_SUPERVISOR: N_("看全省进度和统计"),
    Role.DEPARTMENT_OFFICER: N_("只答交给本人的核对"),
    Role.SYSTEM_ADMINISTRATOR: N_("建账号、功能包、区划、工作日"),
    Role.SECURITY_ADMINISTRATOR: N_("授予角色、锁定账号、更换钥匙"),
    Role.AUDIT_ADMINISTRATOR: N_("查看审计记录"),
}
# a role in a broader region than its duty would open more people's data than the duty needs (least privilege).
# Cities without counties (东莞, 中山 …) have their townships directly below the city.
_COUNTY = frozenset({"county", "city"})
ROLE_LEVELS: dict[Role, frozenset[str]] = {
    Role.VILLAGE_ASSISTANT: frozenset({"village"}),
    Role.CONTRACT_WORKER: frozenset({"township", "village"}) | _COUNTY,
    Role.TOWNSHIP_CLERK: frozenset({"township"}),
    Role.TOWNSHIP_REVIEWER: frozenset({"township"}),
    Role.TOWNSHIP_CONFIRMER: frozenset({"township"}),
    Role.COUNTY_OFFICER: _COUNTY,
    Role.COUNTY_CONFIRMER: _COUNTY,
    Role.CITY_SUPERVISOR: frozenset({"city"}),
    Role.PROVINCE_SUPERVISOR: frozenset({"province"}),
}
