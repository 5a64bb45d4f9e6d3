"""The acts and subjects of the audit trail in plain words, for the audit page; rooms and packs may add theirs."""

from __future__ import annotations

from core.translations import N_

_ACTS: dict[str, str] = {
    "sign-in": N_("登录"),
    "sign-in.refused": N_("登录失败"),
    "sign-in.locked": N_("连续输错，账号暂时锁定"),
    "sign-in.second-factor": N_("输入动态验证码"),
    "sign-out": N_("退出登录"),
    "session.end": N_("让一处登录退出"),
    "session.switch": N_("换了工作地区"),
    "password.change": N_("修改密码"),
    "password.reset": N_("重置密码"),
    "second-factor.enrol": N_("设置动态验证码"),
    "second-factor.reset": N_("清除动态验证码"),
    "staff.create": N_("新建人员账号"),
    "staff.disable": N_("停用账号"),
    "staff.enable": N_("重新启用账号"),
    "staff.unlock": N_("解除锁定"),
    "staff.list": N_("查看人员名单"),
    "staff.look": N_("查看人员账号"),
    "role.grant": N_("授予角色"),
    "role.revoke": N_("收回角色"),
    "assignment.give": N_("交办"),
    "assignment.end": N_("结束交办"),
    "resident.code": N_("请求短信验证码"),
    "resident.create": N_("居民首次登录"),
    "resident.assurance": N_("确认居民身份"),
    "resident.phone": N_("窗口核对手机号"),
    "identity.link": N_("关联统一身份认证"),
    "audit.look": N_("查看审计记录"),
    "search": N_("查人查户"),
    "person.look": N_("查看人员资料"),
    "person.reveal": N_("查看完整信息"),
    "person.export": N_("导出人员资料"),
    "person.create": N_("登记人员"),
    "person.change": N_("修改人员资料"),
    "household.look": N_("查看家庭档案"),
    "household.create": N_("建立家庭档案"),
    "household.change": N_("修改家庭档案"),
    "case.look": N_("查看案件"),
    "case.submit": N_("提交申请"),
    "case.accept": N_("受理申请"),
    "case.refuse": N_("不予受理"),
    "case.assign": N_("指派经办人"),
    "case.supply": N_("补交材料"),
    "case.withdraw": N_("撤回申请"),
    "case.reopen": N_("重新办理环节"),
    "case.send_back": N_("退回重提初审意见"),
    "case.pause": N_("暂停计时"),
    "case.resume": N_("恢复计时"),
    "case.step": N_("办结一个环节"),
    "case.close": N_("办结案件"),
    "document.look": N_("查看材料"),
    "document.add": N_("添加材料"),
    "document.let-go": N_("清理未入卷的材料"),
    "letter.look": N_("查看文书"),
    "letter.send": N_("发出文书"),
    "letter.deliver": N_("登记送达"),
    "line.adopt": N_("采信核算数值"),
    "identity.ask": N_("查证件号是否登记过"),
    "authorisation.ask": N_("请人签核对授权"),
    "authorisation.sign": N_("签署核对授权"),
    "authorisation.refuse": N_("拒签核对授权"),
    "authorisation.withdraw": N_("撤回核对授权"),
    "authorisation.scan": N_("扫描纸质授权"),
    "verification.request": N_("发起核对"),
    "verification.record": N_("登记核对结果"),
    "verification.discard": N_("授权已撤回，核对结果未看即弃"),
    "visit.look": N_("查看入户记录"),
    "visit.record": N_("登记入户"),
    "opinion.sign": N_("签署初审意见"),
    "confirmation.sign": N_("签署审核确认"),
    "notice.publish": N_("发布公示"),
    "notice.withdraw": N_("撤下公示"),
    "notice.blocked": N_("公示含有个人信息，未能发布"),
    "objection.record": N_("登记异议"),
    "objection.decide": N_("答复异议"),
    "award.make": N_("确定救助待遇"),
    "standard.enter": N_("录入标准"),
    "calendar.enter": N_("录入工作日"),
    "office.edit": N_("修改单位信息"),
    "region.edit": N_("修改区划"),
    "pack.enable": N_("启用功能包"),
    "pack.disable": N_("停用功能包"),
    "key.rotate": N_("更换加密钥匙"),
    "job.run": N_("运行后台任务"),
    "data.see": N_("查看自己的资料"),
    "data.answer": N_("答复更正申请"),
    "data.copy": N_("下载自己的资料"),
    "data.correct": N_("申请更正资料"),
}

_SUBJECTS: dict[str, str] = {
    "staff_accounts": N_("人员账号"),
    "role_grants": N_("角色"),
    "assignments": N_("交办"),
    "login_sessions": N_("登录"),
    "resident_accounts": N_("居民账号"),
    "one_time_codes": N_("验证码"),
    "verified_phones": N_("核对过的手机号"),
    "people": N_("人员"),
    "persons": N_("人员"),
    "households": N_("家庭"),
    "cases": N_("案件"),
    "applications": N_("申请"),
    "declarations": N_("申报"),
    "documents": N_("材料"),
    "letters": N_("文书"),
    "authorisations": N_("核对授权"),
    "verification_requests": N_("核对"),
    "visits": N_("入户记录"),
    "opinions": N_("初审意见"),
    "confirmations": N_("审核确认"),
    "notices": N_("公示"),
    "objections": N_("异议"),
    "awards": N_("救助待遇"),
    "standards": N_("标准"),
    "offices": N_("单位"),
    "regions": N_("区划"),
    "packs": N_("功能包"),
}


def name_act(code: str, words: str) -> str:
    """Give an act its words (a Chinese msgid) and return its code; a second meaning for one code raises ValueError."""
    if _ACTS.setdefault(code, words) != words:
        msg = f"the act {code} already means something else"
        raise ValueError(msg)
    return code


def name_subject(table: str, words: str) -> None:
    """Give a subject type its words (a Chinese msgid)."""
    _SUBJECTS.setdefault(table, words)


def act_words(code: str) -> str:
    """The msgid of an act; a code nobody named is shown as it is."""
    return _ACTS.get(code, code)


def subject_words(table: str) -> str:
    """The msgid of a subject type; one nobody named is shown as it is."""
    return _SUBJECTS.get(table, table)


def known_acts() -> dict[str, str]:
    """Every named act, code to msgid, for the filter of the audit page."""
    return dict(_ACTS)
