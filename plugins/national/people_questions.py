"""Who is asked about: the family that lives together and those who owe it support (57号 第七条)."""

from __future__ import annotations

from core.api import MEMBER_ROWS, N_, Choice, Per, Question, QuestionKind, Section, Sensitivity, ShownIf
from plugins.national.texts import article

IDENTIFY = N_("确认是谁、和谁一起生活")
DECIDE = N_("算家里的人数、收入和补助")

# GB/T 4761-2008, in the words of a township window, as "what this person is to the applicant"
RELATIONS = (
    Choice("01", N_("本人（申请人）")),
    Choice("10", N_("丈夫或妻子")),
    Choice("20", N_("儿子")),
    Choice("30", N_("女儿")),
    Choice("27", N_("养子或继子")),
    Choice("37", N_("养女或继女")),
    Choice("28", N_("女婿")),
    Choice("38", N_("儿媳")),
    Choice("51", N_("父亲")),
    Choice("52", N_("母亲")),
    Choice("53", N_("公公")),
    Choice("54", N_("婆婆")),
    Choice("55", N_("岳父")),
    Choice("56", N_("岳母")),
    Choice("57", N_("继父或养父")),
    Choice("58", N_("继母或养母")),
    Choice("61", N_("祖父")),
    Choice("62", N_("祖母")),
    Choice("63", N_("外祖父")),
    Choice("64", N_("外祖母")),
    Choice("41", N_("孙子")),
    Choice("42", N_("孙女")),
    Choice("43", N_("外孙子")),
    Choice("44", N_("外孙女")),
    Choice("71", N_("哥哥")),
    Choice("73", N_("弟弟")),
    Choice("75", N_("姐姐")),
    Choice("77", N_("妹妹")),
    Choice("97", N_("别的亲戚")),
    Choice("99", N_("不是亲戚")),
)

NOT_COUNTED = (
    Choice("religious_site", N_("在宗教场所住了三年以上的教职人员")),
    Choice("in_prison", N_("在监狱里")),
    Choice("compulsory_treatment", N_("在强制隔离戒毒")),
    Choice("missing", N_("宣告失踪")),
    Choice("other", N_("别的情况，窗口会再问")),
)


def _person_questions(*, supporter: bool) -> tuple[Question, ...]:
    return (
        Question(
            "name",
            N_("姓名"),
            QuestionKind.NAME,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=IDENTIFY,
            legal_basis=article("第七条"),
        ),
        Question(
            "id_number",
            N_("身份证号码"),
            QuestionKind.ID_NUMBER,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=IDENTIFY,
            legal_basis=article("第十七条"),
            hint=N_("没有身份证的孩子，写户口本上的号码。"),
            unique=True,
        ),
        Question(
            "relation",
            N_("是申请人的什么人"),
            QuestionKind.CHOICE,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=IDENTIFY,
            legal_basis=article("第七条"),
            choices=RELATIONS[1:] if supporter else RELATIONS,
        ),
        Question(
            "phone",
            N_("电话"),
            QuestionKind.PHONE,
            required=supporter,
            sensitivity=Sensitivity.PERSONAL,
            hint=N_("收签字验证码用，填本人自己的手机；没有手机的，签在纸上或者到窗口签"),
            purpose=N_("把签字用的链接发给本人"),
            legal_basis=article("第九条"),
        ),
    )


MEMBERS = Section(
    "members",
    N_("家里人"),
    (
        *_person_questions(supporter=False),
        Question(
            "counted",
            N_("一起过日子吗"),
            QuestionKind.YES_NO,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=DECIDE,
            legal_basis=article("第七条"),
            hint=N_("在外读书的孩子、在外打工但钱拿回家的人，都算一起过日子。"),
        ),
        Question(
            "not_counted_reason",
            N_("为什么不算"),
            QuestionKind.CHOICE,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第七条"),
            choices=NOT_COUNTED,
            shown_if=ShownIf("counted", (False,)),
        ),
        Question(
            "working",
            N_("现在有活干吗"),
            QuestionKind.YES_NO,
            sensitivity=Sensitivity.PERSONAL,
            purpose=DECIDE,
            legal_basis=article("第十三条"),
        ),
        Question(
            "student",
            N_("在上学吗"),
            QuestionKind.YES_NO,
            sensitivity=Sensitivity.PERSONAL,
            purpose=DECIDE,
            legal_basis=article("第七条、第二十七条"),
        ),
        Question(
            "seriously_ill",
            N_("得了重病吗"),
            QuestionKind.YES_NO,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第八条、第二十七条"),
            hint=N_("哪些算重病由医保部门认定；不用写病名。"),
        ),
        Question(
            "disabled",
            N_("有残疾证吗"),
            QuestionKind.YES_NO,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第八条、第二十七条"),
        ),
        Question(
            "disability_certificate",
            N_("残疾证号码"),
            QuestionKind.DISABILITY_CERTIFICATE,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第八条、第二十七条"),
            hint=N_("身份证号码后面再加两位，共20位。"),
            shown_if=ShownIf("disabled", (True,)),
            unique=True,
        ),
        Question(
            "mental_part",
            N_("多重残疾的，证上智力或精神残疾是几级"),
            QuestionKind.CHOICE,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第八条"),
            hint=N_("只有证上写“多重残疾”的人要答；证上没有智力、精神残疾的不选。"),
            choices=(
                Choice("1", N_("一级")),
                Choice("2", N_("二级")),
                Choice("3", N_("三级")),
                Choice("4", N_("四级")),
            ),
            shown_if=ShownIf("disabled", (True,)),
        ),
        Question(
            "guardian",
            N_("不满18岁或自己做不了主的，谁是监护人"),
            QuestionKind.CHOICE,
            sensitivity=Sensitivity.PERSONAL,
            purpose=N_("由监护人代签核对授权书"),
            legal_basis="《中华人民共和国个人信息保护法》第三十一条",
            choices_from=MEMBER_ROWS,
        ),
    ),
    per=Per.MEMBER,
    hint=N_("配偶、没成年的孩子、在上学的孩子、长期住在一起的老人都要写，一个人只写一次。"),
    add_label=N_("加一个家里人"),
    at_least=1,
    at_most=30,
    exactly_one=("relation", "01"),
)

SUPPORTERS = Section(
    "supporters",
    N_("不住在一起、但应当养这家人的人"),
    _person_questions(supporter=True),
    per=Per.SUPPORTER,
    hint=N_("比如分家另过、出嫁的子女。他们给多少赡养费要算进收入，所以也要他们本人签字。没有就不用写。"),
    add_label=N_("加一个不住一起的人"),
    at_most=20,
)
